"""Several designs in several futures: each future's own, and every other kept while its flows adapt."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from network_design.futures.attempt import Attempt, attempt_design
from network_design.futures.fullest import fullest_instance
from network_design.futures.polished import polished
from network_design.futures.standing import Kept, Standing, keep, standing_of
from network_design.large.solve import MOST_COLUMNS
from network_design.model.build import DesignModel, build_model
from network_design.model.program import FloatArray
from network_design.model.sets import Sets
from network_design.study.cases import Future
from retour.design.plan import Design
from retour.errors import InputError, Issue
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status

POLISH_SHARE = 0.55
"""Share of the time of a design with room for all futures in which it is improved at what it costs in them."""
AT_ONCE = 2
"""Futures in which a design is priced side by side."""


@dataclass(frozen=True)
class Across:
    """Several designs in several futures: the search for each future's own, and each standing kept in each of them.

    `kept[name][i]` is the design `name` in future i, None where it does not fit; `standing[name]` is what stands in
    it. `roomy` is what stands in a design with room for all futures, where one was looked for: others start from it.
    """

    futures: tuple[Future, ...]
    models: tuple[DesignModel, ...]
    alone: tuple[Attempt, ...]
    kept: dict[str, tuple[Kept | None, ...]] = field(default_factory=dict)
    standing: dict[str, Standing] = field(default_factory=dict)
    roomy: Standing | None = None

    @property
    def probability(self) -> FloatArray:
        """Probability of each future."""
        return np.array([f.probability for f in self.futures])

    def cost(self, name: str) -> FloatArray:
        """Return what a design costs in each future, by its ledger; infinite where it does not fit."""
        return np.array([np.inf if k is None else k.design.ledger_total for k in self.kept[name]])

    def named(self, name: str, *, like: str) -> Across:
        """Return the cases with one design under another name too."""
        kept, standing = {**self.kept, name: self.kept[like]}, {**self.standing, name: self.standing[like]}
        return replace(self, kept=kept, standing=standing)

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
            {name: tuple(kept[i] for i in stay) for name, kept in self.kept.items()}, self.standing, self.roomy,
        )  # fmt: skip

    def with_kept(self, few: Across) -> Across:
        """Return the cases with every design of some of them; it fits none of the futures that are not among those."""
        line = {future.id: i for i, future in enumerate(few.futures)}
        fresh = {n: k for n, k in few.kept.items() if n not in self.kept}
        more = {n: tuple(k[line[f.id]] if f.id in line else None for f in self.futures) for n, k in fresh.items()}
        return replace(self, kept={**self.kept, **more}, standing={**few.standing, **self.standing})


def design_with_room(
    futures: Sequence[Future], *, seed: int, budget_s: float, listener: Listener = silent
) -> Standing | None:
    """Return what stands in a design for the fullest future; None where there is no such future, or no such design."""
    fullest = fullest_instance(futures)
    if fullest is None:
        return None
    deadline = time.perf_counter() + budget_s
    listener(Progress("alone", 0.0, "designing with room for all futures"))
    first_s = (1 - POLISH_SHARE) * budget_s
    found = attempt_design(fullest, seed=seed, budget_s=first_s, listener=listener, only_design=True).design
    if found is None:
        return None
    standing, left_s = standing_of(Sets(fullest), found), deadline - time.perf_counter()
    return polished(futures, standing, seed=seed, budget_s=left_s, listener=listener)


def lead(futures: Sequence[Future]) -> bool:
    """Say whether a design with room for all futures is to lead the others: each takes long just to begin."""
    instance = futures[0].instance
    return len(futures) > 1 and len(instance.arcs) * instance.periods > MOST_COLUMNS


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


def across(futures: Sequence[Future], alone: Sequence[Attempt], roomy: Standing | None = None) -> Across:
    """Return the models of futures that differ in figures only; InputError where one has other places or sizes."""
    models = tuple(build_model(f.instance) for f in futures)
    first = models[0].sets.levels[["place_id", "step"]]
    for future, model in zip(futures, models, strict=True):
        if not model.sets.levels[["place_id", "step"]].equals(first):
            message = "has other places or other numbers of sizes than the first future; only figures may differ"
            raise InputError([Issue("scenarios", None, future.id, message)])
    return Across(tuple(futures), models, tuple(alone), roomy=roomy)


def price_everywhere(cases: Across, name: str, standing: Standing, *, seed: int, budget_s: float) -> Across:
    """Return the cases with one more design, kept in every future that may have one while its flows adapt."""
    priced = next((cases.kept[n] for n, other in cases.standing.items() if other.is_same(standing)), None)
    if priced is None:
        models = [m if p else None for m, p in zip(cases.models, cases.is_possible, strict=True)]
        priced = _kept_everywhere(models, standing, seed=seed, budget_s=budget_s)
    return replace(cases, kept={**cases.kept, name: priced}, standing={**cases.standing, name: standing})


def _kept_everywhere(
    models: Sequence[DesignModel | None], standing: Standing, *, seed: int, budget_s: float
) -> tuple[Kept | None, ...]:
    """Return what stands kept in every model, each for its share of the time."""
    deadline, waiting = time.perf_counter() + budget_s, len(models)

    def kept(model: DesignModel | None) -> Kept | None:
        nonlocal waiting
        left_s = max(1.0, deadline - time.perf_counter()) * min(AT_ONCE, waiting) / waiting
        waiting -= 1
        return None if model is None else keep(model, standing, seed=seed, budget_s=left_s)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return tuple(pool.map(kept, models))
