"""Compiled Lagrangian bound of the p-median, raised by the volume algorithm.

With a price u[j] for serving customer j, a site is worth rho[i] = sum over its customers of min(0, cost - u[j]); the
p best sites and the sum of the prices bound every plan from below. The volume algorithm steps along an average of the
subgradients, and its average choice of sites comes near the optimum of the linear relaxation.
F. Barahona, R. Anbil, The volume algorithm: producing primal solutions with a subgradient method, Mathematical
Programming 87 (2000), 10.1007/s101070050002.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
# Compiled: numba infers the types.

from __future__ import annotations

import numpy as np

from network_design.locate.pmedian.compiling import compiled

FREE, OPEN, SHUT = 0, 1, -1
MOST_AVERAGING = 0.1
LEAST_FACTOR = 1e-4
REDS_BEFORE_SMALLER = 8
HARDLY = 1e-6


@compiled
def copy(source, target):
    """Copy an array (a plain loop compiles ten times faster than a slice)."""
    for k in range(len(source)):
        target[k] = source[k]


@compiled
def sum_of(values):
    """Return the sum of an array."""
    total = 0.0
    for k in range(len(values)):
        total += values[k]
    return total


@compiled
def worth(start, site, cost, price, rho):
    """Set what every site is worth at these prices."""
    for i in range(len(rho)):
        rho[i] = 0.0
    for j in range(len(price)):
        for k in range(start[j], start[j + 1]):
            if cost[k] >= price[j]:
                break
            rho[site[k]] += cost[k] - price[j]


@compiled
def part(values, many, wanted):
    """Order the first `many` values so that the smallest `wanted` come first (Hoare's selection)."""
    low, high = 0, many - 1
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if wanted <= j:
            high = j
        elif wanted >= i:
            low = i
        else:
            return


@compiled
def choose(rho, state, count, chosen, buffer):
    """Choose the open sites and the best free ones up to `count`; return (worth, worst chosen, best left out).

    The last two are of free sites: minus infinity and infinity where there is none.
    """
    total, free, wanted = 0.0, 0, count
    for i in range(len(rho)):
        chosen[i] = state[i] == OPEN
        if chosen[i]:
            total += rho[i]
            wanted -= 1
        elif state[i] == FREE:
            buffer[free] = rho[i]
            free += 1
    wanted = max(0, min(wanted, free))
    if wanted < free:
        part(buffer, free, wanted)
    worst_in, best_out = -np.inf, np.inf
    for a in range(wanted):
        worst_in = max(worst_in, buffer[a])
    for a in range(wanted, free):
        best_out = min(best_out, buffer[a])
    for ties in range(2):
        for i in range(len(rho)):
            if wanted > 0 and state[i] == FREE and not chosen[i] and (rho[i] < best_out or ties == 1):
                if ties == 1 and rho[i] > best_out:
                    continue
                chosen[i] = True
                total += rho[i]
                wanted -= 1
    return total, worst_in, best_out


@compiled
def shortfall(by_site, customer, site_cost, price, chosen, missing):
    """Set by how much each customer is served too little (1: not at all, negative: too often)."""
    for j in range(len(missing)):
        missing[j] = 1.0
    for i in range(len(chosen)):
        if chosen[i]:
            for k in range(by_site[i], by_site[i + 1]):
                if site_cost[k] < price[customer[k]]:
                    missing[customer[k]] -= 1.0


@compiled
def raise_bound(start, site, cost, by_site, customer, site_cost, cap, state, count, target, enough, iterations, factor,
                price, rho, share, halt):  # fmt: skip
    """Raise the bound by moving `price` (customers,), never above `cap`; stop when it is `enough`, or once
    `halt[0]` is set by another thread.

    Sets `rho` to the worth of the sites at the best prices and `share` to how often each was chosen, averaged; it goes
    on from an earlier average unless it begins below 0. Returns
    (bound, worst chosen, best left out, step factor, iterations): see `choose`.
    """
    n, sites = len(price), len(rho)
    chosen, buffer, other = np.empty(sites, np.bool_), np.empty(sites), np.empty(sites)
    missing, average, trial = np.empty(n), np.empty(n), np.empty(n)
    for j in range(n):
        price[j] = min(price[j], cap[j])
    worth(start, site, cost, price, rho)
    total, worst_in, best_out = choose(rho, state, count, chosen, buffer)
    best = total + sum_of(price)
    shortfall(by_site, customer, site_cost, price, chosen, average)
    if share[0] < 0.0:
        for i in range(sites):
            share[i] = 1.0 if chosen[i] else 0.0
    reds, done = 0, 0
    while done < iterations and best < enough and factor > LEAST_FACTOR and halt[0] == 0:
        done += 1
        length = 0.0
        for j in range(n):
            length += average[j] * average[j]
        if length < HARDLY:
            break
        step = factor * (target - best) / length
        for j in range(n):
            trial[j] = min(max(price[j] + step * average[j], 0.0), cap[j])
        worth(start, site, cost, trial, other)
        total, inside, outside = choose(other, state, count, chosen, buffer)
        bound = total + sum_of(trial)
        shortfall(by_site, customer, site_cost, trial, chosen, missing)
        agree, change, difference = 0.0, 0.0, 0.0
        for j in range(n):
            agree += average[j] * missing[j]
            apart = missing[j] - average[j]
            change -= average[j] * apart
            difference += apart * apart
        alpha = MOST_AVERAGING
        if difference > 0.0:
            alpha = min(MOST_AVERAGING, max(MOST_AVERAGING / 10.0, change / difference))
        for j in range(n):
            average[j] += alpha * (missing[j] - average[j])
        for i in range(sites):
            share[i] += alpha * ((1.0 if chosen[i] else 0.0) - share[i])
        if bound > best:
            best, worst_in, best_out, reds = bound, inside, outside, 0
            copy(trial, price)
            copy(other, rho)
            if agree >= 0.0:
                factor = min(2.0, factor * 1.1)
        else:
            reds += 1
            if reds >= REDS_BEFORE_SMALLER:
                factor, reds = factor * 0.7, 0
    return best, worst_in, best_out, factor, done


@compiled
def cap_prices(start, site, cost, beyond, state, cap):
    """Set the highest useful price per customer: what an open site costs, else what is not listed costs at least."""
    for j in range(len(cap)):
        cap[j] = beyond[j]
        for k in range(start[j], start[j + 1]):
            if state[site[k]] == OPEN:
                cap[j] = min(cap[j], cost[k])
                break


@compiled
def fix(bound, worst_in, best_out, enough, rho, state):
    """Open and shut the free sites without which, or with which, the bound is `enough`; return how many."""
    many = 0
    for i in range(len(rho)):
        if state[i] == FREE:
            if bound + rho[i] - worst_in > enough:
                state[i] = SHUT
                many += 1
            elif bound + best_out - rho[i] > enough:
                state[i] = OPEN
                many += 1
    return many


@compiled
def bound_node(start, site, cost, by_site, customer, site_cost, beyond, state, count, target, enough, iterations,
               factor, price, rho, share, halt):  # fmt: skip
    """Raise the bound of a node of the search tree and fix what it proves; return (bound, worst in, best out)."""
    cap = np.empty(len(beyond))
    cap_prices(start, site, cost, beyond, state, cap)
    bound, worst_in, best_out, _, _ = raise_bound(
        start, site, cost, by_site, customer, site_cost, cap, state, count, target, enough, iterations, factor, price,
        rho, share, halt,
    )  # fmt: skip
    if bound < enough:
        fix(bound, worst_in, best_out, enough, rho, state)
    return bound, worst_in, best_out


@compiled
def highest(values):
    """Return where the highest value is."""
    best = 0
    for k in range(1, len(values)):
        if values[k] > values[best]:
            best = k
    return best


@compiled
def branch(start, site, cost, by_site, customer, site_cost, beyond, state, count, target, enough, bound, iterations,
           factor, candidates, reliable, price, share, gain, tried, halt):  # fmt: skip
    """Return the site whose opening and shutting raise the bound most.

    -1: every candidate could be fixed; -2: nothing better is left in this branch. Sites that have been `tried` (sites,)
    less than `reliable` times are tried now, by a few iterations each way; `gain` (2, sites) sums what shutting and
    opening brought. A site one way of which is dead is fixed the other way.
    """
    sites = len(state)
    score = np.empty(sites)
    for i in range(sites):
        score[i] = share[i] * (1.0 - share[i]) * (0.5 + share[i]) + 1e-9 if state[i] == FREE else -1.0
    trial, worth_there, share_there = np.empty(len(price)), np.empty(sites), np.empty(sites)
    state_there = np.empty(sites, np.int8)
    best, chosen = -1.0, -1
    for _ in range(candidates):
        i = highest(score)
        if score[i] < 0.0:
            break
        score[i] = -1.0
        if tried[i] < reliable:
            dead = 0
            for side in range(2):
                copy(state, state_there)
                copy(price, trial)
                share_there[0] = -1.0
                state_there[i] = OPEN if side == 1 else SHUT
                there, _, _ = bound_node(
                    start, site, cost, by_site, customer, site_cost, beyond, state_there, count, target, enough,
                    iterations, factor, trial, worth_there, share_there, halt,
                )  # fmt: skip
                gain[side, i] += max(min(there, enough) - bound, 0.0)
                if there >= enough:
                    dead += 1
                    state[i] = SHUT if side == 1 else OPEN
            tried[i] += 1
            if dead == 2:
                return -2
            if dead == 1:
                continue
        down, up = gain[0, i] / tried[i], gain[1, i] / tried[i]
        least = 1e-3 * (enough - bound)
        product = max(down, least) * max(up, least)
        if product > best:
            best, chosen = product, i
    return chosen
