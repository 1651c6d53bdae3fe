"""Two-stage facility location, as Fernandes and others (2014, Comput. Ind. Eng. 75) write it, but stronger.

Variables: y (plants) and w (satellites) open, f (plants x satellites) and g (satellites x customers) amounts. Rows:
demand is met, what a satellite gives it has got, capacities hold, and a customer's amount needs an open satellite.
"""

from __future__ import annotations

import numpy as np

from benchmarks.locating.programs.program import Block, FloatArray, IntArray, Program, a_plan, open_where, program
from network_design.locate.answer import LocationAnswer
from network_design.locate.two_stage_problem import TwoStageProblem

SUPPLY, SERVING = "plants to satellites", "satellites to customers"
LEAST_AMOUNT = 1e-9


def two_stage_program(problem: TwoStageProblem) -> Program:
    """Return the program of a two-stage problem."""
    plants, satellites = problem.plants, problem.satellites
    y, w = np.arange(plants), plants + np.arange(satellites)
    f = plants + satellites + np.arange(problem.supply_cost.size).reshape(problem.supply_cost.shape)
    g = plants + satellites + f.size + np.arange(problem.serving_cost.size).reshape(problem.serving_cost.shape)
    parts = (problem.plant_cost, problem.satellite_cost, problem.supply_cost.ravel(), problem.serving_cost.ravel())
    cost = np.concatenate(parts)
    whole = np.arange(len(cost)) < plants + satellites
    upper = np.where(whole, 1.0, np.inf)
    blocks = [
        Block(g.T, 1.0, lower=problem.demand, upper=problem.demand),
        Block(np.hstack([f.T, g]), [*[1.0] * plants, *[-1.0] * problem.customers], lower=0.0, upper=0.0),
        _capacity(f, y, problem.plant_capacity),
        _capacity(g, w, problem.satellite_capacity),
        _from_open(g, w, problem.demand),
    ]
    return program(
        cost, upper, whole, blocks, lambda values: _plan(problem, values[y], values[w], values[f], values[g])
    )


def _capacity(amount: IntArray, opened: IntArray, capacity: FloatArray) -> Block:
    value = np.hstack([np.ones(amount.shape), -capacity[:, None]])
    return Block(np.hstack([amount, opened[:, None]]), value, upper=0.0)


def _from_open(g: IntArray, w: IntArray, demand: FloatArray) -> Block:
    column = np.stack([g, np.broadcast_to(w[:, None], g.shape)], axis=2).reshape(-1, 2)
    value = np.stack([np.ones(g.shape), np.broadcast_to(-demand, g.shape)], axis=2).reshape(-1, 2)
    return Block(column, value, upper=0.0)


def _plan(problem: TwoStageProblem, y: FloatArray, w: FloatArray, f: FloatArray, g: FloatArray) -> LocationAnswer:
    """Return the plan; amounts are scaled by what solvers leave uncertain, so that they add up."""
    plants, satellites = np.array(open_where(y), dtype=int), np.array(open_where(w), dtype=int)
    serving = _add_up(_kept(g, satellites), problem.demand)
    supply = _add_up(_kept(f, plants), serving.sum(axis=1))
    opened = (*plants.tolist(), *(problem.plants + satellites).tolist())
    flows = {SUPPLY: _rows(supply, 0, problem.plants), SERVING: _rows(serving, problem.plants, 0)}
    return a_plan(open_sites=opened, flows=flows)


def _kept(amount: FloatArray, opened: IntArray) -> FloatArray:
    kept = np.zeros_like(amount)
    kept[opened] = np.where(amount[opened] > LEAST_AMOUNT, amount[opened], 0.0)
    return kept


def _add_up(amount: FloatArray, wanted: FloatArray) -> FloatArray:
    found = amount.sum(axis=0)
    return amount * np.divide(wanted, found, out=np.zeros_like(found), where=found > 0)


def _rows(amount: FloatArray, first: int, second: int) -> FloatArray:
    start, end = np.nonzero(amount)
    return np.column_stack([start + first, end + second, amount[start, end]])
