"""The network as it is: what exists stays open at its size, nothing opens, flows adapt or are those seen."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from network_design.baseline.seen import stay_near
from network_design.conflict import conflict_of
from network_design.futures.standing import Standing, bounds_of, keep
from network_design.model.build import DesignModel, build_model
from network_design.model.sets import Sets
from network_design.model.variables import initial_extra, initial_level
from retour.design import DesignInstance
from retour.design.plan import Design
from retour.errors import InfeasibleError
from retour.vocabulary import PlaceStatus

CONFLICT_S = 5.0


def as_it_is(instance: DesignInstance) -> DesignInstance:
    """Return the network without what is wanted of its future: no openings or closings, counts, budgets or service."""
    places, periods = instance.tables["places"], instance.tables["periods"]
    candidate = (places["status"] == PlaceStatus.CANDIDATE).to_numpy()
    types = {name: places[name].dtype for name in ("open_from", "closed_from")}
    return instance.replace(
        places=places.assign(open_from=np.nan, closed_from=np.where(candidate, 1.0, np.nan)).astype(types),
        group_limits=instance.tables["group_limits"].iloc[:0], periods=periods.assign(investment_limit=np.nan),
        service_bands=instance.tables["service_bands"].assign(least_share=0.0, least_share_each=0.0),
    )  # fmt: skip


def standing_now(sets: Sets) -> Standing:
    """Return what stands at the start, in every period."""
    level = np.repeat(initial_level(sets)[:, None], sets.periods, axis=1)
    share = initial_extra(sets) / sets.extra_width
    return Standing(level, np.repeat(share[:, None], sets.periods, axis=1))


def design_as_it_is(
    instance: DesignInstance, *, seen: pd.DataFrame | None = None, seed: int, budget_s: float
) -> Design:
    """Return the design of a network `as_it_is`: the cheapest flows, or the cheapest of those nearest to `seen`.

    `seen` is the table OBSERVED. Raises InfeasibleError with the limits that conflict, or BackendError.
    """
    deadline = time.perf_counter() + budget_s
    model = build_model(instance, strong=False)
    standing = standing_now(model.sets)
    if seen is not None:
        stay_near(model, standing, seen, seed=seed, budget_s=budget_s / 2)
    kept = keep(model, standing, seed=seed, budget_s=deadline - time.perf_counter())
    if kept is None:
        raise InfeasibleError(_why(instance, seed=seed, budget_s=deadline - time.perf_counter()))
    return kept.design


def _why(instance: DesignInstance, *, seed: int, budget_s: float) -> list[str]:
    """Return why nothing fits the network as it is, places and sizes held."""
    model: DesignModel = build_model(instance, strong=False)
    held = bounds_of(model, standing_now(model.sets))
    model.program.lower[:], model.program.upper[:] = held.lower, held.upper
    head, *limits = conflict_of(model, seed=seed, budget_s=max(CONFLICT_S, budget_s))
    return [f"The network as it is: {head[0].lower()}{head[1:]}", *limits]
