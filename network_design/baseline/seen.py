"""Flows that were seen: a model is kept to the flows nearest to them that balance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from network_design.futures.standing import Standing, bounds_of
from network_design.highs import Instead, Solution, solve_linear, solve_whole
from network_design.model.build import DesignModel
from network_design.model.flow_constraints import by_period
from network_design.model.program import IntArray
from network_design.model.sets import FloatArray
from retour.design.lines import lines_of
from retour.design.series import by_period as over_time
from retour.errors import BackendError
from retour.vocabulary import Status

ARC = ["from_id", "to_id", "mode", "product_id"]
FROM = ["from_id", "product_id", "period"]
ROOM = 1e-7
"""Share of all that was seen by which the distance from it may grow again, for rounding."""


def seen_by_period(seen: pd.DataFrame, periods: int) -> pd.DataFrame:
    """Return the table OBSERVED with a row per way, product and period."""
    return over_time(seen, ARC, periods)


def without_way(seen: pd.DataFrame, arcs: pd.DataFrame) -> pd.DataFrame:
    """Return what was seen on ways that a network does not have."""
    return seen[lines_of(seen[ARC], arcs) < 0]


def stay_near(model: DesignModel, standing: Standing, seen: pd.DataFrame, *, seed: int, budget_s: float) -> None:
    """Add rows to a model that keep its flows as near to those seen as balances allow, in tonnes moved otherwise.

    Raises BackendError where that cannot be found out in time; a model in which nothing fits stays as it was.
    """
    rows = seen_by_period(seen, model.sets.periods)
    otherwise = _add_distance(model, rows)
    least = _least(model, standing, otherwise, seed=seed, budget_s=budget_s)
    if least is not None:
        room = ROOM * max(1.0, float(rows["amount_t"].sum()))
        term = (np.zeros(len(otherwise), dtype=np.int64), otherwise, np.ones(len(otherwise)))
        model.program.add_rows("NEAR", pd.DataFrame({"row": [0]}), [term], upper=least + room)


def _add_distance(model: DesignModel, rows: pd.DataFrame) -> IntArray:
    """Add columns for what flows beyond and short of what was seen; return them with the flows on ways not seen."""
    program, flow = model.program, model.variables.flow
    arcs = by_period(model.sets.arcs[ARC], model.sets.periods)
    at = lines_of(arcs[[*ARC, "period"]], rows)
    told = np.flatnonzero(at >= 0)
    amount = rows["amount_t"].to_numpy(float)[at[told]]
    beyond, short = program.add_columns((len(told),)), program.add_columns((len(told),))
    line, one = np.arange(len(told)), np.ones(len(told))
    terms = [(line, flow.ravel()[told], one), (line, short, one), (line, beyond, -one)]
    program.add_rows("SEEN", arcs.iloc[told], terms, lower=amount, upper=amount)
    elsewhere = (at < 0) & (lines_of(arcs[FROM], rows[FROM].drop_duplicates(ignore_index=True)) >= 0)
    return np.concatenate([beyond, short, flow.ravel()[elsewhere]])


def _least(model: DesignModel, standing: Standing, otherwise: IntArray, *, seed: int, budget_s: float) -> float | None:
    """Return the fewest tonnes that must flow otherwise than seen; None where nothing fits what stands."""
    cost: FloatArray = np.zeros(model.program.columns)
    cost[otherwise] = 1.0
    held = bounds_of(model, standing)
    instead = Instead(cost=cost, lower=held.lower, upper=held.upper)
    found = _solved(model, instead, seed=seed, budget_s=budget_s)
    if found.status is Status.INFEASIBLE:
        return None
    if not len(found.values) or found.status is Status.FAILED:
        raise BackendError("The flows nearest to those seen were not found in time; give a longer time budget.")
    return float(cost @ found.values)


def _solved(model: DesignModel, instead: Instead, *, seed: int, budget_s: float) -> Solution:
    """Solve with whole columns only where something whole is still free: contract tiers."""
    assert instead.lower is not None and instead.upper is not None  # noqa: S101 - bounds_of sets both
    free = model.program.whole & (instead.lower < instead.upper)
    solve = solve_whole if free.any() else solve_linear
    return solve(model.program, seed=seed, budget_s=max(1.0, budget_s), instead=instead)
