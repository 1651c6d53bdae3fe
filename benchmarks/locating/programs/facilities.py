"""Facility location (Balinski 1965, 10.1287/mnsc.12.3.253), with capacities or without, in its strong form.

Variables: y (sites) a site is open, x (sites x customers) the share of a customer that it serves; whole where one site
must serve all of it. Rows: customers are served, x <= y, and what a site serves fits it.
"""

from __future__ import annotations

import numpy as np

from benchmarks.locating.programs.program import Block, FloatArray, Program, a_plan, open_where, program
from network_design.locate.answer import LocationAnswer
from network_design.locate.facility_problem import FacilityProblem

ECHELON = "sites to customers"
LEAST_SHARE = 1e-9


def facility_program(problem: FacilityProblem) -> Program:
    """Return the program of a facility location problem."""
    sites, customers = problem.sites, problem.customers
    y, x = np.arange(sites), sites + np.arange(sites * customers).reshape(sites, customers)
    cost = np.concatenate([problem.fixed_cost, problem.serving_cost.ravel()])
    whole = (np.arange(len(cost)) < sites) | problem.single_source
    served = Block(x.T, 1.0, lower=1.0, upper=1.0)
    from_open = Block(np.stack([x, np.broadcast_to(y[:, None], x.shape)], axis=2).reshape(-1, 2), [1.0, -1.0], upper=0)
    blocks = [served, from_open]
    if problem.limited:
        load = np.hstack([np.tile(problem.demand, (sites, 1)), -problem.capacity[:, None]])
        blocks.append(Block(np.hstack([x, y[:, None]]), load, upper=0.0))
    return program(cost, np.ones(len(cost)), whole, blocks, lambda values: _plan(problem, values[y], values[x]))


def _plan(problem: FacilityProblem, y: FloatArray, share: FloatArray) -> LocationAnswer:
    """Return the plan: the cheapest open site without limits, the one with most of it, or shares that add up to one."""
    opened = open_where(y)
    sites = np.array(opened, dtype=np.int64)
    if not problem.limited:
        return a_plan(open_sites=opened, assignment=sites[problem.serving_cost[sites].argmin(axis=0)])
    if problem.single_source:
        return a_plan(open_sites=opened, assignment=share.argmax(axis=0))
    return a_plan(open_sites=opened, flows={ECHELON: _flows(problem, sites, share)})


def _flows(problem: FacilityProblem, sites: np.ndarray, share: FloatArray) -> FloatArray:
    """Return rows (site, customer, amount); solvers leave crumbs, also at closed sites, which are swept up."""
    kept = np.zeros_like(share)
    kept[sites] = np.where(share[sites] > LEAST_SHARE, share[sites], 0.0)
    amount = kept / kept.sum(axis=0) * problem.demand
    site, customer = np.nonzero(kept)
    return np.column_stack([site, customer, amount[site, customer]])
