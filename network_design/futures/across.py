"""Several designs in several futures: each future's own, and every other kept while its flows adapt."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from network_design.futures.attempt import Attempt, attempt_design
from network_design.futures.fullest import fullest_instance
from network_design.futures.standing import Kept, Standing, keep, standing_of
from network_design.large.solve import MOST_COLUMNS
from network_design.model.build import DesignModel, build_model
from network_design.model.program import FloatArray
from network_design.model.sets import Sets
from network_design.study.cases import Future
from retour.design import DesignInstance
from retour.design.plan import Design
from retour.errors import InputError, Issue
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status

LEADING = 10
"""So many times the share of others gets the design of a large network that others start from."""


@dataclass(frozen=True)
class Across:
    """Several designs in several futures: the search for each future's own, and each standing kept in each of them.

    `kept[name][i]` is the design `name` in future i, None where it does not fit. `roomy` is what stands in a design
    with room for all futures, where one was looked for: others start from it.
    """

    futures: tuple[Future, ...]
    models: tuple[DesignModel, ...]
    alone: tuple[Attempt, ...]
    kept: dict[str, tuple[Kept | None, ...]]
    roomy: Standing | None = None

    @property
    def probability(self) -> FloatArray:
        """Probability of each future."""
        return np.array([f.probability for f in self.futures])

    def cost(self, name: str) -> FloatArray:
        """Return what a design costs in each future, by its ledger; infinite where it does not fit."""
        return np.array([np.inf if k is None else k.design.ledger_total for k in self.kept[name]])

    def designs(self, name: str) -> tuple[Design, ...]:
        """Return a design in each future that it fits."""
        return tuple(k.design for k in self.kept[name] if k is not None)

    @property
    def alone_cost(self) -> FloatArray:
        """What each future's own design costs, by its ledger; infinite where none was found."""
        return np.array([np.inf if a.design is None else a.design.ledger_total for a in self.alone])

    @property
    def is_possible(self) -> NDArray[np.bool_]:
        """Which futures are not proven to have no design at all."""
        return np.array([a.status is not Status.INFEASIBLE for a in self.alone])

    def only_possible(self) -> Across:
        """Return the cases without futures that have no design; the probabilities of the others add up to 1 again."""
        stay = np.flatnonzero(self.is_possible)
        total = self.probability[stay].sum()
        return Across(
            tuple(replace(self.futures[i], probability=self.futures[i].probability / total) for i in stay),
            tuple(self.models[i] for i in stay), tuple(self.alone[i] for i in stay),
            {name: tuple(kept[i] for i in stay) for name, kept in self.kept.items()}, self.roomy,
        )  # fmt: skip

    def with_kept(self, few: Across) -> Across:
        """Return the cases with every design of some of them; it fits none of the futures that are not among those."""
        line = {future.id: i for i, future in enumerate(few.futures)}
        fresh = {n: k for n, k in few.kept.items() if n not in self.kept}
        more = {n: tuple(k[line[f.id]] if f.id in line else None for f in self.futures) for n, k in fresh.items()}
        return replace(self, kept={**self.kept, **more})


def design_with_room(
    futures: Sequence[Future], *, seed: int, budget_s: float, listener: Listener = silent
) -> Standing | None:
    """Return what stands in a design for the fullest future, of a network whose design takes long just to begin.

    None for other networks, for one future, and where no such design was found.
    """
    fullest = fullest_instance(futures) if len(futures) > 1 and _takes_long(futures[0].instance) else None
    if fullest is None:
        return None
    listener(Progress("alone", 0.0, "designing with room for all futures"))
    left_s = budget_s * LEADING / (len(futures) + LEADING)
    found = attempt_design(fullest, seed=seed, budget_s=left_s, listener=listener).design
    return None if found is None else standing_of(Sets(fullest), found)


def design_alone(
    futures: Sequence[Future], *, seed: int, budget_s: float, listener: Listener = silent, roomy: Standing | None = None
) -> tuple[Attempt, ...]:
    """Return the search for the best design of each future by itself; one without a design ends none of the others.

    Searches begin with what stands in a `roomy` design, if there is one.
    """
    deadline, found = time.perf_counter() + budget_s, list[Attempt]()
    start = None if roomy is None else roomy.level
    for i, future in enumerate(futures):
        listener(Progress("alone", i / len(futures), f"designing for {future.name}"))
        left_s = max(1.0, deadline - time.perf_counter()) / (len(futures) - i)
        found.append(attempt_design(future.instance, seed=seed, budget_s=left_s, start=start))
    return tuple(found)


def _takes_long(instance: DesignInstance) -> bool:
    """Say whether the design of a network takes most of the time just to begin."""
    return len(instance.arcs) * instance.periods > MOST_COLUMNS


def across(futures: Sequence[Future], alone: Sequence[Attempt], roomy: Standing | None = None) -> Across:
    """Return the models of futures that differ in figures only; InputError where one has other places or sizes."""
    models = tuple(build_model(f.instance) for f in futures)
    first = models[0].sets.levels[["place_id", "step"]]
    for future, model in zip(futures, models, strict=True):
        if not model.sets.levels[["place_id", "step"]].equals(first):
            message = "has other places or other numbers of sizes than the first future; only figures may differ"
            raise InputError([Issue("scenarios", None, future.id, message)])
    return Across(tuple(futures), models, tuple(alone), {}, roomy)


def price_everywhere(cases: Across, name: str, standing: Standing, *, seed: int, budget_s: float) -> Across:
    """Return the cases with one more design, kept in every future that may have one while its flows adapt."""
    deadline, found = time.perf_counter() + budget_s, list[Kept | None]()
    for i, (model, is_possible) in enumerate(zip(cases.models, cases.is_possible, strict=True)):
        left_s = max(1.0, deadline - time.perf_counter()) / (len(cases.models) - i)
        found.append(keep(model, standing, seed=seed, budget_s=left_s) if is_possible else None)
    return replace(cases, kept={**cases.kept, name: tuple(found)})
