"""Large designs: prices, an outline of the large places, a first design, its regions and neighbourhoods one by one.

A bound is proven meanwhile on another core (`network_design.large.proving`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from network_design.bound import dual_bound
from network_design.followed.ways import small_places
from network_design.highs import Solution, solve_linear
from network_design.large.first import first_design
from network_design.large.improving import improve
from network_design.large.outline import Outline
from network_design.large.outlining import outline_of
from network_design.large.proving import GUIDE_ROUNDS, GUIDE_SHARE, Proving
from network_design.large.regional import ROUNDS
from network_design.large.together import alone
from network_design.large.turns import Turns, improve_in_turns
from network_design.model.build import DesignModel, build_model
from network_design.model.program import FloatArray
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status

MOST_COLUMNS = 40_000
"""Up to so many columns HiGHS solves the whole program."""
OUTLINE_SHARE, FIRST_SHARE = 0.2, 0.3
"""Shares of the time: at most for the outline, and until a first design is given up."""
OUTLINE_S = 40.0
"""Longer than this an outline gets no better than neighbourhoods make it."""
LARGE_PLACES_SHARE, ENOUGH_TURNS = 0.4, 6
"""Share of what is left that large places get in their turn, and so many turns at most."""


def is_large(model: DesignModel) -> bool:
    """Say whether a model is too large to be solved as one program."""
    return model.program.columns > MOST_COLUMNS and bool(model.program.whole.any())


@dataclass(frozen=True)
class _Told:
    """Progress of one design: who listens, and who proves."""

    listener: Listener
    proving: Proving
    begun: float
    deadline: float

    def __call__(self, message: str, cost: float | None = None) -> None:
        done = (time.perf_counter() - self.begun) / max(1.0, self.deadline - self.begun)
        bound = self.proving.bound
        proven = "" if bound is None else f", at least {bound:,.0f}"
        self.listener(Progress("design", min(0.9, 0.1 + 0.8 * done), f"{message}{proven}", cost))


def design_large(
    model: DesignModel, *, seed: int, budget_s: float, listener: Listener = silent, start: FloatArray | None = None,
    only_design: bool = False,
) -> Solution:  # fmt: skip
    """Return the best values found in time, FEASIBLE, with a bound; FAILED where not even a first design was found.

    INFEASIBLE where the relaxation is. `start` is the levels of a design of much the same network, (levels, periods).
    With `only_design` no more is proven than guides the search, which takes the other core too.
    """
    deadline = time.perf_counter() + budget_s
    with Proving([model], [1.0], seed=seed, deadline=deadline, only_guide=only_design) as proving:
        threads = 1 + only_design
        return _design_large(
            model, proving, seed=seed, budget_s=budget_s, listener=listener, start=start, threads=threads
        )  # fmt: skip


def _design_large(
    model: DesignModel, proving: Proving, *, seed: int, budget_s: float, listener: Listener, start: FloatArray | None,
    threads: int,
) -> Solution:  # fmt: skip
    begun = time.perf_counter()
    deadline = begun + budget_s
    tell = _Told(listener, proving, begun, deadline)
    tell("pricing what leaves each place")
    proving.wait(rounds=1 if start is not None else GUIDE_ROUNDS, until=begun + GUIDE_SHARE * budget_s)
    weak = build_model(model.sets.instance, strong=False)
    if start is not None:
        outline: Outline | None = Outline(np.zeros(len(model.sets.places), dtype=bool), start)
    else:
        outline = _outline(proving, seed=seed, budget_s=min(OUTLINE_S, budget_s * OUTLINE_SHARE), tell=tell)
    until = time.perf_counter() + FIRST_SHARE * budget_s
    values, weakly = None, None
    if outline is not None:
        values = first_design(weak, proving.average()[0], outline=outline, seed=seed, deadline=until)
    if values is None:
        relaxed = solve_linear(weak.program, seed=seed, budget_s=until - time.perf_counter(), prices_only=True)
        if relaxed.status is Status.INFEASIBLE:
            proving.finish(until=begun)
            return relaxed
        if len(relaxed.values):
            weakly = dual_bound(weak, relaxed.row_price)
            values = first_design(weak, relaxed.values, seed=seed, deadline=deadline)
    if values is not None:
        tell(f"first design: {model.program.cost_of(values):,.0f}", model.program.cost_of(values))
        values = _improved(model, weak, values, seed=seed, deadline=deadline, tell=tell, threads=threads)
    bound = max((b for b in (weakly, proving.finish(until=deadline)) if b is not None), default=None)
    status = Status.FAILED if values is None else Status.FEASIBLE
    return Solution(status, np.zeros(0) if values is None else values, bound, np.zeros(0))


def _outline(proving: Proving, *, seed: int, budget_s: float, tell: _Told) -> Outline | None:
    tell("an outline of the large places")
    prices, relaxation = proving.prices(), proving.relaxation
    if relaxation is None or not len(prices):
        return None
    return outline_of(relaxation.priced[0], prices, seed=seed, budget_s=budget_s)


def _improved(
    model: DesignModel, weak: DesignModel, values: FloatArray, *, seed: int, deadline: float, tell: _Told, threads: int
) -> FloatArray:
    """Improve small and large places in turns; where none is small, neighbourhoods of the whole program."""
    if not small_places(model.sets).any():
        return improve(
            alone(model), values, seed=seed, deadline=deadline, listener=lambda p: tell(p.message, p.best_eur)
        )  # fmt: skip
    turns = Turns(ENOUGH_TURNS, ROUNDS, LARGE_PLACES_SHARE, threads)
    return improve_in_turns(
        alone(weak), values, turns, seed=seed, deadline=deadline, tell=lambda cost: tell(f"cost {cost:,.0f}", cost)
    )  # fmt: skip
