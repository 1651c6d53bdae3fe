"""Compiled swap search: open one site, close another, while that is cheaper.

Whitaker's fast interchange with the sparse bookkeeping of Resende and Werneck: what closing site r loses is kept for
every open site, and opening site i changes it only for those who serve the customers near i.
M. G. C. Resende, R. F. Werneck, A fast swap-based local search procedure for location problems, Annals of Operations
Research 150 (2007), 10.1007/s10479-006-0154-0.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
# Compiled: numba infers the types.

from __future__ import annotations

import numpy as np

from network_design.locate.pmedian.compiling import compiled

LEAST_GAIN = 1e-7


@compiled
def chance(state):
    """Return a number from 0 to below 1 (xorshift: Marsaglia 2003, 10.18637/jss.v008.i14)."""
    bits = state[0]
    bits ^= bits << np.uint64(13)
    bits ^= bits >> np.uint64(7)
    bits ^= bits << np.uint64(17)
    state[0] = bits
    return (bits >> np.uint64(11)) * (1.0 / (1 << 53))


@compiled
def serve(j, start, site, cost, beyond, is_open, first, first_cost, second_cost):
    """Set the cheapest open site of customer j and what it and the next one cost."""
    first[j], first_cost[j], second_cost[j] = -1, beyond[j], beyond[j]
    for k in range(start[j], start[j + 1]):
        if is_open[site[k]]:
            if first[j] >= 0:
                second_cost[j] = cost[k]
                return
            first[j], first_cost[j] = site[k], cost[k]


@compiled
def serve_all(start, site, cost, beyond, is_open, first, first_cost, second_cost, loss):
    """Serve everybody, set what closing each site loses, and return the cost of the plan."""
    for r in range(len(loss)):
        loss[r] = 0.0
    total = 0.0
    for j in range(len(beyond)):
        serve(j, start, site, cost, beyond, is_open, first, first_cost, second_cost)
        total += first_cost[j]
        if first[j] >= 0:
            loss[first[j]] += second_cost[j] - first_cost[j]
    return total


@compiled
def best_exchange(i, by_site, customer, site_cost, first, first_cost, second_cost, loss, least, may_close, spared,
                  touched):  # fmt: skip
    """Return what opening site i gains when the best open site closes, and that site.

    `least` is the open site that loses least when nothing opens; `spared` (sites,) is zero before and after.
    """
    gain, many = 0.0, 0
    for k in range(by_site[i], by_site[i + 1]):
        j, c = customer[k], site_cost[k]
        if c >= second_cost[j]:
            continue
        r = first[j]
        saved = second_cost[j] - c
        if c < first_cost[j]:
            gain += first_cost[j] - c
            saved = second_cost[j] - first_cost[j]
        if r >= 0 and saved > 0.0:
            if spared[r] == 0.0:
                touched[many] = r
                many += 1
            spared[r] += saved
    best, closing = loss[least], least
    for a in range(many):
        r = touched[a]
        if may_close[r] and loss[r] - spared[r] < best:
            best, closing = loss[r] - spared[r], r
        spared[r] = 0.0
    return gain - best, closing


@compiled
def exchange(i, r, start, site, cost, beyond, by_site, customer, site_cost, is_open, first, first_cost, second_cost,
             loss):  # fmt: skip
    """Open site i, close site r, keep everything else right, and return what that gains."""
    is_open[i], is_open[r] = True, False
    gain = 0.0
    for k in range(by_site[i], by_site[i + 1]):
        j, c = customer[k], site_cost[k]
        if c >= second_cost[j]:
            continue
        if first[j] >= 0:
            loss[first[j]] -= second_cost[j] - first_cost[j]
        if c < first_cost[j]:
            gain += first_cost[j] - c
            second_cost[j] = first_cost[j]
            first[j], first_cost[j] = i, c
        else:
            second_cost[j] = c
        loss[first[j]] += second_cost[j] - first_cost[j]
    for k in range(by_site[r], by_site[r + 1]):
        j = customer[k]
        if site_cost[k] > second_cost[j]:
            continue
        before = first_cost[j]
        if first[j] >= 0:
            loss[first[j]] -= second_cost[j] - first_cost[j]
        serve(j, start, site, cost, beyond, is_open, first, first_cost, second_cost)
        gain += before - first_cost[j]
        if first[j] >= 0:
            loss[first[j]] += second_cost[j] - first_cost[j]
    loss[r] = 0.0
    return gain


@compiled
def least_loss(loss, is_open, may_close):
    """Return the open site whose closing loses least, -1 where none may close."""
    best = -1
    for r in range(len(loss)):
        if is_open[r] and may_close[r] and (best < 0 or loss[r] < loss[best]):
            best = r
    return best


@compiled
def descend(queue, many, batch, start, site, cost, beyond, by_site, customer, site_cost, is_open, may_close, first,
            first_cost, second_cost, loss, spared, touched, queued, undo, swaps, halt):  # fmt: skip
    """Try the queued sites until none of them, nor a neighbour of what changed, gains; return (gain, swaps).

    The best of `batch` sites is opened at a time: with few sites open, one step to the best spot nearby spares many
    small ones. `queue` is a ring of all sites of which the first `many` wait; swaps are noted in `undo` (2, n) after
    the first `swaps`, while it has room. Stops early once `halt[0]` is set, by another thread.
    """
    size, head, total = len(queue), 0, 0.0
    least = least_loss(loss, is_open, may_close)
    while many > 0 and least >= 0 and halt[0] == 0:
        most, opening, closing = LEAST_GAIN, -1, -1
        for _ in range(min(batch, many)):
            i = queue[head]
            head, many = (head + 1) % size, many - 1
            queued[i] = False
            if is_open[i]:
                continue
            gain, r = best_exchange(
                i, by_site, customer, site_cost, first, first_cost, second_cost, loss, least, may_close, spared, touched
            )  # fmt: skip
            if gain > most:
                if opening >= 0:
                    many = ask(opening, queue, head, many, queued)
                most, opening, closing = gain, i, r
            elif gain > LEAST_GAIN:
                many = ask(i, queue, head, many, queued)
        if opening < 0:
            continue
        total += exchange(opening, closing, start, site, cost, beyond, by_site, customer, site_cost, is_open, first,
                          first_cost, second_cost, loss)  # fmt: skip
        if swaps < undo.shape[1]:
            undo[0, swaps], undo[1, swaps] = opening, closing
        swaps += 1
        least = least_loss(loss, is_open, may_close)
        for center in (opening, closing):
            many = ask_around(
                center, queue, head, many, start, site, cost, by_site, customer, site_cost, second_cost, queued
            )  # fmt: skip
    return total, swaps


@compiled
def ask(i, queue, head, many, queued):
    """Queue a site if it does not wait already; return how many wait."""
    if queued[i]:
        return many
    queue[(head + many) % len(queue)] = i
    queued[i] = True
    return many + 1


@compiled
def ask_around(center, queue, head, many, start, site, cost, by_site, customer, site_cost, second_cost, queued):
    """Queue the sites that are near the customers for whom `center` matters; return how many wait."""
    for k in range(by_site[center], by_site[center + 1]):
        j = customer[k]
        if site_cost[k] > second_cost[j]:
            continue
        for a in range(start[j], start[j + 1]):
            i = site[a]
            if cost[a] >= second_cost[j]:
                break
            many = ask(i, queue, head, many, queued)
    return many


@compiled
def search(kicks, strength, batch, random, start, site, cost, beyond, by_site, customer, site_cost, is_open, may_close,
           first, first_cost, second_cost, loss, spared, touched, queue, queued, undo, saved, halt):  # fmt: skip
    """Descend from the plan, then `kicks` times disturb a neighbourhood, descend there and keep what is no worse.

    All arrays describe the plan and do so afterwards; `saved` (sites,) is room for a copy. See `descend`.
    """
    sites = len(by_site) - 1
    serve_all(start, site, cost, beyond, is_open, first, first_cost, second_cost, loss)
    for a in range(sites):
        queue[a] = a
        queued[a] = True
    for a in range(sites - 1, 0, -1):
        b = int(chance(random) * (a + 1))
        queue[a], queue[b] = queue[b], queue[a]
    descend(queue, sites, batch, start, site, cost, beyond, by_site, customer, site_cost, is_open, may_close, first,
            first_cost, second_cost, loss, spared, touched, queued, undo, 0, halt)  # fmt: skip
    for _kick in range(kicks):
        many, done, gain = 0, 0, 0.0
        for i in range(sites):
            saved[i] = is_open[i]
        j = int(chance(random) * len(beyond))
        for _ in range(1 + int(chance(random) * strength)):
            i, r, j = disturbance(j, random, start, site, cost, by_site, customer, is_open, may_close, first,
                                  second_cost)  # fmt: skip
            if i < 0:
                continue
            gain += exchange(i, r, start, site, cost, beyond, by_site, customer, site_cost, is_open, first, first_cost,
                             second_cost, loss)  # fmt: skip
            undo[0, done], undo[1, done] = i, r
            done += 1
            for center in (i, r):
                many = ask_around(
                    center, queue, 0, many, start, site, cost, by_site, customer, site_cost, second_cost, queued
                )  # fmt: skip
        more, done = descend(
            queue, many, batch, start, site, cost, beyond, by_site, customer, site_cost, is_open, may_close, first,
            first_cost, second_cost, loss, spared, touched, queued, undo, done, halt,
        )  # fmt: skip
        if gain + more >= -LEAST_GAIN:
            pass
        elif done > undo.shape[1]:
            for i in range(sites):
                is_open[i] = saved[i]
            serve_all(start, site, cost, beyond, is_open, first, first_cost, second_cost, loss)
        else:
            for a in range(done - 1, -1, -1):
                exchange(undo[1, a], undo[0, a], start, site, cost, beyond, by_site, customer, site_cost, is_open,
                         first, first_cost, second_cost, loss)  # fmt: skip
        if halt[0] != 0:
            break


@compiled
def disturbance(j, random, start, site, cost, by_site, customer, is_open, may_close, first, second_cost):
    """Return a closed site near customer j, an open one near that, and a customer in between; -1 where none is."""
    near = 0
    for k in range(start[j], start[j + 1]):
        if cost[k] > second_cost[j]:
            break
        near += 1
    if near == 0:
        return -1, -1, j
    i = site[start[j] + int(chance(random) * near)]
    around = by_site[i + 1] - by_site[i]
    between = customer[by_site[i] + int(chance(random) * around)]
    r = first[between]
    if is_open[i] or r < 0 or not may_close[r]:
        return -1, -1, j
    return i, r, between
