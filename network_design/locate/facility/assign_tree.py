"""The cheapest assignment to given sites by depth-first branch and bound with knapsack bounds, compiled.

Where sites hold few customers and loads just fit, this bound is far stronger than a linear program's (after Ross and
Soland 1975, 10.1007/BF01580430, and Fisher, Jaikumar, Van Wassenhove 1986, 10.1287/mnsc.32.9.1095).
"""

from __future__ import annotations

import numpy as np

from network_design.locate.facility.assign import settle_assignments
from network_design.locate.facility.compiling import Flags, FloatArray, IntArray, compiled
from network_design.locate.facility.knapsack import SLACK
from network_design.locate.facility.lagrangian import ascend, site_prices
from network_design.locate.facility.sorting import copy_into

DEEPEST = 500  # nodes that wait at most
NODE_STEPS = 25  # of the ascent per node; prices start from the parent's
DONE = 1e-7  # relative: how near a plan and its bound are the same
FORBIDDEN = 1e15  # the cost of an assignment that a branch leaves out


@compiled
def keep(target: Flags, source: Flags) -> None:
    """Copy one table of flags into another."""
    for a in range(len(target)):
        copy_into(target[a], source[a])


@compiled
def bar(cost: FloatArray, possible: Flags, out: FloatArray) -> bool:
    """Set `out` to the costs with what is not possible barred; return whether everyone can still go somewhere."""
    places, customers = cost.shape
    everyone = True
    for i in range(customers):
        anywhere = False
        for a in range(places):
            out[a, i] = cost[a, i] if possible[a, i] else FORBIDDEN
            anywhere = anywhere or possible[a, i]
        everyone = everyone and anywhere
    return everyone


@compiled
def most_torn(shares: FloatArray, demand: FloatArray, possible: Flags) -> int:
    """Return who to branch on: of those who may go to several sites the largest whom none or several want.

    If everyone is wanted once, the largest of all; -1 if nobody has a choice left.
    """
    torn, torn_wanted = -1, 1.0
    for i in range(len(demand)):
        wanted, open_sites = 0.0, 0
        for a in range(len(shares)):
            wanted += shares[a, i]
            open_sites += possible[a, i]
        if open_sites > 1:
            more_torn = wanted != 1.0 and torn_wanted == 1.0
            as_torn = (wanted != 1.0) == (torn_wanted != 1.0)
            if torn < 0 or more_torn or (as_torn and demand[i] > demand[torn]):
                torn, torn_wanted = i, wanted
    return torn


@compiled
def favourite(i: int, shares: FloatArray, cost: FloatArray, possible: Flags) -> int:
    """Return the site that wants the customer, the cheapest of several, or else the cheapest that is possible."""
    best = -1
    for a in range(len(shares)):
        if possible[a, i]:
            better = best < 0 or shares[a, i] > shares[best, i]
            if better or (shares[a, i] == shares[best, i] and cost[a, i] < cost[best, i]):
                best = a
    return best


@compiled
def plan_cost(
    marks: np.ndarray, cost: FloatArray, demand: FloatArray, capacity: FloatArray, assigned: IntArray
) -> float:
    """Set each customer's site where `marks` (open, customers) has one each; return the cost, inf if it is no plan."""
    total, room = 0.0, capacity.copy()
    for i in range(len(assigned)):
        wanted = 0
        for a in range(len(marks)):
            if marks[a, i]:
                assigned[i] = a
                wanted += 1
        if wanted != 1:
            return np.inf
        room[assigned[i]] -= demand[i]
        if room[assigned[i]] < 0:
            return np.inf
        total += cost[assigned[i], i]
    return total


@compiled
def assign_by_tree(cost: FloatArray, demand: FloatArray, capacity: FloatArray, prices: FloatArray, possible: Flags,
                   cutoff: float, step: float, nodes: int, assigned: IntArray) -> tuple[float, bool]:  # fmt: skip
    """Search below `cutoff` within `possible` (open, customers); return the best cost, and whether all was searched.

    Every better plan found lowers the cutoff to `step` below its cost. `assigned` (customers,) becomes the best plan;
    the cost is inf without one. Gives up after `nodes` nodes.
    """
    places, customers = cost.shape
    stack, stacked = np.empty((DEEPEST, places, customers), np.bool_), np.empty((DEEPEST, customers))
    here, at = np.empty((places, customers), np.bool_), np.empty(customers)
    keep(stack[0], possible)
    copy_into(stacked[0], prices)
    wanted = np.empty((places, customers), np.bool_)
    barred, shares, opening = np.empty(cost.shape), np.zeros(cost.shape), np.empty(places)
    nothing, state, member, none = np.zeros(places), np.ones(places, np.int8), np.empty((0, places)), np.empty(0)
    average, chosen, found = np.zeros(places), np.zeros(places, np.bool_), np.empty(customers, np.int64)
    best, done, waiting = np.inf, 0, 1
    while waiting > 0 and done < nodes and waiting < DEEPEST - 1:
        done += 1
        waiting -= 1
        keep(here, stack[waiting])
        copy_into(at, stacked[waiting])
        if not bar(cost, here, barred):
            continue
        bound, _ = ascend(
            at, cutoff, NODE_STEPS, barred, demand, nothing, capacity, 0.0, 0.0, state, member, none, none, True,
            average, chosen,
        )  # fmt: skip
        bound -= SLACK * abs(bound)
        if bound >= cutoff:
            continue
        settle_assignments(at, barred, demand, capacity, cutoff - bound, here)
        site_prices(at, barred, demand, nothing, capacity, state, member, True, opening, shares)
        for a in range(places):
            for k in range(customers):
                wanted[a, k] = shares[a, k] > 0.5
        total = plan_cost(wanted, barred, demand, capacity, found)
        i = most_torn(shares, demand, here)
        if i < 0:
            total = plan_cost(here, barred, demand, capacity, found)
        if total < cutoff:
            best, cutoff = total, total - step
            copy_into(assigned, found)
        if i < 0 or total < bound + DONE * abs(bound):  # what the relaxation takes is a plan: nothing is cheaper here
            continue
        a = favourite(i, shares, cost, here)
        for child in range(2):
            keep(stack[waiting + child], here)
            copy_into(stacked[waiting + child], at)
        stack[waiting, a, i] = False
        for other in range(places):
            stack[waiting + 1, other, i] = other == a
        waiting += 2
    return best, waiting == 0
