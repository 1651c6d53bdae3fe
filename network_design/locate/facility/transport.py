"""Who is served from where when the open sites are given: the transport problem, compiled."""

from __future__ import annotations

import numpy as np

from network_design.locate.facility.compiling import FloatArray, IntArray, compiled

TINY = 1e-9  # relative amounts that are rounding


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
def serve_split(cost: FloatArray, demand: FloatArray, capacity: FloatArray, amount: FloatArray,
                site_price: FloatArray) -> float:  # fmt: skip
    """Return the least cost of serving all from the open sites, inf if they are too small.

    `cost` (open, customers) is for whole customers. Sets `amount` (open, customers) in units of demand, and
    `site_price` (open,): what one more unit of capacity saves. Starts with everyone at the cheapest site, then moves
    what is too much along shortest paths of exchanges between sites; each path keeps the plan the cheapest for its
    loads (successive shortest paths on a graph of sites only).
    """
    places, customers = cost.shape
    tiny = TINY * (1.0 + demand.sum())
    load = np.zeros(places)
    amount[:] = 0.0
    for i in range(customers):
        a = int(np.argmin(cost[:, i]))
        amount[a, i] = demand[i]
        load[a] += demand[i]
    site_price[:] = 0.0
    if capacity.sum() + tiny < load.sum():
        return np.inf
    arc, mover = np.empty((places, places)), np.zeros((places, places), np.int64)
    via, start = np.empty(places, np.int64), np.empty(places)
    crowded = False
    for a in range(places):
        crowded = crowded or load[a] > capacity[a] + tiny
    if crowded:
        for a in range(places):
            cheapest_moves(a, cost, demand, amount, arc, mover)
        for source in range(places):
            while load[source] > capacity[source] + tiny:
                start[:] = np.inf
                start[source] = 0.0
                reach = shortest(start, arc, via)
                end = -1
                for b in range(places):
                    if load[b] < capacity[b] - 0.5 * tiny and (end < 0 or reach[b] < reach[end]):
                        end = b
                if end < 0 or reach[end] == np.inf:
                    return np.inf
                moved = min(load[source] - capacity[source], capacity[end] - load[end])
                b = end
                while b != source:
                    moved = min(moved, amount[via[b], mover[via[b], b]])
                    b = via[b]
                b = end
                while b != source:
                    a, i = via[b], mover[via[b], b]
                    amount[a, i] -= moved
                    amount[b, i] += moved
                    if amount[a, i] < tiny * 1e-3:
                        amount[b, i] += amount[a, i]
                        amount[a, i] = 0.0
                    b = a
                load[source] -= moved
                load[end] += moved
                b = end
                cheapest_moves(b, cost, demand, amount, arc, mover)
                while b != source:
                    b = via[b]
                    cheapest_moves(b, cost, demand, amount, arc, mover)
        start[:] = 0.0
        site_price[:] = -shortest(start, arc, via)
    total = 0.0
    for i in range(customers):
        if demand[i] == 0:
            total += cost[:, i].min()
        for a in range(places):
            if amount[a, i] > 0:
                total += cost[a, i] * (amount[a, i] / demand[i])
    return total


@compiled
def serve_nearest(cost: FloatArray, amount: FloatArray, demand: FloatArray) -> float:
    """Return the cost of serving each customer from its cheapest open site, and set `amount`."""
    total = 0.0
    amount[:] = 0.0
    for i in range(cost.shape[1]):
        a = int(np.argmin(cost[:, i]))
        amount[a, i] = demand[i]
        total += cost[a, i]
    return total
