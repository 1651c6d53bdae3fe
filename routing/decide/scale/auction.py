"""Compiled auction for room at points: returns of one partition bid for places until each has one."""

from __future__ import annotations

import numba
import numpy as np

compiled = numba.njit(cache=True, nogil=True)


@compiled
def push(bids, who, start, size, bid, i):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add a bid to the heap (lowest first) at bids[start:start + size]."""
    at = size
    while at > 0:
        up = (at - 1) // 2
        if bids[start + up] <= bid:
            break
        bids[start + at], who[start + at] = bids[start + up], who[start + up]
        at = up
    bids[start + at], who[start + at] = bid, i


@compiled
def replace_lowest(bids, who, start, size, bid, i):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Put a bid in the place of the lowest of the heap at bids[start:start + size]; return who had it."""
    out = who[start]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        if down + 1 < size and bids[start + down + 1] < bids[start + down]:
            down += 1
        if bids[start + down] >= bid:
            break
        bids[start + at], who[start + at] = bids[start + down], who[start + down]
        at = down
    bids[start + at], who[start + at] = bid, i
    return out


@compiled
def auction(link_start, x_start, x_cost, x_place, link_cost, keep_cost, keep_place, place_end, capacity, heap_start,
            taken, bid_of, option_of, foreign_place, foreign_bid, eps, unplaced_cost, most_bids):  # type: ignore[no-untyped-def]  # pragma: no cover  # fmt: skip
    """Let returns without a place bid until each has one (Bertsekas 1988, doi 10.1007/BF02186476).

    `capacity` (places,) -1: any number. `taken` (n,) is the place each return holds (-1: none yet, -2: it takes none),
    `bid_of` its bid, `option_of` its collection option (-1: KEEP, -2: unplaced at `unplaced_cost`); all changed here.
    `foreign_place`, `foreign_bid`: what returns of other partitions hold. Returns the prices of places, the number of
    bids, and the overbid foreign holdings' flags.
    """
    places, n = len(capacity), len(keep_cost)
    total = heap_start[places]
    bids, who, size = np.empty(total), np.empty(total, np.int64), np.zeros(places, np.int64)
    for f in range(len(foreign_place)):
        p = foreign_place[f]
        push(bids, who, heap_start[p], size[p], foreign_bid[f], -1)
        size[p] += 1
    for i in range(n):
        p = taken[i]
        if p >= 0 and capacity[p] >= 0:
            push(bids, who, heap_start[p], size[p], bid_of[i], i)
            size[p] += 1
    price = np.zeros(places)
    for p in range(places):
        if capacity[p] == 0:
            price[p] = np.inf
        elif capacity[p] > 0 and size[p] >= capacity[p]:
            price[p] = bids[heap_start[p]]
    queue = np.empty(n, np.int64)
    waiting = 0
    for i in range(n - 1, -1, -1):
        if taken[i] == -1:
            queue[waiting] = i
            waiting += 1
    made = 0
    while waiting > 0 and made < most_bids:
        waiting -= 1
        i = queue[waiting]
        made += 1
        best, second = unplaced_cost, np.inf
        best_place, best_option = -2, -2
        if keep_cost[i] < np.inf:
            cost = keep_cost[i] + price[keep_place]
            if cost < best:
                second, best = best, cost
                best_place, best_option = keep_place, -1
            else:
                second = cost
        for j in range(link_start[i], link_start[i + 1]):
            for x in range(x_start[j], x_start[j + 1]):
                p = x_place[x]
                cost = x_cost[x] + link_cost[j]
                if p < 0:
                    if p == -1:
                        if cost < best:
                            second, best = best, cost
                            best_place, best_option = -2, x
                        elif cost < second:
                            second = cost
                    continue
                for q in range(p, place_end[p]):
                    here = cost + price[q]
                    if here < best:
                        second, best = best, here
                        best_place, best_option = q, x
                    elif here < second:
                        second = here
        option_of[i] = best_option
        taken[i] = best_place
        if best_place < 0 or capacity[best_place] < 0:
            bid_of[i] = 0.0
            continue
        p = best_place
        bid = price[p] + (second - best) + eps
        bid_of[i] = bid
        if size[p] < capacity[p]:
            push(bids, who, heap_start[p], size[p], bid, i)
            size[p] += 1
        else:
            out = replace_lowest(bids, who, heap_start[p], size[p], bid, i)
            if out >= 0:
                taken[out], option_of[out] = -1, -2
                queue[waiting] = out
                waiting += 1
        if size[p] >= capacity[p]:
            price[p] = bids[heap_start[p]]
    return price, made
