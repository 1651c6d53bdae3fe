"""Knapsacks, compiled: what one site would serve at given prices, and which sites give room enough at least cost."""

from __future__ import annotations

import numpy as np

from network_design.locate.facility.compiling import Flags, FloatArray, IntArray, States, compiled
from network_design.locate.facility.sorting import by_profit

NODES_PER_ITEM = 200  # search nodes of a 0-1 knapsack before its linear bound is taken instead
SLACK = 1e-9  # relative: what rounding may hide


@compiled
def all_fit(weight: FloatArray, items: int, room: float, share: FloatArray) -> bool:
    """Return whether all items fit; if so, all are taken."""
    total = 0.0
    for k in range(items):
        total += weight[k]
    if total <= room:
        share[:items] = 1.0
    return total <= room


@compiled
def total_profit(profit: FloatArray, items: int) -> float:
    """Return the profit of all items."""
    total = 0.0
    for k in range(items):
        total += profit[k]
    return total


@compiled
def fill_split(profit: FloatArray, weight: FloatArray, items: int, room: float, share: FloatArray) -> float:
    """Fill `room` with shares of `items` of positive profit; return the profit, `share` (items,) of each item."""
    if all_fit(weight, items, room, share):
        return total_profit(profit, items)
    order = by_profit(profit, weight, items)
    share[:items] = 0.0
    gained, left = 0.0, room
    for k in order:
        if weight[k] <= left:
            share[k], left, gained = 1.0, left - weight[k], gained + profit[k]
        else:
            share[k] = left / weight[k]
            return gained + share[k] * profit[k]
    return gained


@compiled
def linear_rest(profit: FloatArray, weight: FloatArray, first: int, room: float) -> float:
    """Profit of the items from `first` on, sorted by profit per weight, when the last may be split."""
    gained = 0.0
    for k in range(first, len(profit)):
        if weight[k] > room:
            return gained + profit[k] * room / weight[k]
        room -= weight[k]
        gained += profit[k]
    return gained


@compiled
def fill_whole(profit: FloatArray, weight: FloatArray, items: int, room: float, share: FloatArray) -> float:
    """Fill `room` with whole `items` of positive profit; return an upper bound of the profit, exact unless cut short.

    Depth first after Horowitz and Sahni (1974), 10.1145/321812.321823; `share` (items,) is 1 for what is taken.
    """
    if all_fit(weight, items, room, share):
        return total_profit(profit, items)
    order = by_profit(profit, weight, items)
    p, w = np.empty(items), np.empty(items)
    for k in range(items):
        p[k], w[k] = profit[order[k]], weight[order[k]]
    least = np.empty(items + 1)  # the lightest of the items still to come
    least[items] = np.inf
    for k in range(items - 1, -1, -1):
        least[k] = min(w[k], least[k + 1])
    taken, kept = np.zeros(items, np.bool_), np.zeros(items, np.bool_)
    top = linear_rest(p, w, 0, room)
    best, gained, left, k, nodes, exact = -1.0, 0.0, room, 0, 0, True
    while k >= 0:
        nodes += 1
        if gained + linear_rest(p, w, k, left) > best + SLACK * top:
            while k < items and w[k] <= left:
                taken[k], left, gained = True, left - w[k], gained + p[k]
                k += 1
            if k < items and least[k] <= left:
                taken[k] = False
                k += 1
                continue
            if gained > best:
                best = gained
                for item in range(items):
                    kept[item] = item < k and taken[item]
        if nodes > NODES_PER_ITEM * items:
            exact = False
            break
        k -= 1
        while k >= 0 and not taken[k]:
            k -= 1
        if k >= 0:
            taken[k], left, gained = False, left + w[k], gained - p[k]
            k += 1
    for k in range(items):
        share[order[k]] = 1.0 if kept[k] else 0.0
    return best + SLACK * top if exact else top


@compiled
def gainful(price: FloatArray, cost: FloatArray, demand: FloatArray, largest: float, profit: FloatArray,
            weight: FloatArray, at: IntArray) -> int:  # fmt: skip
    """Set the profit, weight and number of every customer who pays more than they cost; return how many do."""
    many = 0
    for i in range(len(cost)):
        if price[i] > cost[i] and demand[i] <= largest:
            profit[many], weight[many], at[many] = price[i] - cost[i], demand[i], i
            many += 1
    return many


@compiled
def choose_sites(price: FloatArray, capacity: FloatArray, need: float, unit: float, state: States,
                 chosen: Flags) -> float:  # fmt: skip
    """Return a lower bound of the cheapest choice of sites with capacity `need` in all, and that choice.

    A site costs `price` (sites,), negative where it pays for itself; `state` is 1 where it is open, -1 where closed.
    Capacities are multiples of `unit` (0: no unit known). What must be added is a knapsack of what may be left out.
    """
    sites = len(price)
    total, room = 0.0, -need
    profit, weight, at = np.empty(sites), np.empty(sites), np.empty(sites, np.int64)
    for j in range(sites):
        chosen[j] = state[j] > 0 or (state[j] == 0 and price[j] < 0)
        if chosen[j]:
            total += price[j]
            room += capacity[j]
    many = left_out_of(price, capacity, state, chosen, profit, weight, at)
    if room >= 0:
        return total
    for k in range(many):
        room += weight[k]
        total += profit[k]
    if room < 0:
        return np.inf
    if unit > 0:
        room = np.floor(room / unit + 1e-9) * unit
    share = np.empty(many)
    saved = fill_whole(profit, weight, many, room, share)
    for k in range(many):
        chosen[at[k]] = share[k] == 0.0
    return total - saved


@compiled
def left_out_of(price: FloatArray, capacity: FloatArray, state: States, chosen: Flags, profit: FloatArray,
                weight: FloatArray, at: IntArray) -> int:  # fmt: skip
    """Set the price, capacity and number of every undecided site that is not chosen; return how many are not."""
    many = 0
    for j in range(len(price)):
        if state[j] == 0 and not chosen[j]:
            profit[many], weight[many], at[many] = price[j], capacity[j], j
            many += 1
    return many
