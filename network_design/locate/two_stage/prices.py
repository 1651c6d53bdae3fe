"""The bound of the two-stage problem at prices of customers and of goods at satellites, compiled.

Relaxed are "every customer is served" and "what goes out of a satellite came in". Plants and satellites then sell on
their own: each is a continuous knapsack, and each echelon chooses sites whose capacity covers all demand.
"""

from __future__ import annotations

import numpy as np

from network_design.locate.facility.compiling import Flags, FloatArray, States, compiled
from network_design.locate.facility.knapsack import choose_sites, fill_split
from network_design.locate.facility.lagrangian import (
    AIM,
    FIRST_STEP,
    GROW,
    LEAST_STEP,
    PATIENCE,
    PATIENT_AVERAGE,
    SHRINK,
)


@compiled
def offers(value: FloatArray, unit_cost: FloatArray, most: FloatArray, toll: FloatArray, fixed: FloatArray,
           capacity: FloatArray, state: States, opening: FloatArray, amount: FloatArray) -> None:  # fmt: skip
    """Set in `opening` (sites,) what each site costs at the prices, in `amount` (sites, targets) what it sends.

    A unit sent to a target is worth `value` (targets,) and costs `unit_cost` (sites, targets) and the site's `toll`
    (sites,); a target takes at most `most` (targets,).
    """
    sites, targets = unit_cost.shape
    profit, weight, share = np.empty(targets), np.empty(targets), np.empty(targets)
    at = np.empty(targets, np.int64)
    for j in range(sites):
        opening[j] = np.inf
        if state[j] < 0:
            continue
        many = 0
        for i in range(targets):
            amount[j, i] = 0.0
            gain = value[i] - unit_cost[j, i] - toll[j]
            if gain > 0:
                profit[many], weight[many], at[many] = gain * most[i], most[i], i
                many += 1
        opening[j] = fixed[j] - fill_split(profit, weight, many, capacity[j], share)
        for k in range(many):
            amount[j, at[k]] = share[k] * most[at[k]]


@compiled
def two_bounds(prices: FloatArray, supply: FloatArray, serving: FloatArray, demand: FloatArray, fixed: FloatArray,
               capacity: FloatArray, state: States, unit: FloatArray, opening: FloatArray, chosen: Flags,
               lack: FloatArray) -> float:  # fmt: skip
    """Return the bound at `prices` (satellites + customers,), per unit; set what is chosen and what each price lacks.

    Sites are plants, then satellites. `lack` holds per satellite the units that go out beyond those that come in, and
    per customer the units it still wants. `unit` (2,) is what the capacities of each echelon are multiples of.
    """
    plants, satellites = supply.shape
    customers, need = len(demand), demand.sum()
    goods, wanted = prices[:satellites], prices[satellites:]
    supplied, served = np.zeros((plants, satellites)), np.zeros((satellites, customers))
    most = np.minimum(capacity[plants:], need)
    for b in range(satellites):
        if state[plants + b] < 0:
            most[b] = 0.0
    nothing = np.zeros(plants)
    offers(goods, supply, most, nothing, fixed[:plants], capacity[:plants], state[:plants], opening[:plants], supplied)
    offers(wanted, serving, demand, goods, fixed[plants:], capacity[plants:], state[plants:], opening[plants:], served)
    bound = (wanted * demand).sum()
    bound += choose_sites(opening[:plants], capacity[:plants], need, unit[0], state[:plants], chosen[:plants])
    bound += choose_sites(opening[plants:], capacity[plants:], need, unit[1], state[plants:], chosen[plants:])
    lack[:satellites], lack[satellites:] = 0.0, demand
    for b in range(satellites):
        if chosen[plants + b]:
            for k in range(customers):
                lack[b] += served[b, k]
                lack[satellites + k] -= served[b, k]
        for a in range(plants):
            if chosen[a]:
                lack[b] -= supplied[a, b]
    return bound


@compiled
def ascend_two(prices: FloatArray, target: float, steps: int, supply: FloatArray, serving: FloatArray,
               demand: FloatArray, fixed: FloatArray, capacity: FloatArray, state: States, unit: FloatArray,
               average: FloatArray, best_chosen: Flags) -> tuple[float, int]:  # fmt: skip
    """Raise the bound by up to `steps` averaged steps towards `target`; return it and the steps done.

    `prices` become the best ones found, `best_chosen` (sites,) the choice at them, `average` (sites,) how often each
    site was chosen of late.
    """
    sites = len(fixed)
    opening, chosen = np.empty(sites), np.zeros(sites, np.bool_)
    lack, along, at = np.zeros(len(prices)), np.zeros(len(prices)), prices.copy()
    best, mark, step, weight, failed, done = -np.inf, -np.inf, FIRST_STEP, 0.1, 0, 0
    for done in range(1, steps + 1):
        bound = two_bounds(at, supply, serving, demand, fixed, capacity, state, unit, opening, chosen, lack)
        if bound == np.inf:
            return np.inf, done
        mixed = 1.0 if done == 1 else weight
        turn = (along * lack).sum()
        along += mixed * (lack - along)
        for j in range(sites):
            average[j] += mixed * ((1.0 if chosen[j] else 0.0) - average[j])
        if bound > best:
            failed = 0
            if turn > 0:
                step = min(step * GROW, 2.0)
            best = bound
            prices[:], best_chosen[:] = at, chosen
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
        length = (along * along).sum()
        if length < 1e-12 or step < LEAST_STEP:
            break
        at[:] = prices + step * (aim - best) / length * along
    return best, done
