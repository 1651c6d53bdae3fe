"""Solve a two-stage facility location problem within a budget of wall time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from network_design.locate.answer import Deadline, LocationAnswer, LocationProgress, OnProgress
from network_design.locate.facility.compiling import FloatArray, IntArray
from network_design.locate.facility.relaxation import Bounded
from network_design.locate.facility.search import SiteSearch
from network_design.locate.two_stage.exchange import IsOver, improve
from network_design.locate.two_stage.exchange import search as exchange
from network_design.locate.two_stage.planner import TwoStagePlanner
from network_design.locate.two_stage.relaxation import TwoStageRelaxation
from network_design.locate.two_stage.standing import Standing, open_flags
from network_design.locate.two_stage_problem import TwoStageProblem
from retour.errors import InfeasibleError
from retour.vocabulary import Status

FINISH_SHARE, FINISH_S = 0.02, 0.3  # of the budget, and seconds at most, kept for ending what runs
EFFORTS = (0.003, 0.04, 0.4)  # shares of the time left, each for plans, for bounds and for branching, until proven
SEARCHES = 2  # side by side
METHOD = "Lagrangian bound of both stages, cheapest flows, iterated exchanges of sites, branch and bound on sites"


def solve(
    problem: TwoStageProblem, *, seed: int, budget_s: float, on_progress: OnProgress | None = None
) -> LocationAnswer:
    """Return the best plan found in `budget_s` seconds, with a bound that no plan can be cheaper than.

    Raises `InfeasibleError` where plants or satellites cannot hold all demand.
    """
    started = time.perf_counter()
    _require_room(problem)
    deadline = Deadline(budget_s - min(FINISH_S, FINISH_SHARE * budget_s), started=started)
    relaxation = TwoStageRelaxation.of(problem)
    planner = TwoStagePlanner(relaxation)
    search = SiteSearch(relaxation, planner, deadline=deadline, on_progress=on_progress or _say_nothing)
    planner.try_choice(np.ones(len(relaxation.fixed), dtype=bool))
    root = search.first_bound()
    planner.visit(root)
    for share in EFFORTS:
        _exchange_sites(planner, root, seed=seed, is_over=_after(deadline, share))
        root = search.raise_root(root)
        search.branch(_after(deadline, share))
        if search.status is Status.OPTIMAL:
            break
    else:
        search.branch(deadline.is_over)
    return _answer(search, planner, root)


def _require_room(problem: TwoStageProblem) -> None:
    """Raise `InfeasibleError` naming each echelon that is too small."""
    reasons = [
        *_short("plants", problem.plant_capacity, problem),
        *_short("satellites", problem.satellite_capacity, problem),
    ]
    if reasons:
        raise InfeasibleError(reasons)


def _short(noun: str, capacity: FloatArray, problem: TwoStageProblem) -> Iterator[str]:
    need, room = problem.demand.sum(), capacity.sum()
    if room < need * (1.0 - 1e-9):
        yield f"No plan fits: customers want {need:g} in all, and all {noun} hold {room:g}. Add capacity."


def _after(deadline: Deadline, share: float) -> IsOver:
    """Return whether a share of the time that is left now will be over."""
    until = deadline.spent_s() + share * deadline.left_s()
    return lambda: deadline.spent_s() >= until


def _exchange_sites(planner: TwoStagePlanner, root: Bounded, *, seed: int, is_over: IsOver) -> None:
    """Better the best plan, then search on every core, each with draws of its own."""
    if planner.best is not None and planner.relaxation.need > 0:
        improve(planner, planner.best, is_over)
        with ThreadPoolExecutor(SEARCHES) as pool:
            seeds = [SEARCHES * seed + k for k in range(SEARCHES)]
            list(pool.map(lambda own: exchange(planner, root.average, seed=own, is_over=is_over), seeds))


def _answer(search: SiteSearch, planner: TwoStagePlanner, root: Bounded) -> LocationAnswer:
    problem, best, steps = planner.relaxation.problem, planner.best, search.tree.steps
    if best is None:
        note = "No plan was found in the time given."
        return LocationAnswer(Status.FAILED, None, search.proven_bound, iterations=steps, method=METHOD, note=note)
    return LocationAnswer(
        search.status,
        best.cost,
        search.proven_bound,
        open_sites=tuple(np.flatnonzero(open_flags(best, planner.relaxation.sites)).tolist()),
        flows=_flows(problem, best),
        customer_price=root.node.prices[problem.satellites :] * problem.demand,
        iterations=steps,
        method=METHOD,
    )


def _flows(problem: TwoStageProblem, best: Standing) -> dict[str, FloatArray]:
    """(from, to, amount) rows per echelon, satellites numbered after the plants."""
    plants, satellites = best.plants, problem.plants + best.satellites
    a, b = np.nonzero(best.flows.supplied)
    c, customer = np.nonzero(best.flows.served)
    return {
        "plants to satellites": _sorted(plants[a], satellites[b], best.flows.supplied[a, b]),
        "satellites to customers": _sorted(satellites[c], customer, best.flows.served[c, customer]),
    }


def _sorted(start: IntArray, end: IntArray, amount: FloatArray) -> FloatArray:
    order = np.lexsort((end, start))
    return np.column_stack([start, end, amount])[order]


def _say_nothing(progress: LocationProgress) -> None:
    """Take no notice."""
