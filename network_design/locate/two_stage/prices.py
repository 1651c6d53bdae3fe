"""The bound of the two-stage problem at prices of customers and of goods at satellites, compiled.

Relaxed are "every customer is served" and "what goes out of a satellite came in". Plants and satellites then sell on
their own: each is a continuous knapsack, and each echelon chooses sites whose capacity covers all demand.
"""

from __future__ import annotations

import numpy as np

from network_design.locate.facility.compiling import Flags, FloatArray, States
from network_design.locate.facility.knapsack import choose_sites, fill_split, gainful
from network_design.locate.facility.lagrangian import (
    AIM,
    FIRST_STEP,
    GROW,
    LEAST_STEP,
    PATIENCE,
    PATIENT_AVERAGE,
    SHRINK,
)
from network_design.locate.facility.sorting import copy_into
from network_design.locate.facility.transport import total_of
from network_design.locate.two_stage.compiling import compiled


@compiled
def offers(value: FloatArray, unit_cost: FloatArray, most: FloatArray, toll: FloatArray, fixed: FloatArray,
           capacity: FloatArray, state: States, opening: FloatArray, amount: FloatArray) -> None:  # fmt: skip
    """Set in `opening` (sites,) what each site costs at the prices, in `amount` (sites, targets) what it sends.

    A unit sent to a target is worth `value` (targets,) and costs `unit_cost` (sites, targets) and the site's `toll`
    (sites,); a target takes at most `most` (targets,).
    """
    sites, targets = unit_cost.shape
    profit, weight, share = np.empty(targets), np.empty(targets), np.empty(targets)
    at, net = np.empty(targets, np.int64), np.empty(targets)
    for j in range(sites):
        opening[j] = np.inf
        if state[j] < 0:
            continue
        for i in range(targets):
            amount[j, i] = 0.0
            net[i] = value[i] - toll[j]
        many = gainful(net, unit_cost[j], most, np.inf, profit, weight, at)
        for k in range(many):
            profit[k] *= weight[k]
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
    customers, need = len(demand), total_of(demand)
    goods, wanted = prices[:satellites], prices[satellites:]
    supplied, served = np.zeros((plants, satellites)), np.zeros((satellites, customers))
    most = np.empty(satellites)
    for b in range(satellites):
        most[b] = 0.0 if state[plants + b] < 0 else min(capacity[plants + b], need)
    nothing = np.zeros(plants)
    offers(goods, supply, most, nothing, fixed[:plants], capacity[:plants], state[:plants], opening[:plants], supplied)
    offers(wanted, serving, demand, goods, fixed[plants:], capacity[plants:], state[plants:], opening[plants:], served)
    bound = 0.0
    for k in range(customers):
        bound += wanted[k] * demand[k]
    bound += choose_sites(opening[:plants], capacity[:plants], need, unit[0], state[:plants], chosen[:plants])
    bound += choose_sites(opening[plants:], capacity[plants:], need, unit[1], state[plants:], chosen[plants:])
    for k in range(customers):
        lack[satellites + k] = demand[k]
    for b in range(satellites):
        lack[b] = 0.0
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
