"""Compiled passes over the returns of one partition. Arrays in, arrays out; no objects, no randomness.

A recovery's cost at prices is linear: fixed + per_kg x weight + (gain or charge) x recovered value + late days.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
compiled: Any = numba.njit(cache=True, nogil=True)


@compiled
def tolls(start, row, amount, price):
    """Return what every way's use of limits costs at `price`, shape (t,)."""
    out = np.zeros(len(start) - 1)
    for w in range(len(out)):
        for k in range(start[w], start[w + 1]):
            out[w] += amount[k] * price[row[k]]
    return out


@compiled
def undominated(block_start, outcome, outcomes, hub_days, fixed, per_kg, gain, charge, within):
    """Return (start, way) per block: ways that no other of the same outcome beats by `within` EUR for all goods."""
    start = np.zeros(len(block_start), np.int64)
    way, before, last = np.empty(len(outcome), np.int64), np.empty(len(outcome), np.int64), np.empty(outcomes, np.int64)
    many = 0
    for b in range(len(block_start) - 1):
        last[:] = -1
        for w in block_start[b] + np.argsort(fixed[block_start[b] : block_start[b + 1]], kind="mergesort"):
            k = last[outcome[w]]
            while k >= 0:
                v = way[k]
                if (
                    fixed[v] + within <= fixed[w] and per_kg[v] <= per_kg[w] and gain[v] <= gain[w]
                    and charge[v] <= charge[w] and hub_days[v] <= hub_days[w]
                ):  # fmt: skip
                    break
                k = before[k]
            if k < 0:
                way[many], before[many], last[outcome[w]] = w, last[outcome[w]], many
                many += 1
        start[b + 1] = many
    return start, way[:many].copy()


@compiled
def recover(link_start, link_block, weight, value, slack, profile, share, late, live_start, outcome, hub_days, fixed,
            per_kg, gain, charge):  # fmt: skip
    """Return per link the cost of its cheapest live way and that way's position among the live ones."""
    best = np.full(len(link_block), np.inf)
    pick = np.full(len(link_block), -1, np.int64)
    for i in range(len(link_start) - 1):
        for j in range(link_start[i], link_start[i + 1]):
            for k in range(live_start[link_block[j]], live_start[link_block[j] + 1]):
                worth = value[i] * share[profile[i], outcome[k]]
                cost = fixed[k] + per_kg[k] * weight[i] + (gain[k] * worth if worth >= 0 else -charge[k] * worth)
                if hub_days[k] > slack[i]:
                    cost += late * (hub_days[k] - slack[i])
                if cost < best[j]:
                    best[j], pick[j] = cost, k
    return best, pick


@compiled
def cheapest_handover(x_start, x_cost, x_place, place_price):
    """Return per link its cheapest collection option's cost at prices of places (inf: none fits), and that option."""
    best, pick = np.full(len(x_start) - 1, np.inf), np.zeros(len(x_start) - 1, np.int64)
    for j in range(len(best)):
        for x in range(x_start[j], x_start[j + 1]):
            if x_place[x] != -2:
                cost = x_cost[x] + (place_price[x_place[x]] if x_place[x] >= 0 else 0.0)
                if cost < best[j]:
                    best[j], pick[j] = cost, x
    return best, pick


@compiled
def respond(link_start, x_start, x_cost, x_place, place_price, link_cost, keep_cost):
    """Return each return's cheapest cost, link and collection option at prices of places; -1, -1: KEEP or nothing.

    `x_place` is the first place that fits each option (-1: it takes none, -2: none fits).
    """
    n = len(keep_cost)
    best = keep_cost.copy()
    link, pick = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    for i in range(n):
        for j in range(link_start[i], link_start[i + 1]):
            for x in range(x_start[j], x_start[j + 1]):
                if x_place[x] == -2:
                    continue
                cost = x_cost[x] + link_cost[j] + (place_price[x_place[x]] if x_place[x] >= 0 else 0.0)
                if cost < best[i]:
                    best[i], link[i], pick[i] = cost, j, x
    return best, link, pick


@compiled
def uses_of(k, j, weight, keep_row, way, use_start, use_row, use_amount, budget_row, link_amount, way_fixed, way_per_kg,
            row_of, amount_of):  # fmt: skip
    """Write down what live way k on link j uses (k -1: KEEP) in `row_of`, `amount_of`; return how many rows."""
    if k < 0:
        row_of[0], amount_of[0] = keep_row, 1.0
        return 1
    many, w = 0, way[k]
    for u in range(use_start[w], use_start[w + 1]):
        row_of[many], amount_of[many] = use_row[u], use_amount[u]
        many += 1
    for b in range(len(budget_row)):
        row_of[many] = budget_row[b]
        amount_of[many] = link_amount[b, j] + way_fixed[b, w] + way_per_kg[b, w] * weight
        many += 1
    return many


