"""One design for all futures: the whole story on one screen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from network_design.design import design_network
from network_design.futures.expected import expected_instance
from network_design.futures.extensive import Extensive, extensive_form, together
from network_design.futures.risk import Risk
from network_design.futures.standing import Kept, Standing, keep, standing_in, standing_of
from network_design.highs import solve_whole
from network_design.model.build import DesignModel, build_model
from network_design.model.program import FloatArray
from network_design.study.cases import Future
from retour.design.plan import Design
from retour.errors import BackendError, InfeasibleError, InputError, Issue
from retour.plan import relative_gap
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status

ALONE_SHARE, TOGETHER_SHARE = 0.4, 0.75
PROVEN_GAP = 1e-8
EXPECTED, HEDGED = "expected figures", "all futures"


@dataclass(frozen=True)
class Hedged:
    """What is proven about one design for all futures. Costs are discounted and come from the ledgers.

    `value` is the risk's value of the design, and none has less than `bound` (None: nothing is proven).
    `perfect_information` is the value if each future could be designed for by itself, `expected_figures` that of the
    design for mean figures: infinite where it does not fit a future, None where there are no mean figures.
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


@dataclass(frozen=True)
class Across:
    """Several designs in several futures: each future's own design, and each standing kept in each of them.

    `kept[name][i]` is the design `name` in future i, None where it does not fit.
    """

    futures: tuple[Future, ...]
    models: tuple[DesignModel, ...]
    alone: tuple[Design, ...]
    kept: dict[str, tuple[Kept | None, ...]]

    @property
    def probability(self) -> FloatArray:
        """Probability of each future."""
        return np.array([f.probability for f in self.futures])

    def cost(self, name: str) -> FloatArray:
        """Return what a design costs in each future, by its ledger; infinite where it does not fit."""
        return np.array([np.inf if k is None else k.design.ledger_total for k in self.kept[name]])


def design_alone(
    futures: Sequence[Future], *, seed: int, budget_s: float, listener: Listener = silent
) -> tuple[Design, ...]:
    """Return the best design of each future by itself; InfeasibleError names the future that has none."""
    deadline, designs = time.perf_counter() + budget_s, []
    for i, future in enumerate(futures):
        listener(Progress("alone", i / len(futures), f"designing for {future.name}"))
        left_s = max(1.0, deadline - time.perf_counter()) / (len(futures) - i)
        try:
            designs.append(design_network(future.instance, seed=seed, budget_s=left_s))
        except InfeasibleError as error:
            raise InfeasibleError([f"{future.name}: {error.reasons[0]}", *error.reasons[1:]]) from None
    return tuple(designs)


def across(futures: Sequence[Future], alone: Sequence[Design]) -> Across:
    """Return the models of futures that differ in figures only; InputError where one has other places or sizes."""
    models = tuple(build_model(f.instance) for f in futures)
    first = models[0].sets.levels[["place_id", "step"]]
    for future, model in zip(futures, models, strict=True):
        if not model.sets.levels[["place_id", "step"]].equals(first):
            message = "has other places or other numbers of sizes than the first future; only figures may differ"
            raise InputError([Issue("scenarios", None, future.id, message)])
    return Across(tuple(futures), models, tuple(alone), {})


def price_everywhere(cases: Across, name: str, standing: Standing, *, seed: int, budget_s: float) -> Across:
    """Return the cases with one more design, kept in every future while its flows adapt."""
    deadline, found = time.perf_counter() + budget_s, []
    for i, model in enumerate(cases.models):
        left_s = max(1.0, deadline - time.perf_counter()) / (len(cases.models) - i)
        found.append(keep(model, standing, seed=seed, budget_s=left_s))
    return Across(cases.futures, cases.models, cases.alone, {**cases.kept, name: tuple(found)})


def hedge(
    cases: Across, risk: Risk, *, seed: int, budget_s: float, listener: Listener = silent
) -> tuple[Across, Hedged]:
    """Find one design for all futures, from the best of those priced everywhere; return the cases with it, and proof.

    Raises BackendError when none is found in time.
    """
    deadline = time.perf_counter() + budget_s
    cases = _with_expected(cases, seed=seed, budget_s=budget_s * (1 - TOGETHER_SHARE))
    value = {name: risk.value(cases.cost(name), cases.probability) for name in cases.kept}
    best = min(value, key=lambda name: value[name])
    form = extensive_form(cases.models, cases.probability, risk)
    listener(Progress("together", 0.3, f"{form.program.columns:,} columns, {form.program.rows:,} rows for all futures"))
    start = _start(cases, best, form, risk) if np.isfinite(value[best]) else None
    left_s = max(1.0, (deadline - time.perf_counter()) * TOGETHER_SHARE)
    found = solve_whole(form.program, seed=seed, budget_s=left_s, start=start)
    if found.status is Status.INFEASIBLE:
        raise InfeasibleError("No single design fits all futures; each has one of its own. Relax limits or levers.")
    if len(found.values):
        model, own = cases.models[0], found.values[form.columns[0]] * form.scale[0]
        standing = standing_in(model, own)
        left_s = max(1.0, deadline - time.perf_counter())
        cases = price_everywhere(cases, HEDGED, standing, seed=seed, budget_s=left_s)
    reached = risk.value(cases.cost(HEDGED), cases.probability) if HEDGED in cases.kept else np.inf
    if value[best] < reached:
        cases = Across(cases.futures, cases.models, cases.alone, {**cases.kept, HEDGED: cases.kept[best]})
        reached = value[best]
    if not np.isfinite(reached):
        raise BackendError("No design for all futures was found in time; give a longer time budget.")
    return cases, _proof(cases, risk, reached, found.bound, value.get(EXPECTED))


def _with_expected(cases: Across, *, seed: int, budget_s: float) -> Across:
    """Add the design for mean figures, and each future's own, priced everywhere."""
    begun, each_s = time.perf_counter(), budget_s / (2 + len(cases.futures))
    for future, design, model in zip(cases.futures, cases.alone, cases.models, strict=True):
        if future.id not in cases.kept:
            cases = price_everywhere(cases, future.id, standing_of(model.sets, design), seed=seed, budget_s=each_s)
    mean = expected_instance(cases.futures)
    if mean is None:
        return cases
    left_s = max(1.0, budget_s - (time.perf_counter() - begun))
    try:
        design = design_network(mean, seed=seed, budget_s=left_s)
    except (InfeasibleError, BackendError):
        return cases  # mean figures may fit nothing though every future fits something
    standing = standing_of(build_model(mean, strong=False).sets, design)
    return price_everywhere(cases, EXPECTED, standing, seed=seed, budget_s=each_s)


def _start(cases: Across, name: str, form: Extensive, risk: Risk) -> FloatArray:
    kept = [k for k in cases.kept[name] if k is not None]
    return together(form, [k.values for k in kept], cases.cost(name), risk)


def _proof(cases: Across, risk: Risk, value: float, solver: float | None, expected: float | None) -> Hedged:
    """Return values and the better of two bounds: the solver's own, and that of knowing every future beforehand."""
    known = np.array([np.inf if d.bound is None else d.bound for d in cases.alone])
    beforehand = risk.value(known, cases.probability)
    bounds = [b for b in (solver, beforehand if np.isfinite(beforehand) else None) if b is not None]
    bound = min(value, max(bounds)) if bounds else None
    alone = np.array([d.ledger_total for d in cases.alone])
    gap = relative_gap(value, bound)
    status = Status.OPTIMAL if gap is not None and gap <= PROVEN_GAP else Status.FEASIBLE
    return Hedged(value, bound, status, risk.value(alone, cases.probability), expected)
