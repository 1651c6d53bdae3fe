"""A proven lower bound on the cost of every plan, from the Lagrangian relaxation and the best plan known."""

from __future__ import annotations

import time
from concurrent.futures import Executor

import numpy as np

from network_design.locate.location_routing.ascent import Ascent
from network_design.locate.location_routing.loads import to_loads
from network_design.locate.location_routing.problem import LocationRouting
from network_design.locate.location_routing.relaxation import Prices, Relaxation

LOOK_EVERY = 20  # steps between two looks at which depots cannot be of use any more
SAFETY = 1e-9  # share given up for the rounding of sums in floating point
FIRST_SHARE = 0.95  # of what customers cost in the best plan: their first price

Route = tuple[int, tuple[int, ...]]


def lower_bound(
    problem: LocationRouting, routes: tuple[Route, ...], cost: float, threads: Executor, *, until: float
) -> float:
    """Return what no plan costs less than, improved until the time (of `time.perf_counter`).

    `routes` is a plan and `cost` what it costs. Depots that no cheaper plan opens are closed on the way, so the bound
    is at most `cost`.
    """
    relaxation = Relaxation(problem, to_loads(problem), threads)
    shares = _shares(problem, routes)[relaxation.kept]
    free = np.zeros(relaxation.way.shape)
    least = relaxation.at(Prices(np.zeros(len(shares)), 0.0, free)).value  # what must be opened anyhow
    ascent = Ascent(relaxation, Prices(FIRST_SHARE * shares, 0.0, free))
    while not ascent.is_over and ascent.best.value < cost and time.perf_counter() < until:
        ascent.step(cost)
        if ascent.steps % LOOK_EVERY == 0:
            relaxation.drop_hopeless(ascent.prices, ascent.best, cost)
    return min(cost, _rounded(problem, max(least, ascent.best.value)))


def _rounded(problem: LocationRouting, value: float) -> float:
    safe = value - SAFETY * abs(value)
    return float(np.ceil(safe)) if problem.costs_are_whole else safe


def _shares(problem: LocationRouting, routes: tuple[Route, ...]) -> np.ndarray:
    """What each customer costs in a plan, shape (customers,): its load's share of its route's cost."""
    arc, shares = problem.arc_costs(), np.zeros(problem.customers)
    for depot, customers in routes:
        ring = np.array([problem.customers + depot, *customers])
        cost = problem.route_cost + arc[ring, np.roll(ring, -1)].sum()
        load = problem.demand[list(customers)] + 1e-9 * problem.vehicle_capacity
        shares[list(customers)] = cost * load / load.sum()
    return shares
