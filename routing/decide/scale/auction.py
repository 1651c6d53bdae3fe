"""Compiled auction for room at points: returns of one partition bid for places until each has one."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

compiled: Any = numba.njit(cache=True, nogil=True)
PATIENCE = 1_000
"""Bids of one return after which its increment grows, twofold per so many more: where room is short for certain, a
war of small increments up to the price of no place at all would not end."""
MOST_DOUBLINGS = 60.0


@compiled
def push(bids, who, start, size, bid, i):
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
def replace_lowest(bids, who, start, size, bid, i):
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
def lay_down(places, held_place, held_bid, holder, capacity, heap_start, bids, who, size, price):
    """Let `places` be held by these bids alone (holder -1: a return of another partition); prices follow."""
    for p in places:
        size[p] = 0
    for h in range(len(held_place)):
        p = held_place[h]
        push(bids, who, heap_start[p], size[p], held_bid[h], holder[h])
        size[p] += 1
    for p in places:
        if capacity[p] == 0:
            price[p] = np.inf
        elif capacity[p] > 0 and size[p] >= capacity[p]:
            price[p] = bids[heap_start[p]]


@compiled
def auction(link_start, x_start, x_cost, x_place, link_cost, keep_cost, keep_place, place_end, capacity, heap_start,
            bids, who, size, price, taken, bid_of, option_of, tries, first, eps, unplaced_cost):  # fmt: skip
    """Let the returns `first`, and those they outbid, bid until each has a place (Bertsekas 1988, doi
    10.1007/BF02186476); return the number of bids.

    `capacity` (places,) -1: any number. What places are held for is in `bids`, `who`, `size` (heaps) and `price`.
    `taken` (n,) is the place each return holds (-1: none yet, -2: it takes none), `bid_of` its bid, `option_of` its
    collection option (-1: KEEP, -2: unplaced at `unplaced_cost`), `tries` its bids so far. All of these change.
    """
    queue = np.empty(len(keep_cost), np.int64)
    waiting = len(first)
    for a in range(waiting):
        queue[waiting - 1 - a] = first[a]
    made = 0
    while waiting > 0:
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
        tries[i] += 1
        increment = eps * 2.0 ** min(MOST_DOUBLINGS, max(0.0, tries[i] / PATIENCE - 1.0))
        bid = price[p] + (second - best) + increment
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
    return made


@compiled
def merged(first, second, place, bid):
    """Return two lists of returns, each by place, best bid first, then number, as one such list."""
    out = np.empty(len(first) + len(second), np.int64)
    a = b = 0
    for k in range(len(out)):
        if b >= len(second):
            from_first = True
        elif a >= len(first):
            from_first = False
        else:
            i, j = first[a], second[b]
            if place[i] != place[j]:
                from_first = place[i] < place[j]
            elif bid[i] != bid[j]:
                from_first = bid[i] > bid[j]
            else:
                from_first = i < j
        if from_first:
            out[k] = first[a]
            a += 1
        else:
            out[k] = second[b]
            b += 1
    return out
