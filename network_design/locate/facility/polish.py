"""Better plans near a given one: a few neighbouring sites and all their customers are decided anew, exactly.

Large neighbourhood search (Shaw 1998, 10.1007/3-540-49481-2_30); nearby closed sites may open in the bargain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from network_design.locate.facility.compiling import Flags, FloatArray
from network_design.locate.facility.mip import Program, solve_program
from network_design.locate.facility_problem import FacilityProblem

MOST_CUSTOMERS, SHARE = 60, 0.35  # decided anew at once, about: of all customers, and at most
TURNS = 3  # groups that start from each site before a plan is left as it is
NEWCOMERS = 3  # closed sites that may open in exchange
NEAREST = 4  # sites of the group that a customer may go to, beside its own
GROUP_S = 0.5  # seconds for one group at most; most take a tenth


@dataclass(frozen=True)
class Assigned:
    """Open sites (sorted), the site (customers,) of each customer, and the cost."""

    cost: float
    sites: np.ndarray
    site_of: np.ndarray


def polish(
    problem: FacilityProblem, plan: Assigned, candidates: np.ndarray, *, seed: int, is_over: Callable[[], bool]
) -> Assigned:
    """Return a plan that no group of neighbouring sites betters, or the best when time is over.

    `candidates` are the closed sites that may open; groups start from each open site in turn, in a drawn order.
    """
    draw = np.random.default_rng(seed)
    waiting = _turns(plan, draw)
    while waiting and not is_over():
        first = waiting.pop()
        group = _group(problem, plan, first, draw) if first in plan.sites else []
        better = _decide_anew(problem, plan, group, candidates, seed=seed) if group else None
        if better is not None:
            plan = better
            waiting = _turns(plan, draw)
    return plan


def _turns(plan: Assigned, draw: np.random.Generator) -> list[int]:
    """Every open site a few times, in a drawn order: groups differ each time."""
    return draw.permutation(np.repeat(plan.sites, TURNS)).tolist()


def _group(problem: FacilityProblem, plan: Assigned, first: int, draw: np.random.Generator) -> list[int]:
    """The site and those that its customers would rather go to next, until there are customers enough."""
    mine = plan.site_of == first
    regret = problem.serving_cost[plan.sites][:, mine] - problem.serving_cost[first, mine]
    nearness = np.sort(regret, axis=1)[:, : max(1, mine.sum() // 3)].mean(axis=1) if mine.any() else regret.sum(axis=1)
    noise = draw.uniform(0.8, 1.2, len(plan.sites))
    order = plan.sites[np.argsort((nearness - nearness.min()) * noise)]
    group, customers = [first], int(mine.sum())
    for site in order[order != first].tolist():
        if len(group) > 1 and customers >= min(MOST_CUSTOMERS, SHARE * problem.customers):
            break
        group.append(site)
        customers += int((plan.site_of == site).sum())
    return group


def _decide_anew(
    problem: FacilityProblem, plan: Assigned, group: list[int], candidates: np.ndarray, *, seed: int
) -> Assigned | None:
    """The plan with the group decided at least cost, None if that is no better."""
    customers = np.flatnonzero(np.isin(plan.site_of, group))
    closed = np.setdiff1d(candidates, plan.sites)
    gain = np.maximum(
        0.0, problem.serving_cost[plan.site_of[customers], customers] - problem.serving_cost[closed][:, customers]
    )
    worth = gain.sum(axis=1) - problem.fixed_cost[closed]
    sites = np.array([*group, *closed[np.argsort(-worth)[:NEWCOMERS]]], dtype=np.int64)
    program, at, who = _program(problem, plan, sites, customers, opened=len(group))
    now = problem.fixed_cost[group].sum() + problem.serving_cost[plan.site_of[customers], customers].sum()
    step = 1.0 - 1e-6 if problem.whole_costs else 1e-7 * abs(plan.cost)
    answer = solve_program(program, seed=seed, time_limit_s=GROUP_S, cutoff=float(now - step))
    if answer.values is None or answer.cost > now - 0.5 * step:
        return None
    used = answer.values[len(sites) :] > 0.5
    site_of = plan.site_of.copy()
    site_of[customers[who[used]]] = sites[at[used]]
    opened = np.union1d(np.setdiff1d(plan.sites, group), sites[answer.values[: len(sites)] > 0.5])
    cost = problem.fixed_cost[opened].sum() + problem.serving_cost[site_of, np.arange(problem.customers)].sum()
    return Assigned(float(cost), opened, site_of)


def _program(
    problem: FacilityProblem, plan: Assigned, sites: np.ndarray, customers: np.ndarray, *, opened: int
) -> tuple[Program, np.ndarray, np.ndarray]:
    """Open y and assign x: one site per customer, x only where y, loads within capacity, counts within limits.

    Columns are the sites, then the assignments; returned with each assignment's site and customer by position.
    """
    cost = problem.serving_cost[np.ix_(sites, customers)]
    possible = _near(cost, plan.site_of[customers] == sites[:, None])
    at, who = np.nonzero(possible)
    many, wanted, count = len(sites), len(customers), len(at)
    column, ones = many + np.arange(count), np.ones(count)
    y = np.arange(many)
    member, low, high = _counts(problem, plan, sites, opened)
    row_at = np.concatenate(
        [who, wanted + at, wanted + y, wanted + many + np.arange(count), wanted + many + np.arange(count)]
    )
    column_at = np.concatenate([column, column, y, column, at])
    demand, capacity = problem.demand[customers], problem.capacity[sites]
    value = np.concatenate([ones, demand[who], -capacity, ones, -ones])
    limit_row, limit_site = np.nonzero(member)
    first = wanted + many + count
    rows = csc_array(
        (
            np.append(value, member[limit_row, limit_site]),
            (np.append(row_at, first + limit_row), np.append(column_at, limit_site)),
        ),
        shape=(first + len(member), many + count),
    )
    fixed_open = np.isin(sites, problem.must_open)
    return (
        Program(
            cost=np.concatenate([problem.fixed_cost[sites], cost[at, who]]),
            low=np.concatenate([fixed_open.astype(float), np.zeros(count)]),
            high=np.ones(many + count),
            whole=np.ones(many + count, dtype=bool),
            rows=rows,
            row_low=np.concatenate([np.ones(wanted), np.full(many + count, -np.inf), low]),
            row_high=np.concatenate([np.ones(wanted), np.zeros(many + count), high]),
        ),
        at,
        who,
    )


def _near(cost: FloatArray, own: Flags) -> Flags:
    """Each customer's own site and the cheapest few of the others."""
    nearest = np.argsort(cost, axis=0, kind="stable")[:NEAREST]
    possible = own.copy()
    np.put_along_axis(possible, nearest, True, axis=0)
    return possible


def _counts(
    problem: FacilityProblem, plan: Assigned, sites: np.ndarray, opened: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Limits on counts over these sites (limits, sites), with what is open elsewhere taken off."""
    elsewhere = np.setdiff1d(plan.sites, sites[:opened])
    member = np.array([np.isin(sites, limit.sites) for limit in problem.limits], dtype=float).reshape(-1, len(sites))
    taken = np.array([np.isin(elsewhere, limit.sites).sum() for limit in problem.limits], dtype=float)
    low, high = (
        np.array([float(edge) for edge in edges])
        for edges in ([x.low for x in problem.limits], [x.most for x in problem.limits])
    )
    return member, low - taken, high - taken
