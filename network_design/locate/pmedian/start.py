"""A first plan, and lists of who is near whom that are long enough for better ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from network_design.locate.distances import DistanceProblem, FloatArray, IntArray

ALL = slice(None)


def seeded_sites(problem: DistanceProblem, allowed: NDArray[np.bool_], random: np.random.Generator) -> IntArray:
    """Return sites drawn one after the other where the weight x distance to those already open is; first who must.

    D. Arthur, S. Vassilvitskii, k-means++ (SODA 2007), with distances instead of their squares.
    """
    opened = sorted(problem.must_open)
    free = allowed.copy()
    free[opened] = False
    nearest = _nearest(problem, np.array(opened, dtype=np.int64))
    while len(opened) < problem.open_count:
        site = _next_site(problem, nearest, free, random)
        opened.append(site)
        free[site] = False
        nearest = np.minimum(nearest, _nearest(problem, np.array([site])))
    return np.array(opened, dtype=np.int64)


def _next_site(
    problem: DistanceProblem, nearest: FloatArray, free: NDArray[np.bool_], random: np.random.Generator
) -> int:
    """The free site nearest to a customer drawn by weight x distance."""
    far = np.where(np.isinf(nearest), 1.0 if np.isinf(nearest).all() else 0.0, nearest)
    if np.isinf(nearest).any():  # those whom nobody reaches first
        far = np.isinf(nearest).astype(float)
    sums = np.cumsum(problem.weight * far)
    customer = int(random.integers(problem.customers))
    if sums[-1] > 0:
        customer = min(int(np.searchsorted(sums, random.random() * sums[-1], side="right")), problem.customers - 1)
    distance = problem.distances.between(customers=np.array([customer]), sites=ALL)[0]
    return int(np.where(free, distance, np.inf).argmin()) if np.isfinite(distance[free]).any() else int(free.argmax())


def _nearest(problem: DistanceProblem, sites: IntArray) -> FloatArray:
    return problem.distances.between(customers=ALL, sites=sites).min(axis=1, initial=np.inf)


def nearest_two(problem: DistanceProblem, sites: IntArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return per customer the distance of the nearest and the second nearest of the sites, and the nearest site.

    The second is infinite where there is one site only.
    """
    first, second = np.full(problem.customers, np.inf), np.full(problem.customers, np.inf)
    chosen = np.zeros(problem.customers, dtype=np.int64)
    step = max(1, 2_000_000 // max(1, len(sites)))
    for begin in range(0, problem.customers, step):
        block = slice(begin, begin + step)
        distance = problem.distances.between(customers=block, sites=sites)
        rows, best = np.arange(len(distance)), distance.argmin(axis=1)
        chosen[block], first[block] = sites[best], distance[rows, best]
        distance[rows, best] = np.inf
        second[block] = distance.min(axis=1)
    return first, second, chosen


def plan_cost(problem: DistanceProblem, sites: IntArray) -> float:
    """Return what a plan costs, every customer served from the nearest of the open sites."""
    return float(problem.weight @ nearest_two(problem, sites)[0])


def stay_open(problem: DistanceProblem) -> NDArray[np.bool_]:
    """Return which sites must be open (shape: sites)."""
    stay = np.zeros(problem.sites, dtype=np.bool_)
    stay[sorted(problem.must_open)] = True
    return stay


def allowed_sites(problem: DistanceProblem) -> NDArray[np.bool_]:
    """Return which sites may be open (shape: sites)."""
    allowed = np.ones(problem.sites, dtype=np.bool_)
    allowed[sorted(problem.must_close)] = False
    return allowed


def first_prices(problem: DistanceProblem, sites: IntArray) -> FloatArray:
    """Return a price per customer to begin with: half way from its nearest to its second nearest open site."""
    first, second, _ = nearest_two(problem, sites)
    served = np.isfinite(first)
    first = np.where(served, first, first[served].max(initial=1.0))
    return problem.weight * (first + np.where(np.isfinite(second), second, 2.0 * first)) / 2.0
