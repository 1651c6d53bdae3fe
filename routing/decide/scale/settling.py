"""Compiled choice of recoveries: whole returns that together use the limits as the soft response does."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

compiled: Any = numba.njit(cache=True, nogil=True)
FAR = 12.0
ROUNDING = 1e-9


@compiled
def spread_out(block, weight, value, slack, profile, share, late, live_start, outcome, hub_days, fixed, per_kg, gain,
               charge, way, use_start, use_row, use_amount, row_weight, temperature, used, meant, picked):  # fmt: skip
    """Give each return with a `block` (-1: none) a way, nearly its cheapest, so that use follows what is meant.

    Error diffusion: `meant` (rows,) gains the expected use of the soft response, `used` that of the ways picked; of
    the ways that the soft response takes at all, each return takes the one that brings `used` closest to `meant`.
    """
    widest = 1
    for b in range(len(live_start) - 1):
        widest = max(widest, live_start[b + 1] - live_start[b])
    cost, at = np.empty(widest), np.empty(widest, np.int64)
    for i in range(len(block)):
        picked[i] = -1
        if block[i] < 0:
            continue
        many, least = 0, np.inf
        for k in range(live_start[block[i]], live_start[block[i] + 1]):
            worth = value[i] * share[profile[i], outcome[k]]
            c = fixed[k] + per_kg[k] * weight[i] + (gain[k] * worth if worth >= 0 else -charge[k] * worth)
            if hub_days[k] > slack[i]:
                c += late * (hub_days[k] - slack[i])
            cost[many], at[many] = c, k
            many += 1
            least = min(least, c)
        weights, kept = 0.0, 0
        for a in range(many):
            far = (cost[a] - least) / temperature
            if far < FAR:
                cost[kept], at[kept] = np.exp(-far), at[a]
                weights += cost[kept]
                kept += 1
        best, best_strain = 0, np.inf
        if kept > 1:
            for a in range(kept):
                w = way[at[a]]
                for u in range(use_start[w], use_start[w + 1]):
                    meant[use_row[u]] += cost[a] / weights * use_amount[u]
            for a in range(kept):
                if cost[a] / weights < 0.01:
                    continue
                w, strain = way[at[a]], 0.0
                for u in range(use_start[w], use_start[w + 1]):
                    r, amount = use_row[u], use_amount[u]
                    off = used[r] - meant[r]
                    strain += row_weight[r] * (2 * off * amount + amount * amount)
                if strain < best_strain:
                    best, best_strain = a, strain
        w = way[at[best]]
        for u in range(use_start[w], use_start[w + 1]):
            used[use_row[u]] += use_amount[u]
            if kept == 1:
                meant[use_row[u]] += use_amount[u]
        picked[i] = w


@compiled
def way_cost(w, weight, worth, slack, late, hub_days, fixed, per_kg, gain, charge):
    """Return what way w costs for one return."""
    c = fixed[w] + per_kg[w] * weight + (gain[w] * worth if worth >= 0 else -charge[w] * worth)
    return c + late * (hub_days[w] - slack) if hub_days[w] > slack else c


@compiled
def cheapest_ways_out(block, weight, value, slack, profile, share, late, block_start, outcome, hub_days, fixed, per_kg,
                      gain, charge, use_start, use_row, use_amount, left, picked, asked):  # fmt: skip
    """Return, for each return that uses a row with `left` below zero, or has no way, its cheapest way into what is
    left (-1: none) and what that costs more at prices; `asked` are the returns to look at."""
    best_way, extra = np.full(len(asked), -1, np.int64), np.full(len(asked), np.inf)
    for a in range(len(asked)):
        i = asked[a]
        mine, now = picked[i], 0.0
        if mine >= 0:
            worth = value[i] * share[profile[i], outcome[mine]]
            now = way_cost(mine, weight[i], worth, slack[i], late, hub_days, fixed, per_kg, gain, charge)
        for w in range(block_start[block[i]], block_start[block[i] + 1]):
            worth = value[i] * share[profile[i], outcome[w]]
            c = way_cost(w, weight[i], worth, slack[i], late, hub_days, fixed, per_kg, gain, charge) - now
            if c >= extra[a] or w == mine:
                continue
            fits = True
            for u in range(use_start[w], use_start[w + 1]):
                room = left[use_row[u]]
                if mine >= 0:
                    for m in range(use_start[mine], use_start[mine + 1]):
                        if use_row[m] == use_row[u]:
                            room += use_amount[m]
                if use_amount[u] > room + ROUNDING:
                    fits = False
            if fits:
                best_way[a], extra[a] = w, c
    return best_way, extra


@compiled
def relieve(order, block, weight, value, slack, profile, share, late, block_start, outcome, hub_days, fixed, per_kg,
            gain, charge, use_start, use_row, use_amount, soft, left, picked, dearest):  # fmt: skip
    """Move returns, in this order, out of rows with `left` below zero into ways that fit, and give a way to those
    without (`picked` -1), wherever that costs at most `dearest` more; `left` and `picked` change. Rows that are
    `soft` sell their excess and hold nobody back. Returns how many moved."""
    moved = 0
    one = np.empty(1, np.int64)
    for i in order:
        mine = picked[i]
        stays = mine >= 0
        if mine >= 0:
            for m in range(use_start[mine], use_start[mine + 1]):
                r = use_row[m]
                if left[r] < -ROUNDING and use_amount[m] > 0 and not soft[r]:
                    stays = False
        if stays:
            continue
        one[0] = i
        way, extra = cheapest_ways_out(
            block, weight, value, slack, profile, share, late, block_start, outcome, hub_days, fixed, per_kg, gain,
            charge, use_start, use_row, use_amount, left, picked, one,
        )  # fmt: skip
        if way[0] < 0 or extra[0] > dearest:
            continue
        if mine >= 0:
            for m in range(use_start[mine], use_start[mine + 1]):
                left[use_row[m]] += use_amount[m]
        for u in range(use_start[way[0]], use_start[way[0] + 1]):
            left[use_row[u]] -= use_amount[u]
        picked[i] = way[0]
        moved += 1
    return moved
