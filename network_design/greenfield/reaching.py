"""How few places reach all demand within a distance, and where so few are nearest to it."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from network_design.greenfield.demand import ALL, Demand
from network_design.greenfield.locating import LEAST_S, Located, median
from network_design.locate.answer import LocationAnswer
from network_design.locate.covering import solve as solve_covering
from network_design.locate.distances import DistanceProblem, FloatArray, IntArray
from retour.errors import BackendError
from retour.vocabulary import Status

COVER_SHARE, MEDIAN_SHARE = 0.5, 0.4
"""Shares of the time: to find how few, and where they are nearest; what is left is for moving one at a time."""
HALF = 0.5


def fewest_places(demand: Demand, *, farthest_km: float, seed: int, budget_s: float) -> Located:
    """Return the fewest places found from which no zone is farther than `farthest_km`, and of so many the nearest.

    Fewer than its `fewest` are proven to leave some zone outside.
    """
    deadline = time.perf_counter() + budget_s
    sites, fewest = _fewest(demand, farthest_km, seed=seed, deadline=deadline - (1 - COVER_SHARE) * budget_s)
    left_s = max(LEAST_S, MEDIAN_SHARE * budget_s)
    try:
        near = median(demand, len(sites), seed=seed, budget_s=left_s, within_km=farthest_km)
    except BackendError:
        near = Located(sites, None, Status.FEASIBLE)
    if demand.nearest(near.sites)[1].max() > farthest_km:
        near = Located(_moved(demand, sites, farthest_km, deadline=deadline), near.bound_km, Status.FEASIBLE)
    return replace(near, fewest=fewest)


def _fewest(demand: Demand, farthest_km: float, *, seed: int, deadline: float) -> tuple[IntArray, int]:
    """Return places that reach every zone, as few as found by halving, and how many are needed for certain."""
    low, high, sites, proven = 1, len(demand), np.arange(len(demand)), 1
    while low < high:
        count = (low + high) // 2
        left_s = max(LEAST_S, (deadline - time.perf_counter()) / np.log2(2 + high - low))
        answer = _cover(demand, count, farthest_km, seed=seed, budget_s=left_s)
        if not answer.cost:
            high, sites = count, np.array(answer.open_sites)
            continue
        low = count + 1
        if answer.bound is not None and answer.bound > HALF:
            proven = low
    return sites, proven


def _cover(demand: Demand, count: int, farthest_km: float, *, seed: int, budget_s: float) -> LocationAnswer:
    """Return how many zones so many places leave outside, as cost and bound: whole numbers, one a zone."""
    problem = DistanceProblem(
        "demand", "mclp", demand.distances(), np.ones(len(demand)), count, count, radius=farthest_km
    )  # fmt: skip
    return solve_covering(problem, seed=seed, budget_s=budget_s)


def _moved(demand: Demand, sites: IntArray, farthest_km: float, *, deadline: float) -> IntArray:
    """Return places moved one at a time while that brings them nearer and every zone stays within reach."""
    km, best = demand.distances().between(customers=ALL, sites=ALL), np.inf
    while (now := _tonne_km(demand, km, sites)) < best:
        best = now
        for i in range(len(sites)):
            if time.perf_counter() > deadline:
                return sites
            others = np.delete(sites, i)
            nearest = np.minimum(km[:, others].min(axis=1, initial=np.inf)[:, None], km)
            cost = np.where((nearest <= farthest_km).all(axis=0), demand.tonnes @ nearest, np.inf)
            if cost.min() < now:
                sites, now = np.sort(np.append(others, cost.argmin())), float(cost.min())
    return sites


def _tonne_km(demand: Demand, km: FloatArray, sites: IntArray) -> float:
    return float(demand.tonnes @ km[:, sites].min(axis=1))
