"""One site for each customer when the open sites are given (generalised assignment), compiled.

Simulated annealing on shifts and exchanges. What a site serves beyond its capacity is priced: more dearly while there
is any, less dearly while there is none, so that the search stays where loads just fit.
"""

from __future__ import annotations

import numpy as np

from network_design.locate.facility.compiling import FloatArray, IntArray, compiled
from network_design.locate.facility.drawing import below, chance, exponential
from network_design.locate.facility.knapsack import fill_whole, gainful
from network_design.locate.facility.sorting import by_profit, copy_into, falling
from network_design.locate.facility.transport import total_of

FIRST_HEAT, LAST_HEAT = 0.3, 0.01  # temperature over the typical regret
SWING, MOST_TOLL = 1.3, 1000.0  # how the price of a unit too much swings, and its most over the typical regret per unit
EXCHANGES = 0.7  # share of moves that exchange two customers
EPOCHS = 2000  # temperatures of a run


@compiled
def overload(load: FloatArray, capacity: FloatArray) -> float:
    """Return how much is served beyond capacity in all."""
    total = 0.0
    for a in range(len(load)):
        total += max(0.0, load[a] - capacity[a])
    return total


@compiled
def excess_change(load: float, capacity: float, change: float) -> float:
    """Return by how much one site's excess changes when its load does."""
    return max(0.0, load + change - capacity) - max(0.0, load - capacity)


@compiled
def cheapest_sites(cost: FloatArray, many: int) -> IntArray:
    """Return the `many` cheapest open sites of every customer (customers, many), cheapest first."""
    near, key = np.empty((cost.shape[1], many), np.int64), np.empty(len(cost))
    for i in range(cost.shape[1]):
        for a in range(len(key)):
            key[a] = -cost[a, i]
        copy_into(near[i], falling(key, len(key)))
    return near


@compiled
def typical_regret(cost: FloatArray, near: IntArray) -> float:
    """Return how much dearer the second cheapest site is on average; 1 where all are alike."""
    total = 0.0
    for i in range(len(near)):
        total += cost[near[i, min(2, near.shape[1] - 1)], i] - cost[near[i, 0], i]
    return total / len(near) if total > 0 else 1.0


@compiled
def assign_whole(cost: FloatArray, demand: FloatArray, capacity: FloatArray, nearest: int, moves: int,
                 state: np.ndarray, assigned: IntArray) -> float:  # fmt: skip
    """Improve `assigned` (customers,) by `moves` tries; return the least cost found that fits, inf if none does.

    `cost` (open, customers) and `capacity` (open,) are of the open sites, of which a customer may go to the `nearest`
    cheapest; `state` holds the random numbers' state.
    """
    places, customers = cost.shape
    near = cheapest_sites(cost, min(nearest, places))
    choices = near.shape[1]
    load, at, total = np.zeros(places), assigned.copy(), 0.0
    members, seat = np.empty((places, customers), np.int64), np.empty(customers, np.int64)
    many = np.zeros(places, np.int64)
    for i in range(customers):
        a = at[i]
        load[a] += demand[i]
        total += cost[a, i]
        members[a, many[a]], seat[i] = i, many[a]
        many[a] += 1
    regret = typical_regret(cost, near)
    per_unit = regret / max(1e-9, total_of(demand) / customers)
    best = total if overload(load, capacity) == 0 else np.inf
    toll, most = per_unit, MOST_TOLL * per_unit
    if places == 1:
        return best
    for epoch in range(EPOCHS):
        done = epoch / (EPOCHS - 1)
        heat = regret * FIRST_HEAT * (LAST_HEAT / FIRST_HEAT) ** done
        excess = overload(load, capacity)
        toll = min(toll * SWING, most) if excess > 0 else toll / SWING
        for _ in range(moves // EPOCHS):
            i = below(state, customers)
            a, b = at[i], near[i, below(state, choices)]
            if a == b:
                continue
            change, units = cost[b, i] - cost[a, i], demand[i]
            k = -1
            if many[b] > 0 and chance(state) < EXCHANGES:
                k = members[b, below(state, many[b])]
                change += cost[a, k] - cost[b, k]
                units -= demand[k]
            too_much = excess_change(load[a], capacity[a], -units) + excess_change(load[b], capacity[b], units)
            if change + toll * too_much > heat * exponential(state):
                continue
            load[a] -= units
            load[b] += units
            excess += too_much
            total += change
            at[i] = b
            if k >= 0:
                at[k] = a
                members[a, seat[i]], members[b, seat[k]] = k, i
                seat[i], seat[k] = seat[k], seat[i]
            else:
                many[a] -= 1
                last = members[a, many[a]]
                members[a, seat[i]], seat[last] = last, seat[i]
                members[b, many[b]], seat[i] = i, many[b]
                many[b] += 1
            if excess < 1e-9 and total < best and overload(load, capacity) == 0:
                best = total
                copy_into(assigned, at)
    return best


@compiled
def first_assignment(cost: FloatArray, demand: FloatArray, capacity: FloatArray) -> IntArray:
    """Return a site for each customer: the large customers first, each where there is room at least cost."""
    places, customers = cost.shape
    room, assigned = capacity.copy(), np.empty(customers, np.int64)
    for i in falling(demand, customers):
        chosen = -1
        for a in range(places):
            if demand[i] <= room[a] and (chosen < 0 or cost[a, i] < cost[chosen, i]):
                chosen = a
        if chosen < 0:  # nowhere: where most is left
            chosen = falling(room, places)[0]
        assigned[i] = chosen
        room[chosen] -= demand[i]
    return assigned


@compiled
def settle_assignments(prices: FloatArray, cost: FloatArray, demand: FloatArray, capacity: FloatArray, slack: float,
                       possible: np.ndarray) -> int:  # fmt: skip
    """Strike from `possible` (open, customers) what lifts the bound by `slack` or more; return what is left.

    With all sites decided, forcing customer i to site a costs at least what a's knapsack loses by it: its best profit
    at the prices against i's own and the linear best of the others in the room that is left.
    """
    places, customers = cost.shape
    profit, weight, share = np.empty(customers), np.empty(customers), np.empty(customers)
    at, left = np.empty(customers, np.int64), 0
    for a in range(places):
        many = gainful(prices, cost[a], demand, capacity[a], profit, weight, at)
        order = by_profit(profit, weight, many)
        best = fill_whole(
            profit, weight, many, capacity[a], share
        )  # as in the bound: its linear best would be too much
        for i in range(customers):
            if possible[a, i]:
                rest = capped_profit(profit, weight, at, order, capacity[a] - demand[i], i)
                forced = prices[i] - cost[a, i] + rest
                possible[a, i] = demand[i] <= capacity[a] and best - forced < slack
            left += possible[a, i]
    return left


@compiled
def capped_profit(profit: FloatArray, weight: FloatArray, at: IntArray, order: IntArray, room: float,
                  without: int) -> float:  # fmt: skip
    """Return the linear best of a sorted knapsack without one customer."""
    gained = 0.0
    for k in order:
        if at[k] == without:
            continue
        if weight[k] >= room:
            return gained + profit[k] * max(room, 0.0) / weight[k] if weight[k] > 0 else gained
        gained += profit[k]
        room -= weight[k]
    return gained
