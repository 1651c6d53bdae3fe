"""Every choice of sites tried: what small problems of distances really cost."""

from itertools import combinations

import numpy as np

from network_design.locate.distances import DistanceProblem, Matrix, Points


def points(*, n: int, p: int, seed: int, kind: str = "pmedian", **changes) -> DistanceProblem:
    """Points with small whole coordinates, some of them in the same place."""
    xy = np.random.default_rng(seed).integers(0, 30, size=(n, 2)).astype(float)
    return DistanceProblem("points", kind, Points(xy), np.ones(n), p, p, **changes)


def matrix(*, customers: int, sites: int, p: int, seed: int, kind: str = "pmedian", **changes) -> DistanceProblem:
    """Distances and weights that are no whole numbers, with fewer sites than customers or more."""
    random = np.random.default_rng(seed)
    values, weight = random.uniform(1.0, 9.0, size=(customers, sites)), random.uniform(0.5, 2.0, size=customers)
    return DistanceProblem("matrix", kind, Matrix(values), weight, p, p, **changes)


def cheapest(problem: DistanceProblem) -> float:
    """The cost of the best choice of sites, all of them tried."""
    distance = problem.distances.between(customers=slice(None), sites=slice(None))
    free = [site for site in range(problem.sites) if site not in problem.must_close | problem.must_open]
    must = sorted(problem.must_open)
    choices = combinations(free, min(problem.most_sites, len(must) + len(free)) - len(must))
    return min(cost_of(problem, distance[:, [*must, *choice]].min(axis=1)) for choice in choices)


def cost_of(problem: DistanceProblem, nearest: np.ndarray) -> float:
    """What customers so far away cost."""
    if problem.kind == "pcentre":
        return float(nearest.max())
    if problem.kind == "mclp":
        return float(problem.weight[nearest > problem.radius].sum())
    return float(problem.weight @ nearest)
