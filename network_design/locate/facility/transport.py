"""Who is served from where when the open sites are given: the transport problem, compiled."""

from __future__ import annotations

import numpy as np

from network_design.locate.facility.compiling import FloatArray, IntArray, compiled

TINY = 1e-9  # relative amounts that are rounding


@compiled
def total_of(values: FloatArray) -> float:
    """Return the sum."""
    total = 0.0
    for k in range(len(values)):
        total += values[k]
    return total


@compiled
def cheapest(cost: FloatArray, i: int) -> int:
    """Return the row of the least cost in column `i`."""
    least = 0
    for a in range(1, len(cost)):
        if cost[a, i] < cost[least, i]:
            least = a
    return least


@compiled
def cheapest_moves(a: int, cost: FloatArray, demand: FloatArray, amount: FloatArray, arc: FloatArray,
                   mover: IntArray) -> None:  # fmt: skip
    """Set row `a` of `arc` (open, open): the least cost per unit of moving a customer from there, and who it is."""
    places, customers = cost.shape
    arc[a, :] = np.inf
    for i in range(customers):
        if amount[a, i] > 0:
            for b in range(places):
                toll = (cost[b, i] - cost[a, i]) / demand[i]
                if toll < arc[a, b]:
                    arc[a, b], mover[a, b] = toll, i
    arc[a, a] = np.inf


@compiled
def shortest(start: FloatArray, arc: FloatArray, via: IntArray) -> FloatArray:
    """Return the least cost to each site from those where `start` (open,) is finite; `via`: the site before, or -1."""
    places = len(start)
    reach = start.copy()
    via[:] = -1
    for _ in range(places):
        moved = False
        for a in range(places):
            if reach[a] < np.inf:
                for b in range(places):
                    through = reach[a] + arc[a, b]
                    if through < reach[b] - 1e-11 * (1.0 + abs(through)):
                        reach[b], via[b], moved = through, a, True
        if not moved:
            break
    return reach


@compiled
def nearest_room(reach: FloatArray, load: FloatArray, capacity: FloatArray, tiny: float) -> int:
    """Return the cheapest site to reach that has room, -1 where none has."""
    end = -1
    for b in range(len(load)):
        if load[b] < capacity[b] - 0.5 * tiny and reach[b] < np.inf and (end < 0 or reach[b] < reach[end]):
            end = b
    return end


@compiled
def least_on_path(source: int, end: int, via: IntArray, mover: IntArray, amount: FloatArray) -> float:
    """Return the least that is served of any customer who would move along the path."""
    least, b = np.inf, end
    while b != source:
        least = min(least, amount[via[b], mover[via[b], b]])
        b = via[b]
    return least


@compiled
def move_along(source: int, end: int, moved: float, tiny: float, cost: FloatArray, demand: FloatArray, via: IntArray,
               amount: FloatArray, arc: FloatArray, mover: IntArray) -> None:  # fmt: skip
    """Move so much from site to site along the path, then look again at what moves would cost from there."""
    b = end
    while b != source:
        a, i = via[b], mover[via[b], b]
        amount[a, i] -= moved
        amount[b, i] += moved
        if amount[a, i] < tiny * 1e-3:
            amount[b, i] += amount[a, i]
            amount[a, i] = 0.0
        b = a
    b = end
    while b != source:
        cheapest_moves(b, cost, demand, amount, arc, mover)
        b = via[b]
    cheapest_moves(source, cost, demand, amount, arc, mover)


@compiled
def relieve(cost: FloatArray, demand: FloatArray, capacity: FloatArray, load: FloatArray, tiny: float,
            amount: FloatArray, site_price: FloatArray) -> bool:  # fmt: skip
    """Move what is too much along shortest paths of exchanges; return whether all of it found room."""
    places = len(load)
    arc, mover = np.empty((places, places)), np.zeros((places, places), np.int64)
    via, start = np.empty(places, np.int64), np.empty(places)
    for a in range(places):
        cheapest_moves(a, cost, demand, amount, arc, mover)
    for source in range(places):
        while load[source] > capacity[source] + tiny:
            start[:] = np.inf
            start[source] = 0.0
            reach = shortest(start, arc, via)
            end = nearest_room(reach, load, capacity, tiny)
            if end < 0:
                return False
            moved = min(load[source] - capacity[source], capacity[end] - load[end])
            moved = min(moved, least_on_path(source, end, via, mover, amount))
            move_along(source, end, moved, tiny, cost, demand, via, amount, arc, mover)
            load[source] -= moved
            load[end] += moved
    start[:] = 0.0
    reach = shortest(start, arc, via)
    for a in range(places):
        site_price[a] = -reach[a]
    return True


@compiled
def serve_split(cost: FloatArray, demand: FloatArray, capacity: FloatArray, amount: FloatArray,
                site_price: FloatArray) -> float:  # fmt: skip
    """Return the least cost of serving all from the open sites, inf if they are too small.

    `cost` (open, customers) is for whole customers. Sets `amount` (open, customers) in units of demand, and
    `site_price` (open,): what one more unit of capacity saves. Starts with everyone at the cheapest site; each path
    along which too much is moved away keeps the plan the cheapest for its loads (successive shortest paths, on a graph
    of sites only).
    """
    total, wanted = serve_nearest(cost, amount, demand), total_of(demand)
    tiny, places = TINY * (1.0 + wanted), len(cost)
    load, crowded = np.zeros(places), False
    for a in range(places):
        load[a] = total_of(amount[a])
        site_price[a] = 0.0
        crowded = crowded or load[a] > capacity[a] + tiny
    if not crowded:
        return total
    if total_of(capacity) + tiny < wanted:
        return np.inf
    if not relieve(cost, demand, capacity, load, tiny, amount, site_price):
        return np.inf
    return served_cost(cost, amount, demand)


@compiled
def served_cost(cost: FloatArray, amount: FloatArray, demand: FloatArray) -> float:
    """Return what the amounts cost; who wants nothing costs what the cheapest site asks."""
    total = 0.0
    for i in range(len(demand)):
        if demand[i] == 0:
            total += cost[cheapest(cost, i), i]
        for a in range(len(cost)):
            if amount[a, i] > 0:
                total += cost[a, i] * (amount[a, i] / demand[i])
    return total


@compiled
def serve_nearest(cost: FloatArray, amount: FloatArray, demand: FloatArray) -> float:
    """Return the cost of serving each customer from its cheapest open site, and set `amount`."""
    total = 0.0
    amount[:] = 0.0
    for i in range(cost.shape[1]):
        a = cheapest(cost, i)
        amount[a, i] = demand[i]
        total += cost[a, i]
    return total
