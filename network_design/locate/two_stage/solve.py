"""Solve a two-stage facility location problem within a budget of wall time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from network_design.locate.answer import Deadline, LocationAnswer, LocationProgress, OnProgress
from network_design.locate.facility.compiling import FloatArray
from network_design.locate.facility.neighbours import improve_choice
from network_design.locate.facility.relaxation import UNDECIDED, Bounded
from network_design.locate.facility.search import SiteSearch
from network_design.locate.two_stage.planner import Flow, TwoStagePlanner
from network_design.locate.two_stage.relaxation import TwoStageRelaxation
from network_design.locate.two_stage_problem import TwoStageProblem
from retour.errors import InfeasibleError
from retour.vocabulary import Status

FINISH_SHARE, FINISH_S = 0.02, 0.3  # of the budget, and seconds at most, kept for ending what runs
SEARCH_SHARE = 0.4  # of the time left, for exchanging sites before any branching
LIKELY = 0.002  # how often the bound opens a site that is worth a try
SHAKEN = 6  # sites that change at random before single steps are tried again
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
    planner.cost(np.ones(len(relaxation.fixed), dtype=bool))
    root = search.first_bound()
    planner.visit(root)
    root = search.raise_root(root)
    _exchange_sites(planner, root, deadline, seed=seed)
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


def _exchange_sites(planner: TwoStagePlanner, root: Bounded, deadline: Deadline, *, seed: int) -> None:
    """Open, close and exchange single sites around the best plan, the likeliest first; then shake it and try again.

    Iterated local search: a few likely sites change at random, and what single steps make of it is kept if better.
    """
    if planner.best is None:
        return
    until = deadline.spent_s() + SEARCH_SHARE * deadline.left_s()
    draw = np.random.default_rng(seed)
    undecided = root.node.state == UNDECIDED
    shaken = planner.best.opened
    while deadline.spent_s() < until:
        likely = np.flatnonzero(undecided & ((root.average > LIKELY) | shaken | planner.best.opened))
        order = likely[np.argsort(-root.average[likely], kind="stable")]
        improve_choice(shaken, order, planner.cost, is_over=lambda: deadline.spent_s() >= until)
        if len(likely) < SHAKEN:
            break
        shaken = planner.best.opened.copy()
        flipped = draw.choice(likely, size=SHAKEN, replace=False)
        shaken[flipped] = ~shaken[flipped]


def _answer(search: SiteSearch, planner: TwoStagePlanner, root: Bounded) -> LocationAnswer:
    problem, best, steps = planner.relaxation.problem, planner.best, search.tree.steps
    if best is None:
        note = "No plan was found in the time given."
        return LocationAnswer(Status.FAILED, None, search.proven_bound, iterations=steps, method=METHOD, note=note)
    return LocationAnswer(
        search.status,
        best.cost,
        search.proven_bound,
        open_sites=tuple(np.flatnonzero(best.opened).tolist()),
        flows=_flows(problem, best),
        customer_price=root.node.prices[problem.satellites :] * problem.demand,
        iterations=steps,
        method=METHOD,
    )


def _flows(problem: TwoStageProblem, best: Flow) -> dict[str, FloatArray]:
    """(from, to, amount) rows per echelon, satellites numbered after the plants."""
    plants = np.flatnonzero(best.opened[: problem.plants])
    satellites = problem.plants + np.flatnonzero(best.opened[problem.plants :])
    a, b = np.nonzero(best.supplied)
    c, customer = np.nonzero(best.served)
    return {
        "plants to satellites": np.column_stack([plants[a], satellites[b], best.supplied[a, b]]),
        "satellites to customers": np.column_stack([satellites[c], customer, best.served[c, customer]]),
    }


def _say_nothing(progress: LocationProgress) -> None:
    """Take no notice."""
