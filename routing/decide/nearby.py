"""Which points each return may be handed over at: the nearest admissible ones, and every home zone that covers it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from retour.indexed import HOME_IDX
from retour.instance import Instance
from retour.ledger import customer_distance_m
from retour.pickup_estimate import unit_sphere
from retour.travel import EARTH_RADIUS_M
from routing.decide.rules import POINT_RULES, Pairs, removed

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
ROUNDING = 1e-9


def nearby_points(instance: Instance, planned: IntArray) -> Pairs:
    """Return the admissible (return, point) pairs of the planned returns, sorted by return, then by road metres.

    A return that lies at a point has that point only. Any other has the `policy.reach.nearest` nearest of its
    admissible points that are no home zones, and every admissible home zone.
    """
    lies = instance.indexed.returns.point_idx[planned] >= 0
    there = planned[lies]
    found = [
        _admissible(instance, there, instance.indexed.returns.point_idx[there]),
        _nearest(instance, planned[~lies]),
        _home_zones(instance, planned[~lies]),
    ]
    return _sorted(_joined(found))


def _nearest(instance: Instance, r: IntArray) -> Pairs:
    """Return each return's nearest admissible points, looking twice as far until enough are found or none is left."""
    ix, wanted = instance.indexed, instance.policy.reach.nearest
    stands = np.flatnonzero(ix.points.kind != HOME_IDX)
    tree = cKDTree(unit_sphere(ix.points.lat[stands], ix.points.lon[stands]))
    horizon = _widest_chord(instance, stands)
    found, look_at = [], 2 * wanted
    while len(r) and len(stands):
        near, unseen = _look(tree, horizon, instance, r, look_at)
        pairs = _first(_admissible(instance, r[near[0]], stands[near[1]]), wanted)
        short = unseen & (np.bincount(np.searchsorted(r, pairs.r), minlength=len(r)) < wanted)
        found.append(_only(pairs, ~np.isin(pairs.r, r[short])))
        r, look_at = r[short], 2 * look_at
    return _joined(found)


def _look(
    tree: cKDTree, horizon: float, instance: Instance, r: IntArray, look_at: int
) -> tuple[tuple[IntArray, IntArray], NDArray[np.bool_]]:
    """Return (rows of r, rows of the tree) seen within the horizon, and which of r may have more to see."""
    returns, k = instance.indexed.returns, min(look_at, tree.n)
    _, seen = tree.query(
        unit_sphere(returns.lat[r], returns.lon[r]), k=np.arange(1, k + 1), distance_upper_bound=horizon
    )
    row, col = np.nonzero(seen < tree.n)
    return (row, seen[row, col]), (seen[:, -1] < tree.n) & (k < tree.n)


def _home_zones(instance: Instance, r: IntArray) -> Pairs:
    ix = instance.indexed
    zones = np.flatnonzero(ix.points.kind == HOME_IDX)
    if not len(r) or not len(zones):
        return _joined([])
    customers = cKDTree(unit_sphere(ix.returns.lat[r], ix.returns.lon[r]))
    centres = unit_sphere(ix.points.lat[zones], ix.points.lon[zones])
    inside = customers.query_ball_point(centres, _chord(_reach_in_air(instance, zones)))
    c = np.repeat(zones, [len(rows) for rows in inside])
    return _admissible(instance, r[np.concatenate(inside).astype(np.int64)], c)


def _reach_in_air(instance: Instance, c: IntArray) -> FloatArray:
    return instance.indexed.points.reach_m[c] / instance.places("points").circuity[c]


def _widest_chord(instance: Instance, c: IntArray) -> float:
    return float(_chord(_reach_in_air(instance, c)).max(initial=0.0))


def _chord(air_m: FloatArray) -> FloatArray:
    angle = np.minimum(air_m / EARTH_RADIUS_M, np.pi)
    return 2 * np.sin(angle / 2) * (1 + ROUNDING) + ROUNDING


def _admissible(instance: Instance, r: IntArray, c: IntArray) -> Pairs:
    pairs = Pairs(r, c, customer_distance_m(instance, r, c))
    return _only(pairs, ~removed(POINT_RULES, instance, pairs))


def _first(pairs: Pairs, wanted: int) -> Pairs:
    """Return the first `wanted` pairs of each return by road metres."""
    pairs = _sorted(pairs)
    begins = np.searchsorted(pairs.r, pairs.r, side="left")
    return _only(pairs, np.arange(len(pairs.r)) - begins < wanted)


def _sorted(pairs: Pairs) -> Pairs:
    return _only(pairs, np.lexsort((pairs.c, pairs.road_m, pairs.r)))


def _only(pairs: Pairs, rows: NDArray[np.generic]) -> Pairs:
    return Pairs(pairs.r[rows], pairs.c[rows], pairs.road_m[rows])


def _joined(found: list[Pairs]) -> Pairs:
    empty = Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    every = [empty, *found]
    return Pairs(*(np.concatenate([getattr(p, f) for p in every]) for f in ("r", "c", "road_m")))
