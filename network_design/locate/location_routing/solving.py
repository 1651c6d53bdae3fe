"""Solve a location-routing problem: say what cannot be, explore, bound from below, and search to the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from network_design.locate.answer import PROVEN, Deadline, LocationAnswer, LocationProgress, OnProgress
from network_design.locate.location_routing.bounding import Known, Route, lower_bound
from network_design.locate.location_routing.depot_sets import DepotSets
from network_design.locate.location_routing.plans import routes_of, to_ground
from network_design.locate.location_routing.problem import LocationRouting
from network_design.locate.location_routing.race import CORES, Race
from network_design.locate.location_routing.searcher import Settings
from retour.errors import InfeasibleError
from retour.vocabulary import Status

METHOD = "race of depot sets by ruin and recreate; Lagrangian bound"
EXPLORED, NARROWED, BOUNDED = 0.15, 0.48, 0.58  # of the time after the first plan, when each ends
EXACT = 1e-9


def solve(
    problem: LocationRouting, *, seed: int, budget_s: float, on_progress: OnProgress | None = None
) -> LocationAnswer:
    """Return the best plan found in `budget_s` seconds of wall clock, with a proven lower bound.

    Raises `InfeasibleError` where a customer fits no vehicle or no depot, or all depots together are too small.
    """
    deadline = Deadline(budget_s)
    if reasons := list(_why_impossible(problem)):
        raise InfeasibleError(reasons)
    board = _Board(on_progress, deadline)
    with ThreadPoolExecutor(max_workers=CORES) as threads:
        race = Race(
            to_ground(problem), DepotSets(problem), threads, seed=seed, settings=Settings(), on_best=board.tell_cost
        )
        race.begin()  # compiles what is not kept yet
        began, left_s = time.perf_counter(), deadline.left_s()
        race.explore(began + EXPLORED * left_s)
        race.narrow(began + NARROWED * left_s)
        known = _known(problem, race)
        board.tell_bound(lower_bound(problem, known, threads, until=began + BOUNDED * left_s))
        if not board.proven:
            race.finish(began + left_s)
    return _answer(problem, race, board.bound)


def _known(problem: LocationRouting, race: Race) -> Known:
    """The best plan so far; where all overload depots one of these, whose cost closes no depot."""
    routes = routes_of(race.ground, race.winner.best_plan)
    return Known(routes, _cost(problem, routes), feasible=race.winner.feasible)


class _Board:
    """The best cost and the bound so far, told to whoever listens."""

    def __init__(self, on_progress: OnProgress | None, deadline: Deadline) -> None:
        self.on_progress, self.deadline = on_progress, deadline
        self.cost, self.bound = np.inf, -np.inf

    def tell_cost(self, cost: float) -> None:
        """Note the cost of the best plan."""
        if cost < self.cost:
            self.cost = cost
            self._tell()

    def tell_bound(self, bound: float) -> None:
        """Note what is proven."""
        self.bound = max(self.bound, bound)
        self._tell()

    @property
    def proven(self) -> bool:
        """Whether nothing cheaper can be found."""
        return self.bound >= self.cost * (1.0 - PROVEN)

    def _tell(self) -> None:
        if self.on_progress is not None and np.isfinite(self.cost):
            bound = self.bound if np.isfinite(self.bound) else None
            self.on_progress(LocationProgress(self.deadline.spent_s(), self.cost, bound))


def _why_impossible(problem: LocationRouting) -> Iterator[str]:
    total, room = float(problem.demand.sum()), float(problem.depot_capacity.sum())
    if total > room * (1.0 + EXACT):
        yield f"No plan fits: customers need {total:g} and all depots together hold {room:g}. Add or enlarge depots."
    most = min(problem.vehicle_capacity, float(problem.depot_capacity.max()))
    holder = "a vehicle" if most == problem.vehicle_capacity else "the largest depot"
    for customer in np.flatnonzero(problem.demand > most * (1.0 + EXACT)).tolist():
        needs = f"customer {customer + 1} needs {problem.demand[customer]:g}"
        yield f"No plan fits: {needs} at once and {holder} holds {most:g}. Split the customer or enlarge what holds it."


def _answer(problem: LocationRouting, race: Race, proven: float) -> LocationAnswer:
    if not race.winner.feasible:
        note = "No plan was found that overloads no depot; give more time, or depots more room."
        return LocationAnswer(Status.FAILED, None, proven, iterations=race.steps, method=METHOD, note=note)
    routes, assignment = routes_of(race.ground, race.winner.best), np.full(problem.customers, -1)
    for depot, customers in routes:
        assignment[list(customers)] = depot
    cost = _cost(problem, routes)
    return LocationAnswer(
        status=Status.OPTIMAL if proven >= cost * (1.0 - PROVEN) else Status.FEASIBLE,
        cost=cost,
        bound=proven,
        open_sites=_open_sites(routes),
        assignment=assignment,
        routes=routes,
        iterations=race.steps,
        method=METHOD,
    )


def _open_sites(routes: tuple[Route, ...]) -> tuple[int, ...]:
    return tuple(sorted({depot for depot, _ in routes}))


def _cost(problem: LocationRouting, routes: tuple[Route, ...]) -> float:
    """What a plan costs, summed anew: the search adds up differences."""
    arc, cost = problem.arc_costs(), float(problem.opening_cost[list(_open_sites(routes))].sum())
    for depot, customers in routes:
        ring = np.array([problem.customers + depot, *customers])
        cost += problem.route_cost + float(arc[ring, np.roll(ring, -1)].sum())
    return cost
