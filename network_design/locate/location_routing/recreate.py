"""Recreate: put absent customers back one by one where they cost least, compiled.

Positions are looked for next to the nearest customers and in a route of its own from every open depot. Now and then a
neighbour is overlooked on purpose (a blink), so that the same ruin is not always mended in the same way.
"""

from __future__ import annotations

import numpy as np

from network_design.locate.location_routing.compiling import compiled
from network_design.locate.location_routing.plans import Ground, Plan, overload_by, put_in
from network_design.locate.location_routing.work import ABSENT_MANY, Work, touch
from routing.pickup.ruin_recreate.chance import below, chance

BLINK_CHANCE = 0.01
EXACT = 1e-9  # relative: room for sums in floating point


@compiled
def recreate(ground: Ground, plan: Plan, work: Work, depots: np.ndarray, neighbours: int, toll: float) -> bool:
    """Put the absent in, at `toll` per unit beyond a depot's capacity; False where one finds no route to go in."""
    _sort_absent(ground, work, depots)
    customers, idle = len(ground.demand), 0
    for number in range(work.counts[ABSENT_MANY]):
        stop = work.absent[number]
        cheapest, behind = _cheapest_place(ground, plan, work, stop, neighbours, toll)
        while idle < len(plan.stops) and plan.stops[idle] > 0:
            idle += 1
        if idle < len(plan.stops):
            depot = _cheapest_start(ground, plan, stop, depots, toll, cheapest)
            if depot >= 0:
                behind = customers + idle
                plan.place[behind] = customers + depot
        if behind < 0:
            return False
        touch(work, plan.route[behind])
        put_in(ground, plan, stop, behind)
    return True


@compiled
def _sort_absent(ground: Ground, work: Work, depots: np.ndarray) -> None:
    """An order by chance, by load, or by distance from the depots, as in the paper."""
    rule = below(work.random, 11)
    for number in range(work.counts[ABSENT_MANY]):
        stop = work.absent[number]
        if rule < 4:
            key = chance(work.random)
        elif rule < 8:
            key = -ground.demand[stop]
        else:
            key = _way_out(ground, stop, depots) * (-1.0 if rule < 10 else 1.0)
        at = number
        while at > 0 and work.key[at - 1] > key:
            work.key[at] = work.key[at - 1]
            work.absent[at] = work.absent[at - 1]
            at -= 1
        work.key[at] = key
        work.absent[at] = stop


@compiled
def _way_out(ground: Ground, stop: int, depots: np.ndarray) -> float:
    nearest = np.inf
    for depot in depots:
        nearest = min(nearest, ground.arc[len(ground.demand) + depot, stop])
    return nearest


@compiled
def _cheapest_place(
    ground: Ground, plan: Plan, work: Work, stop: int, neighbours: int, toll: float
) -> tuple[float, int]:
    """The least cost of putting the customer into a driven route, and the node to put it behind (-1: none)."""
    cheapest, behind, customers = np.inf, -1, len(ground.demand)
    load, most = ground.demand[stop], ground.room * (1.0 + EXACT) - ground.demand[stop]
    for rank in range(neighbours):
        neighbour = ground.near[stop, rank]
        route = plan.route[neighbour]
        if route < 0 or plan.load[route] > most or chance(work.random) < BLINK_CHANCE:
            continue
        away = ground.arc[neighbour, stop]
        before, after = plan.before[neighbour], plan.after[neighbour]
        first, then = plan.place[before], plan.place[after]
        ahead = ground.arc[first, stop] + away - ground.arc[first, neighbour]
        cost = away + ground.arc[stop, then] - ground.arc[neighbour, then]
        place = neighbour
        if ahead < cost:
            cost, place = ahead, before
        if cost < cheapest:
            cost += toll * overload_by(ground, plan, plan.place[customers + route] - customers, load)
            if cost < cheapest:
                cheapest, behind = cost, place
    return cheapest, behind


@compiled
def _cheapest_start(ground: Ground, plan: Plan, stop: int, depots: np.ndarray, toll: float, cheapest: float) -> int:
    """The open depot from which a route of its own costs least, -1 where none costs less than `cheapest`."""
    found, customers = -1, len(ground.demand)
    for depot in depots:
        cost = ground.route_cost + 2.0 * ground.arc[customers + depot, stop]
        if cost < cheapest:
            cost += toll * overload_by(ground, plan, depot, ground.demand[stop])
            if cost < cheapest:
                cheapest, found = cost, depot
    return found
