"""A proven lower bound on the cost of every plan, from the Lagrangian relaxation and the best plan known."""

from __future__ import annotations

import time
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from network_design.locate.location_routing.ascent import Ascent
from network_design.locate.location_routing.choosing import chooser_for
from network_design.locate.location_routing.loads import to_loads
from network_design.locate.location_routing.problem import LocationRouting
from network_design.locate.location_routing.relaxation import Prices, Relaxation

FIRST_SHARES = (0.0, 0.5, 0.9)  # of customers' detours in the known plan: prices to begin with, where loads differ much
SAFETY = 1e-9  # share given up for the rounding of sums in floating point

Route = tuple[int, tuple[int, ...]]


@dataclass(frozen=True)
class Known:
    """Routes and what they cost; not `feasible` where they overload a depot."""

    routes: tuple[Route, ...]
    cost: float
    feasible: bool


def lower_bound(problem: LocationRouting, known: Known, threads: Executor, *, until: float) -> float:
    """Return what no plan costs less than, improved until the time (of `time.perf_counter`).

    Sets of depots that no plan cheaper than the known one opens are passed over, so the bound is at most its cost.
    """
    loads, ceiling = to_loads(problem), known.cost if known.feasible else np.inf
    if loads.total == 0:  # one route from the cheapest depot serves everyone
        return float(problem.opening_cost.min()) + problem.route_cost
    relaxation = Relaxation(problem, loads, threads)
    chooser = chooser_for(loads.depot_room, loads.total, ceiling=ceiling)
    detour = _detours(problem, known.routes)[relaxation.kept]
    first = [Prices(share * detour, 0.0, np.zeros(problem.depots)) for share in FIRST_SHARES]
    best = max(first, key=lambda prices: relaxation.at(prices, chooser).value)
    ascent = Ascent(lambda prices: relaxation.at(prices, chooser), best)
    while not ascent.is_over and chooser.bound < ceiling and time.perf_counter() < until:
        ascent.step(known.cost)
    return min(ceiling, _rounded(problem, chooser.bound))


def _rounded(problem: LocationRouting, value: float) -> float:
    safe = value - SAFETY * abs(value)
    return float(np.ceil(safe)) if problem.costs_are_whole else safe


def _detours(problem: LocationRouting, routes: tuple[Route, ...]) -> np.ndarray:
    """What each customer's place in its route costs, shape (customers,)."""
    arc, detours = problem.arc_costs(), np.zeros(problem.customers)
    for depot, customers in routes:
        ring = np.array([problem.customers + depot, *customers])
        before, after = np.roll(ring, 1), np.roll(ring, -1)
        detours[ring[1:]] = (arc[before, ring] + arc[ring, after] - arc[before, after])[1:]
    return detours
