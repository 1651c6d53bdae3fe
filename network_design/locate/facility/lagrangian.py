"""The bound: every customer is offered at a price, and each site takes what pays; compiled.

Lagrangian relaxation of "every customer is served" (Geoffrion, McBride 1978, 10.1080/05695557808975181) and of the
limits on how many sites are open; the prices rise by the volume algorithm's averaged steps (Barahona, Anbil 2000,
10.1007/s101070050002). A site solves a knapsack at the prices, then sites are chosen so that their capacity covers all
demand, which makes the bound stronger than the linear relaxation's.
"""

from __future__ import annotations

import numpy as np

from network_design.locate.facility.compiling import Flags, FloatArray, States, compiled
from network_design.locate.facility.knapsack import choose_sites, fill_split, fill_whole, gainful
from network_design.locate.facility.sorting import copy_into

FIRST_STEP, LEAST_STEP = 1.0, 1e-4  # factors of the Polyak step
AIM = 0.05  # relative: how far above the bound to aim while no plan is known
PATIENCE = 12  # steps without a better bound before the step factor shrinks
SHRINK, GROW = 0.7, 1.1
PATIENT_AVERAGE = 40  # steps over which the bound must have moved, or averages get longer


@compiled
def site_prices(prices: FloatArray, cost: FloatArray, demand: FloatArray, fixed: FloatArray, capacity: FloatArray,
                state: States, member: FloatArray, whole: bool, out: FloatArray,
                shares: FloatArray) -> None:  # fmt: skip
    """Set in `out` (sites,) what opening each site costs at the prices, in `shares` (sites, customers) what it serves.

    `prices` are those of the customers, then those of the groups in `member` (groups, sites); inf where closed.
    """
    sites, customers = cost.shape
    profit, weight, share = np.empty(customers), np.empty(customers), np.empty(customers)
    at = np.empty(customers, np.int64)
    for j in range(sites):
        out[j] = np.inf
        if state[j] < 0:
            continue
        many = gainful(prices, cost[j], demand, capacity[j] if whole else np.inf, profit, weight, at)
        for i in range(customers):
            shares[j, i] = 0.0
        if whole:
            out[j] = fixed[j] - fill_whole(profit, weight, many, capacity[j], share)
        else:
            out[j] = fixed[j] - fill_split(profit, weight, many, capacity[j], share)
        for k in range(many):
            shares[j, at[k]] = share[k]
        for g in range(len(member)):
            out[j] += prices[customers + g] * member[g, j]


@compiled
def constant_part(prices: FloatArray, customers: int, low: FloatArray, high: FloatArray) -> float:
    """The part of the bound that no choice changes."""
    total = 0.0
    for i in range(customers):
        total += prices[i]
    for g in range(len(low)):
        price = prices[customers + g]
        total -= price * (high[g] if price > 0 else low[g])
    return total


@compiled
def imbalance(prices: FloatArray, chosen: Flags, shares: FloatArray, member: FloatArray, low: FloatArray,
              high: FloatArray, out: FloatArray) -> None:  # fmt: skip
    """Set in `out` what each customer lacks, and by how much each group breaks the limit that its price is for."""
    sites, customers = shares.shape
    out[:customers] = 1.0
    for j in range(sites):
        if chosen[j]:
            for i in range(customers):
                out[i] -= shares[j, i]
    for g in range(len(member)):
        opened, price = 0.0, prices[customers + g]
        for j in range(sites):
            if chosen[j]:
                opened += member[g, j]
        over, under = opened - high[g], opened - low[g]
        if price > 0 or (price == 0 and over > 0):
            out[customers + g] = over
        elif price < 0 or under < 0:
            out[customers + g] = under
        else:
            out[customers + g] = 0.0


@compiled
def ascend(prices: FloatArray, target: float, steps: int, cost: FloatArray, demand: FloatArray, fixed: FloatArray,
           capacity: FloatArray, need: float, unit: float, state: States, member: FloatArray, low: FloatArray,
           high: FloatArray, whole: bool, average: FloatArray, best_chosen: Flags) -> tuple[float, int]:  # fmt: skip
    """Raise the bound by up to `steps` steps towards `target`; return it and the steps done.

    `prices` become the best ones found, `best_chosen` (sites,) the choice at them, `average` (sites,) how often each
    site was chosen of late: nearly the linear relaxation's solution. Stops once the bound reaches `target`.
    """
    sites, customers = cost.shape
    opening, chosen = np.empty(sites), np.zeros(sites, np.bool_)
    shares = np.zeros((sites, customers))
    lack, along, at = np.zeros(len(prices)), np.zeros(len(prices)), prices.copy()
    best, mark, step, weight, failed, done = -np.inf, -np.inf, FIRST_STEP, 0.1, 0, 0
    for done in range(1, steps + 1):
        site_prices(at, cost, demand, fixed, capacity, state, member, whole, opening, shares)
        bound = constant_part(at, customers, low, high) + choose_sites(opening, capacity, need, unit, state, chosen)
        if bound == np.inf:
            return np.inf, done
        imbalance(at, chosen, shares, member, low, high, lack)
        if done == 1:
            copy_into(along, lack)
            for j in range(sites):
                average[j] = 1.0 if chosen[j] else 0.0
        mixed = 1.0 if done == 1 else weight
        turn = 0.0
        for k in range(len(along)):
            turn += along[k] * lack[k]
            along[k] += mixed * (lack[k] - along[k])
        for j in range(sites):
            average[j] += mixed * ((1.0 if chosen[j] else 0.0) - average[j])
        if bound > best:
            failed = 0
            if turn > 0:
                step = min(step * GROW, 2.0)
            best = bound
            copy_into(prices, at)
            copy_into(best_chosen, chosen)
            if best >= target:
                break
        else:
            failed += 1
            if failed >= PATIENCE:
                step, failed = step * SHRINK, 0
        aim = target if target < np.inf else best + AIM * (1.0 + abs(best))
        if done % PATIENT_AVERAGE == 0:
            if best - mark < 0.01 * (aim - best) and weight > 0.005:
                weight *= 0.6
            mark = best
        length = 0.0
        for k in range(len(along)):
            length += along[k] * along[k]
        if length < 1e-12 or step < LEAST_STEP:
            break
        for k in range(len(at)):
            at[k] = prices[k] + step * (aim - best) / length * along[k]
    return best, done


@compiled
def settle_sites(bound_part: float, cutoff: float, opening: FloatArray, capacity: FloatArray, need: float, unit: float,
                 state: States) -> int:  # fmt: skip
    """Decide in `state` every site whose other choice alone lifts the bound to `cutoff`; return how many."""
    sites, settled = len(state), 0
    chosen = np.zeros(sites, np.bool_)
    choose_sites(opening, capacity, need, unit, state, chosen)
    likely = chosen.copy()
    for j in range(sites):
        if state[j] == 0:
            state[j] = -1 if likely[j] else 1
            if bound_part + choose_sites(opening, capacity, need, unit, state, chosen) >= cutoff:
                state[j] = -state[j]
                settled += 1
            else:
                state[j] = 0
    return settled
