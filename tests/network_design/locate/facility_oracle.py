"""Small facility problems, drawn at random, and their optimum by trying every choice of sites."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.optimize import linprog

from network_design.locate.facility_problem import FacilityProblem, Service


def draw_problem(seed: int, service: Service, **more: object) -> FacilityProblem:
    """Two to five sites and two to six customers with whole figures; capacities are unequal and often scarce."""
    draw = np.random.default_rng(seed)
    sites, customers = int(draw.integers(2, 6)), int(draw.integers(2, 7))
    demand = draw.integers(1, 9, customers).astype(float)
    most = max(demand.max(), demand.sum() / sites * 2.5)
    return FacilityProblem(
        name=f"drawn {seed}",
        service=service,
        fixed_cost=draw.integers(0, 40, sites).astype(float),
        capacity=draw.integers(2, int(most) + 2, sites).astype(float),
        demand=demand,
        serving_cost=draw.integers(0, 50, (sites, customers)).astype(float),
        **more,
    )


def choices(problem: FacilityProblem) -> list[np.ndarray]:
    """Every choice of sites that the lists and the limits on counts allow."""
    every = (np.array(choice, dtype=bool) for choice in product((False, True), repeat=problem.sites))
    return [opened for opened in every if opened.any() and _allowed(problem, opened)]


def optimum(problem: FacilityProblem) -> float:
    """The least cost; inf if nothing fits."""
    price = {Service.UNLIMITED: _nearest, Service.SPLIT: _split, Service.SINGLE_SOURCE: _whole}[problem.service]
    costs = [problem.fixed_cost[opened].sum() + price(problem, opened) for opened in choices(problem)]
    return float(min(costs, default=np.inf))


def _allowed(problem: FacilityProblem, opened: np.ndarray) -> bool:
    counts = [opened[list(limit.sites)].sum() for limit in problem.limits]
    within = all(limit.low <= found <= limit.most for limit, found in zip(problem.limits, counts, strict=True))
    return bool(within and opened[list(problem.must_open)].all() and not opened[list(problem.must_close)].any())


def _nearest(problem: FacilityProblem, opened: np.ndarray) -> float:
    return problem.serving_cost[opened].min(axis=0).sum()


def _split(problem: FacilityProblem, opened: np.ndarray) -> float:
    cost, places, customers = problem.serving_cost[opened], int(opened.sum()), problem.customers
    room = np.kron(np.eye(places), problem.demand)
    all_served = np.tile(np.eye(customers), places)
    found = linprog(cost.ravel(), room, problem.capacity[opened], all_served, np.ones(customers))
    return found.fun if found.success else np.inf


def _whole(problem: FacilityProblem, opened: np.ndarray) -> float:
    cost, capacity = problem.serving_cost[opened], problem.capacity[opened]
    best = np.inf
    for site_of in product(range(len(cost)), repeat=problem.customers):
        load = np.bincount(site_of, weights=problem.demand, minlength=len(cost))
        if (load <= capacity).all():
            best = min(best, cost[list(site_of), np.arange(problem.customers)].sum())
    return best
