"""p-median, p-centre and maximal covering, as ReVelle and Swain (1970, 10.1111/j.1538-4632.1970.tb00142.x) write them.

Variables: y (sites) a site is open, x (customers x sites) it serves a customer; z the farthest way (p-centre), u
(customers) not covered (covering, which needs no x).
"""

from __future__ import annotations

import numpy as np

from benchmarks.locating.programs.program import Block, FloatArray, IntArray, Program, a_plan, open_where, program
from network_design.locate.answer import LocationAnswer
from network_design.locate.distances import DistanceProblem

ALL = slice(None)


def counted_program(problem: DistanceProblem) -> Program:
    """Return the program of a problem that limits the number of sites."""
    distance = problem.distances.between(customers=ALL, sites=ALL)
    build = {"pmedian": _median, "pcentre": _centre, "mclp": _covering}[problem.kind]
    return build(problem, distance)


def _median(problem: DistanceProblem, distance: FloatArray) -> Program:
    y, x = _columns(problem)
    cost = np.concatenate([np.zeros(y.size), (problem.weight[:, None] * distance).ravel()])
    upper, whole = np.ones(len(cost)), np.arange(len(cost)) < y.size
    return program(cost, upper, whole, _serving(problem, y, x), lambda values: _plan(problem, values[y]))


def _centre(problem: DistanceProblem, distance: FloatArray) -> Program:
    y, x = _columns(problem)
    z = np.full((problem.customers, 1), y.size + x.size)
    cost = np.append(np.zeros(y.size + x.size), 1.0)
    upper, whole = np.append(np.ones(y.size + x.size), np.inf), np.arange(len(cost)) < y.size
    ways = np.hstack([distance, np.full((problem.customers, 1), -1.0)])
    within_z = Block(np.hstack([x, z]), ways, upper=0.0)
    return program(cost, upper, whole, [*_serving(problem, y, x), within_z], lambda values: _plan(problem, values[y]))


def _covering(problem: DistanceProblem, distance: FloatArray) -> Program:
    y, u = np.arange(problem.sites), problem.sites + np.arange(problem.customers)
    cost = np.concatenate([np.zeros(y.size), problem.weight])
    upper, whole = np.ones(len(cost)), np.arange(len(cost)) < y.size
    column = np.hstack([np.tile(y, (problem.customers, 1)), u[:, None]])
    near = np.hstack([distance <= problem.radius, np.ones((problem.customers, 1))])
    covered_or_not = Block(column, near, lower=1.0)
    return program(cost, upper, whole, [covered_or_not, _count(problem, y)], lambda values: _plan(problem, values[y]))


def _columns(problem: DistanceProblem) -> tuple[IntArray, IntArray]:
    y = np.arange(problem.sites)
    x = problem.sites + np.arange(problem.customers * problem.sites).reshape(problem.customers, problem.sites)
    return y, x


def _serving(problem: DistanceProblem, y: IntArray, x: IntArray) -> list[Block]:
    """Each customer is served once, from open sites only."""
    served = Block(x, 1.0, lower=1.0, upper=1.0)
    from_open = Block(np.stack([x, np.broadcast_to(y, x.shape)], axis=2).reshape(-1, 2), [1.0, -1.0], upper=0.0)
    return [served, from_open, _count(problem, y)]


def _count(problem: DistanceProblem, y: IntArray) -> Block:
    return Block(y[None, :], 1.0, lower=problem.least_sites, upper=problem.most_sites)


def _plan(problem: DistanceProblem, y: FloatArray) -> LocationAnswer:
    """Every customer goes to the nearest open site, whatever x says."""
    return nearest_plan(problem, open_where(y))


def nearest_plan(problem: DistanceProblem, opened: tuple[int, ...]) -> LocationAnswer:
    """Return the plan in which every customer goes to the nearest of these sites."""
    sites = np.array(opened, dtype=np.int64)
    nearest = problem.distances.between(customers=ALL, sites=sites).argmin(axis=1)
    return a_plan(open_sites=opened, assignment=sites[nearest])
