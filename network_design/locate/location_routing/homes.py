"""Where routes start and end: the depot of a route, and between which of its customers the depot lies; compiled."""

from __future__ import annotations

import numpy as np

from network_design.locate.location_routing.compiling import compiled
from network_design.locate.location_routing.plans import COST, Ground, Plan, overload_by, shift_depot_load

WORTHWHILE = 1e-7


@compiled
def settle(ground: Ground, plan: Plan, route: int, depots: np.ndarray, toll: float) -> None:
    """Let the route start from the depot and at the customer that cost least, at `toll` per unit of overload.

    A route from a depot that is not among `depots` must leave it.
    """
    here = _here(ground, plan, route)
    cheapest, home, end = np.inf, -1, -1
    for depot in depots:
        if depot == here:
            cheapest = _detour(ground, plan, plan.before[len(ground.demand) + route], here) - WORTHWHILE
    for depot in depots:
        extra = _extra(ground, plan, route, depot, here, toll)
        cost, last = _best_gap(ground, plan, route, depot)
        if cost + extra < cheapest:
            cheapest, home, end = cost + extra, depot, last
    if home >= 0:
        _move_home(ground, plan, route, home, end)


@compiled
def send_from(ground: Ground, plan: Plan, route: int, depot: int) -> None:
    """Let the route start from this depot, wherever it costs least."""
    _, last = _best_gap(ground, plan, route, depot)
    _move_home(ground, plan, route, depot, last)


@compiled
def _here(ground: Ground, plan: Plan, route: int) -> int:
    return plan.place[len(ground.demand) + route] - len(ground.demand)


@compiled
def _extra(ground: Ground, plan: Plan, route: int, depot: int, here: int, toll: float) -> float:
    """What the change of depots adds to the price of overload."""
    if depot == here:
        return 0.0
    load = plan.load[route]
    return toll * (overload_by(ground, plan, depot, load) + overload_by(ground, plan, here, -load))


@compiled
def _detour(ground: Ground, plan: Plan, last: int, depot: int) -> float:
    """What a depot between a route's last customer and its first, which comes next in the ring, costs."""
    customers = len(ground.demand)
    first = plan.after[last]
    if first >= customers:
        first = plan.after[first]
    home = customers + depot
    return ground.arc[last, home] + ground.arc[home, first] - ground.arc[last, first]


@compiled
def _best_gap(ground: Ground, plan: Plan, route: int, depot: int) -> tuple[float, int]:
    """The least detour to the depot between two customers of the ring, and the first of the two."""
    node = len(ground.demand) + route
    last = plan.before[node]
    cheapest, stop = _detour(ground, plan, last, depot), plan.after[node]
    while stop != node:
        cost = _detour(ground, plan, stop, depot)
        if cost < cheapest:
            cheapest, last = cost, stop
        stop = plan.after[stop]
    return cheapest, last


@compiled
def _move_home(ground: Ground, plan: Plan, route: int, depot: int, last: int) -> None:
    """Put the route's depot node behind its customer `last` and let it lie at the depot."""
    node, load, here = len(ground.demand) + route, plan.load[route], _here(ground, plan, route)
    plan.figure[COST] += _detour(ground, plan, last, depot) - _detour(ground, plan, plan.before[node], here)
    before, after = plan.before[node], plan.after[node]
    plan.after[before], plan.before[after] = after, before
    after = plan.after[last]
    plan.after[last] = plan.before[after] = node
    plan.before[node], plan.after[node] = last, after
    if depot != here:
        shift_depot_load(ground, plan, here, -load)
        shift_depot_load(ground, plan, depot, load)
        plan.place[node] = len(ground.demand) + depot
