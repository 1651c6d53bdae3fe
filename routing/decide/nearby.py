"""Which points each return may be handed over at: the nearest admissible ones, and every home zone that covers it."""

from __future__ import annotations

import numba
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
HOME_ZONES_AT_FIRST = 4


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
        pairs, unseen = _look(tree, horizon, instance, r, stands, look_at)
        pairs, many = _first(pairs, wanted, r)
        short = unseen & (many < wanted)
        found.append(_only(pairs, ~short[np.searchsorted(r, pairs.r)]) if short.any() else pairs)
        r, look_at = r[short], 2 * look_at
    return _joined(found)


def _look(
    tree: cKDTree, horizon: float, instance: Instance, r: IntArray, places: IntArray, look_at: int
) -> tuple[Pairs, NDArray[np.bool_]]:
    """Return the admissible pairs of `r` with the `look_at` nearest of `places` (the tree's) within the horizon,
    sorted by return; and which of `r` may have more to see."""
    returns, k = instance.indexed.returns, min(look_at, tree.n)
    _, seen = tree.query(
        unit_sphere(returns.lat[r], returns.lon[r]), k=np.arange(1, k + 1), distance_upper_bound=horizon
    )
    row, col = np.nonzero(seen < tree.n)
    return _admissible(instance, r[row], places[seen[row, col]]), (seen[:, -1] < tree.n) & (k < tree.n)


def _home_zones(instance: Instance, r: IntArray) -> Pairs:
    ix, look_at = instance.indexed, HOME_ZONES_AT_FIRST
    zones = np.flatnonzero(ix.points.kind == HOME_IDX)
    tree = cKDTree(unit_sphere(ix.points.lat[zones], ix.points.lon[zones])) if len(zones) else None
    found = []
    while tree is not None and len(r):
        pairs, unseen = _look(tree, _widest_chord(instance, zones), instance, r, zones, look_at)
        found.append(_only(pairs, ~unseen[np.searchsorted(r, pairs.r)]) if unseen.any() else pairs)
        r, look_at = r[unseen], 2 * look_at
    return _joined(found)


def _reach_in_air(instance: Instance, c: IntArray) -> FloatArray:
    return instance.indexed.points.reach_m[c] / instance.point_circuity[c]


def _widest_chord(instance: Instance, c: IntArray) -> float:
    return float(_chord(_reach_in_air(instance, c)).max(initial=0.0))


def _chord(air_m: FloatArray) -> FloatArray:
    angle = np.minimum(air_m / EARTH_RADIUS_M, np.pi)
    return 2 * np.sin(angle / 2) * (1 + ROUNDING) + ROUNDING


def _admissible(instance: Instance, r: IntArray, c: IntArray) -> Pairs:
    pairs = Pairs(r, c, customer_distance_m(instance, r, c))
    return _only(pairs, ~removed(POINT_RULES, instance, pairs))


def _first(pairs: Pairs, wanted: int, r: IntArray) -> tuple[Pairs, IntArray]:
    """Return the first `wanted` pairs of each return by road metres, and how many pairs each of `r` has at most."""
    pairs = _sorted(pairs)
    begins = np.searchsorted(pairs.r, r, side="left")
    many = np.diff(np.append(begins, len(pairs.r)))
    rank = np.arange(len(pairs.r)) - np.repeat(begins, many)
    return _only(pairs, rank < wanted), np.minimum(many, wanted)


def _sorted(pairs: Pairs) -> Pairs:
    by_return = np.argsort(pairs.r, kind="stable")
    begins = np.flatnonzero(np.diff(pairs.r[by_return], prepend=-1))
    order = _nearest_first(np.append(begins, len(by_return)), by_return, pairs.road_m, pairs.c)
    return _only(pairs, order)


@numba.njit(cache=True)
def _nearest_first(start: IntArray, order: IntArray, road_m: FloatArray, c: IntArray) -> IntArray:  # pragma: no cover
    """Sort each run `order[start[i]:start[i + 1]]` by (road_m, c); the runs are short and almost sorted."""
    for i in range(len(start) - 1):
        for j in range(start[i] + 1, start[i + 1]):
            mine, at = order[j], j
            while at > start[i]:
                other = order[at - 1]
                if road_m[other] < road_m[mine] or (road_m[other] == road_m[mine] and c[other] < c[mine]):
                    break
                order[at] = other
                at -= 1
            order[at] = mine
    return order


def _only(pairs: Pairs, rows: NDArray[np.generic]) -> Pairs:
    return Pairs(pairs.r[rows], pairs.c[rows], pairs.road_m[rows])


def _joined(found: list[Pairs]) -> Pairs:
    empty = Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    every = [empty, *found]
    return Pairs(*(np.concatenate([getattr(p, f) for p in every]) for f in ("r", "c", "road_m")))
