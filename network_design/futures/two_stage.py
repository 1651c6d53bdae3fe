"""One design for all futures: the whole story on one screen."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from network_design.futures.across import Across, price_everywhere
from network_design.futures.attempt import attempt_design
from network_design.futures.expected import expected_instance
from network_design.futures.extensive import Extensive, extensive_form, together
from network_design.futures.risk import Risk
from network_design.futures.standing import standing_in, standing_of
from network_design.highs import Solution, solve_whole
from network_design.large.proving import Proving
from network_design.model.build import build_model
from network_design.model.program import FloatArray
from retour.errors import BackendError, InfeasibleError
from retour.plan import relative_gap
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status

ALONE_SHARE, TOGETHER_SHARE = 0.4, 0.75
PROVEN_GAP = 1e-8
MOST_TOGETHER = 150_000
"""Up to so many columns all futures are one program; beyond, prices bound what designs made one by one cost in all."""
EXPECTED, HEDGED = "expected figures", "all futures"


@dataclass(frozen=True)
class Hedged:
    """What is proven about one design for all futures. Costs are discounted and come from the ledgers.

    `value` is the risk's value of the design, and none has less than `bound` (None: nothing is proven).
    `perfect_information` is the value if each future had the cheapest design found for it, `expected_figures` that of
    the design for mean figures: infinite where it does not fit a future, None where there are no mean figures.
    """

    value: float
    bound: float | None
    status: Status
    perfect_information: float
    expected_figures: float | None

    @property
    def gap(self) -> float | None:
        """(value - bound) / |value|."""
        return relative_gap(self.value, self.bound)

    @property
    def value_of_perfect_information(self) -> float:
        """What it would be worth to know the future beforehand."""
        return self.value - self.perfect_information

    @property
    def value_of_hedging(self) -> float | None:
        """What is saved against designing for mean figures (value of the stochastic solution)."""
        return None if self.expected_figures is None else self.expected_figures - self.value


def hedge(
    cases: Across, risk: Risk, *, seed: int, budget_s: float, listener: Listener = silent
) -> tuple[Across, Hedged]:
    """Find one design for all futures, from the best of those priced everywhere; return the cases with it, and proof.

    Every future must be a possible one. Raises InfeasibleError when no design fits all of them, and BackendError when
    none is found in time.
    """
    columns = sum(model.program.columns for model in cases.models)
    listener(Progress("together", 0.2, f"{columns:,} columns for all futures"))
    if columns <= MOST_TOGETHER:
        return _hedged(cases, risk, None, seed=seed, budget_s=budget_s)
    deadline = time.perf_counter() + budget_s
    with Proving(cases.models, list(cases.probability), seed=seed, deadline=deadline) as proving:
        return _hedged(cases, risk, proving, seed=seed, budget_s=budget_s)


def _hedged(cases: Across, risk: Risk, proving: Proving | None, *, seed: int, budget_s: float) -> tuple[Across, Hedged]:
    """Solve all futures as one program, or take the best of the designs made one by one beside what is proven."""
    begun = time.perf_counter()
    deadline = begun + budget_s
    until = deadline if proving else begun + (1 - TOGETHER_SHARE) * budget_s
    if cases.roomy is not None:
        cases = price_everywhere(cases, HEDGED, cases.roomy, seed=seed, budget_s=until - begun)
    cases = _with_expected(cases, seed=seed, until=until)
    value = {name: risk.value(cases.cost(name), cases.probability) for name in cases.kept}
    best = min(value, key=lambda name: value[name], default=None)
    least = np.inf if best is None else value[best]
    if proving is None:
        left_s = max(1.0, (deadline - time.perf_counter()) * TOGETHER_SHARE)
        start_from = best if np.isfinite(least) else None
        found = _solved_together(cases, risk, start_from, seed=seed, budget_s=left_s)
    else:  # what is least dear everywhere stands; expected cost bounds any mixture of it with the tail
        found = Solution(Status.FEASIBLE, np.zeros(0), proving.finish(until=deadline), np.zeros(0))
    if len(found.values):
        standing = standing_in(cases.models[0], found.values)
        left_s = max(1.0, deadline - time.perf_counter())
        cases = price_everywhere(cases, HEDGED, standing, seed=seed, budget_s=left_s)
    reached = risk.value(cases.cost(HEDGED), cases.probability) if HEDGED in cases.kept else np.inf
    if best is not None and least < reached:
        cases = cases.named(HEDGED, like=best)
        reached = least
    if not np.isfinite(reached):
        raise BackendError("No design for all futures was found in time; give a longer time budget.")
    return cases, _proof(cases, risk, reached, found.bound, value.get(EXPECTED))


def _solved_together(cases: Across, risk: Risk, best: str | None, *, seed: int, budget_s: float) -> Solution:
    """Return the values of the extensive form, from those of a design that fits all futures if there is one."""
    form = extensive_form(cases.models, cases.probability, risk)
    start = None if best is None else _start(cases, best, form, risk)
    found = solve_whole(form.program, seed=seed, budget_s=budget_s, start=start)
    if found.status is Status.INFEASIBLE:
        raise InfeasibleError("No single design fits all futures; each has one of its own. Relax limits or levers.")
    if not len(found.values):
        return found
    return replace(found, values=found.values[form.columns[0]] * form.scale[0])


def _with_expected(cases: Across, *, seed: int, until: float) -> Across:
    """Add the design for mean figures, and each future's own, priced everywhere."""
    each_s = max(1.0, until - time.perf_counter()) / (2 + len(cases.futures))
    for future, own, model in zip(cases.futures, cases.alone, cases.models, strict=True):
        if future.id not in cases.kept and own.design is not None:
            cases = price_everywhere(cases, future.id, standing_of(model.sets, own.design), seed=seed, budget_s=each_s)
    mean = expected_instance(cases.futures)
    if mean is None:
        return cases
    left_s = max(1.0, until - time.perf_counter() - each_s)
    start = None if cases.roomy is None else cases.roomy.level
    found = attempt_design(mean, seed=seed, budget_s=left_s, start=start, only_design=True)
    if found.design is None:
        return cases  # mean figures may fit nothing though every future fits something
    standing = standing_of(build_model(mean, strong=False).sets, found.design)
    return price_everywhere(cases, EXPECTED, standing, seed=seed, budget_s=each_s)


def _start(cases: Across, name: str, form: Extensive, risk: Risk) -> FloatArray:
    kept = [k for k in cases.kept[name] if k is not None]
    return together(form, [k.values for k in kept], cases.cost(name), risk)


def _proof(cases: Across, risk: Risk, value: float, solver: float | None, expected: float | None) -> Hedged:
    """Return values and the better of two bounds: the solver's own, and that of knowing every future beforehand."""
    bounds_alone = [None if a.design is None else a.design.bound for a in cases.alone]
    known = np.array([np.inf if b is None else b for b in bounds_alone])
    beforehand = risk.value(known, cases.probability)
    bounds = [b for b in (solver, beforehand if np.isfinite(beforehand) else None) if b is not None]
    bound = min(value, max(bounds)) if bounds else None
    own = np.min([cases.alone_cost, *(cases.cost(name) for name in cases.kept)], axis=0)
    gap = relative_gap(value, bound)
    status = Status.OPTIMAL if gap is not None and gap <= PROVEN_GAP else Status.FEASIBLE
    return Hedged(value, bound, status, risk.value(own, cases.probability), expected)
