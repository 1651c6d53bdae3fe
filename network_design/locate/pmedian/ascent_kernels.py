"""Compiled Lagrangian bound of the p-median, raised by the volume algorithm.

With a price u[j] for serving customer j, a site is worth rho[i] = sum over its customers of min(0, cost - u[j]); the
p best sites and the sum of the prices bound every plan from below. The volume algorithm steps along an average of the
subgradients, and its average choice of sites comes near the optimum of the linear relaxation.
F. Barahona, R. Anbil, The volume algorithm: producing primal solutions with a subgradient method, Mathematical
Programming 87 (2000), 10.1007/s101070050002.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

compiled: Any = numba.njit(cache=True, nogil=True)

FREE, OPEN, SHUT = 0, 1, -1
MOST_AVERAGING = 0.1
LEAST_FACTOR = 1e-4
REDS_BEFORE_SMALLER = 8
HARDLY = 1e-6


@compiled
def worth(start, site, cost, price, rho):
    """Set what every site is worth at these prices."""
    rho[:] = 0.0
    for j in range(len(price)):
        for k in range(start[j], start[j + 1]):
            if cost[k] >= price[j]:
                break
            rho[site[k]] += cost[k] - price[j]


@compiled
def choose(rho, state, count, chosen, buffer):
    """Choose the open sites and the best free ones up to `count`; return (worth, worst chosen, best left out).

    The last two are of free sites: infinite where there is none.
    """
    total, free, wanted = 0.0, 0, count
    for i in range(len(rho)):
        chosen[i] = state[i] == OPEN
        if state[i] == OPEN:
            total += rho[i]
            wanted -= 1
        elif state[i] == FREE:
            buffer[free] = rho[i]
            free += 1
    if wanted <= 0:
        return total, -np.inf, np.inf if free == 0 else buffer[:free].min()
    if wanted >= free:
        for i in range(len(rho)):
            if state[i] == FREE:
                chosen[i] = True
                total += rho[i]
        return total, np.inf if free == 0 else buffer[:free].max(), np.inf
    parted = np.partition(buffer[:free], wanted)
    worst_in, best_out = parted[:wanted].max(), parted[wanted]
    for i in range(len(rho)):
        if state[i] == FREE and rho[i] < best_out:
            chosen[i] = True
            total += rho[i]
            wanted -= 1
    for i in range(len(rho)):
        if wanted > 0 and state[i] == FREE and rho[i] == best_out:
            chosen[i] = True
            total += rho[i]
            wanted -= 1
    return total, worst_in, best_out


@compiled
def shortfall(by_site, customer, site_cost, price, chosen, missing):
    """Set by how much each customer is served too little (1: not at all, negative: too often)."""
    missing[:] = 1.0
    for i in range(len(chosen)):
        if chosen[i]:
            for k in range(by_site[i], by_site[i + 1]):
                if site_cost[k] < price[customer[k]]:
                    missing[customer[k]] -= 1.0


@compiled
def raise_bound(start, site, cost, by_site, customer, site_cost, cap, state, count, target, enough, iterations, factor,
                price, rho, share):  # fmt: skip
    """Raise the bound by moving `price` (customers,), never above `cap`; stop when it is `enough`.

    Sets `rho` to the worth of the sites at the best prices and `share` to how often each was chosen, averaged. Returns
    (bound, worst chosen, best left out, step factor, iterations): see `choose`.
    """
    n, sites = len(price), len(rho)
    chosen, buffer, other = np.empty(sites, np.bool_), np.empty(sites), np.empty(sites)
    missing, average, trial = np.empty(n), np.empty(n), np.empty(n)
    for j in range(n):
        price[j] = min(price[j], cap[j])
    worth(start, site, cost, price, rho)
    total, worst_in, best_out = choose(rho, state, count, chosen, buffer)
    best = total + price.sum()
    shortfall(by_site, customer, site_cost, price, chosen, average)
    for i in range(sites):
        share[i] = 1.0 if chosen[i] else 0.0
    reds, done = 0, 0
    while done < iterations and best < enough and factor > LEAST_FACTOR:
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
        bound = total + trial.sum()
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
            price[:] = trial
            rho[:] = other
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
               factor, price, rho, share):  # fmt: skip
    """Raise the bound of a node of the search tree and fix what it proves; return (bound, worst in, best out)."""
    cap = np.empty(len(beyond))
    cap_prices(start, site, cost, beyond, state, cap)
    bound, worst_in, best_out, _, _ = raise_bound(
        start, site, cost, by_site, customer, site_cost, cap, state, count, target, enough, iterations, factor, price,
        rho, share,
    )  # fmt: skip
    if bound < enough:
        fix(bound, worst_in, best_out, enough, rho, state)
    return bound, worst_in, best_out


@compiled
def branch(start, site, cost, by_site, customer, site_cost, beyond, state, count, target, enough, bound, iterations,
           factor, candidates, reliable, price, share, gain, tried):  # fmt: skip
    """Return the site whose opening and shutting raise the bound most.

    -1: every candidate could be fixed; -2: nothing better is left in this branch. Sites that have been `tried` (sites,)
    less than `reliable` times are tried now, by a few iterations each way; `gain` (2, sites) sums what shutting and
    opening brought. A site one way of which is dead is fixed the other way.
    """
    sites = len(state)
    score = np.zeros(sites)
    for i in range(sites):
        if state[i] == FREE:
            score[i] = share[i] * (1.0 - share[i]) * (0.5 + share[i]) + 1e-9
    trial, worth_there, share_there = np.empty_like(price), np.empty(sites), np.empty(sites)
    state_there = np.empty_like(state)
    best, chosen = -1.0, -1
    for i in np.argsort(-score)[:candidates]:
        if state[i] != FREE:
            continue
        if tried[i] < reliable:
            dead = 0
            for side in range(2):
                state_there[:] = state
                state_there[i] = OPEN if side == 1 else SHUT
                trial[:] = price
                there, _, _ = bound_node(
                    start, site, cost, by_site, customer, site_cost, beyond, state_there, count, target, enough,
                    iterations, factor, trial, worth_there, share_there,
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