@compiled
def soften(link_start, link_block, weight, value, slack, profile, share, late, live_start, outcome, hub_days, fixed,
           per_kg, gain, charge, way, use_start, use_row, use_amount, x_best, keep_cost, keep_row, temperature, first,
           stop, step, row_unit, budget_row, link_amount, way_fixed, way_per_kg, use, spread, curvature):  # fmt: skip
    """Return the sum of every `step`-th return's soft minimum from `first` to `stop`; add its use and its curvature.

    With choices taken at random in proportion to exp(-cost / temperature), `use` (rows,) gains the expected use and
    `curvature` (rows, rows) its covariance over the temperature: gradient and minus Hessian by prices. `x_best` are
    the cheapest ways to hand over per link; KEEP uses one unit of `keep_row`. Of budget b, in row `budget_row[b]`, a
    way on link j uses `link_amount[b, j] + way_fixed[b, way] + way_per_kg[b, way] * weight`.
    """
    widest = 0
    for i in range(first, stop, step):
        many = 1
        for j in range(link_start[i], link_start[i + 1]):
            many += live_start[link_block[j] + 1] - live_start[link_block[j]]
        widest = max(widest, many)
    cost, at, on = np.empty(widest), np.empty(widest, np.int64), np.empty(widest, np.int64)
    rows = len(use)
    most_used, row_of, amount_of = 0, np.empty(64, np.int64), np.empty(64)
    mean, touched, is_touched = np.zeros(rows), np.empty(rows, np.int64), np.zeros(rows, np.bool_)
    total = 0.0
    for i in range(first, stop, step):
        many, least = 0, np.inf
        if keep_cost[i] < np.inf:
            cost[0], at[0], many, least = keep_cost[i], -1, 1, keep_cost[i]
        for j in range(link_start[i], link_start[i + 1]):
            if x_best[j] == np.inf:
                continue
            for k in range(live_start[link_block[j]], live_start[link_block[j] + 1]):
                worth = value[i] * share[profile[i], outcome[k]]
                c = x_best[j] + fixed[k] + per_kg[k] * weight[i]
                c += gain[k] * worth if worth >= 0 else -charge[k] * worth
                if hub_days[k] > slack[i]:
                    c += late * (hub_days[k] - slack[i])
                cost[many], at[many], on[many] = c, k, j
                many += 1
                least = min(least, c)
        if many == 0:
            continue
        weights, kept = 0.0, 0
        for a in range(many):
            far = (cost[a] - least) / temperature
            if far < 12.0:
                cost[kept], at[kept], on[kept] = np.exp(-far), at[a], on[a]
                weights += cost[kept]
                kept += 1
        total += least - temperature * np.log(weights)
        found = 0
        for a in range(kept):
            p = cost[a] / weights
            most_used = uses_of(
                at[a], on[a], weight[i], keep_row, way, use_start, use_row, use_amount, budget_row, link_amount,
                way_fixed, way_per_kg, row_of, amount_of,
            )  # fmt: skip
            for u in range(most_used):
                r = row_of[u]
                if not is_touched[r]:
                    is_touched[r] = True
                    touched[found] = r
                    found += 1
                mean[r] += p * amount_of[u]
            if kept > 1:
                for u in range(most_used):
                    for v in range(most_used):
                        curvature[row_of[u], row_of[v]] += p / temperature * amount_of[u] * amount_of[v]
        for a in range(found):
            spread[touched[a]] += abs(mean[touched[a]]) * row_unit[touched[a]]
            if kept > 1:
                for b in range(found):
                    curvature[touched[a], touched[b]] -= mean[touched[a]] * mean[touched[b]] / temperature
        for a in range(found):
            r = touched[a]
            use[r] += mean[r]
            mean[r], is_touched[r] = 0.0, False
    return total


@compiled
def second_best(link_start, link_block, x_start, x_cost, x_place, place_price, link_cost, keep_cost, weight, value,
                slack, profile, share, late, live_start, outcome, hub_days, fixed, per_kg, gain, charge, way, option,
                picked):  # fmt: skip
    """Return at prices what every return's choice costs (`option` -1: KEEP), and its cheapest other option (inf: none):
    another point with the best recovery there, another recovery, or KEEP."""
    n = len(keep_cost)
    mine, other = np.full(n, np.inf), np.full(n, np.inf)
    for i in range(n):
        if option[i] == -1:
            mine[i] = keep_cost[i]
        else:
            other[i] = keep_cost[i]
        for j in range(link_start[i], link_start[i + 1]):
            for x in range(x_start[j], x_start[j + 1]):
                if x_place[x] == -2:
                    continue
                here = x_cost[x] + (place_price[x_place[x]] if x_place[x] >= 0 else 0.0)
                if x != option[i]:
                    other[i] = min(other[i], here + link_cost[j])
                    continue
                for k in range(live_start[link_block[j]], live_start[link_block[j] + 1]):
                    worth = value[i] * share[profile[i], outcome[k]]
                    c = here + fixed[k] + per_kg[k] * weight[i]
                    c += gain[k] * worth if worth >= 0 else -charge[k] * worth
                    if hub_days[k] > slack[i]:
                        c += late * (hub_days[k] - slack[i])
                    if way[k] == picked[i]:
                        mine[i] = c
                    else:
                        other[i] = min(other[i], c)
    return mine, other
