"""Small two-stage problems, and what they cost by linear programs over every choice of sites."""

from itertools import product

import numpy as np
from scipy.optimize import linprog

from network_design.locate.two_stage_problem import TwoStageProblem


def draw_problem(seed):
    """Two or three plants, two to four satellites, two to five customers, whole figures, room for all demand."""
    draw = np.random.default_rng(seed)
    plants, satellites, customers = draw.integers(2, 4), draw.integers(2, 5), draw.integers(2, 6)
    demand = draw.integers(1, 9, customers).astype(float)
    need = demand.sum()
    return TwoStageProblem(
        name=f"drawn {seed}",
        plant_cost=draw.integers(0, 60, plants).astype(float),
        plant_capacity=np.ceil(need / plants) + draw.integers(0, int(need), plants),
        satellite_cost=draw.integers(0, 40, satellites).astype(float),
        satellite_capacity=np.ceil(need / satellites) + draw.integers(0, int(need), satellites),
        demand=demand,
        supply_cost=draw.integers(0, 12, (plants, satellites)).astype(float),
        serving_cost=draw.integers(0, 12, (satellites, customers)).astype(float),
    )


def choices(problem):
    """Every choice of at least one plant and one satellite."""
    for opened in product((False, True), repeat=problem.plants + problem.satellites):
        if any(opened[: problem.plants]) and any(opened[problem.plants :]):
            yield np.array(opened)


def cost_of(problem, opened):
    """What a choice costs with its cheapest flow, inf where it holds too little."""
    at, sat = opened[: problem.plants], opened[problem.plants :]
    fixed = problem.plant_cost[at].sum() + problem.satellite_cost[sat].sum()
    return fixed + cheapest_flow(problem, at, sat)


def optimum(problem):
    """The least cost over all choices of plants and satellites."""
    return min(cost_of(problem, opened) for opened in choices(problem))


def cheapest_flow(problem, at, sat):
    """The flow between open sites as a linear program."""
    supply, serving = problem.supply_cost[np.ix_(at, sat)], problem.serving_cost[sat]
    (plants, satellites), customers = supply.shape, problem.customers
    first, second = plants * satellites, satellites * customers
    sent = np.hstack([np.kron(np.eye(plants), np.ones(satellites)), np.zeros((plants, second))])
    passed = np.hstack([np.zeros((satellites, first)), np.kron(np.eye(satellites), np.ones(customers))])
    balance = np.hstack([np.tile(np.eye(satellites), plants), -np.kron(np.eye(satellites), np.ones(customers))])
    served = np.hstack([np.zeros((customers, first)), np.tile(np.eye(customers), satellites)])
    found = linprog(
        np.concatenate([supply.ravel(), serving.ravel()]),
        np.vstack([sent, passed]),
        np.concatenate([problem.plant_capacity[at], problem.satellite_capacity[sat]]),
        np.vstack([balance, served]),
        np.concatenate([np.zeros(satellites), problem.demand]),
    )
    return found.fun if found.success else np.inf
