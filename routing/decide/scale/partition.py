"""Cutting a large night into partitions along gaps between towns, so that few points are wanted by two of them.

The cut depends on points and returns alone, never on who works on it, so that the answer does not either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from retour.indexed import HOME_IDX, Indexed
from retour.pickup_estimate import unit_sphere
from retour.travel import EARTH_RADIUS_M

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
MOST_RETURNS = 131_072
GAPS_M = (30_000.0, 15_000.0, 8_000.0, 5_000.0, 3_000.0, 2_000.0, 1_200.0, 700.0)


@dataclass(frozen=True)
class Cut:
    """Which partition a return belongs to: that of the point nearest to it, `part_of_point` (stands,)."""

    tree: cKDTree
    part_of_point: IntArray

    def __len__(self) -> int:
        """Return the number of partitions."""
        return int(self.part_of_point.max(initial=0)) + 1

    def parts(self, lat: FloatArray, lon: FloatArray) -> IntArray:
        """Return each return's partition, shape (n,); coordinates in degrees."""
        return self.part_of_point[nearest_stand(self.tree, lat, lon)]


def stands(ix: Indexed) -> cKDTree:
    """Return the tree of points that are no home zones (of all points, where there is no other)."""
    at = np.flatnonzero(ix.points.kind != HOME_IDX)
    at = at if len(at) else np.arange(len(ix.points.ids))
    return cKDTree(unit_sphere(ix.points.lat[at], ix.points.lon[at]))


def nearest_stand(tree: cKDTree, lat: FloatArray, lon: FloatArray) -> IntArray:
    """Return the position in the tree of the point nearest to each return, shape (n,)."""
    return tree.query(unit_sphere(lat, lon))[1].astype(np.int64)


def cut(tree: cKDTree, returns_at: FloatArray, *, most: int = MOST_RETURNS) -> Cut:
    """Return partitions of at most about `most` returns, of which `returns_at` (stands,) are nearest to each point."""
    town = np.zeros(tree.n, dtype=np.int64)
    for gap_m in GAPS_M:
        weight = np.bincount(town, returns_at)
        large = (weight > most)[town]
        if not large.any():
            break
        nearer = town.max(initial=0) + 1 + _linked(tree, gap_m)
        town = np.unique(np.where(large, nearer * (town.max(initial=0) + 1) + town, town), return_inverse=True)[1]
    return Cut(tree, _packed(tree, town, returns_at, most))


def _linked(tree: cKDTree, gap_m: float) -> IntArray:
    """Return groups of points that chains of steps shorter than the gap connect."""
    pairs = tree.query_pairs(gap_m / EARTH_RADIUS_M, output_type="ndarray")
    graph = sparse.coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(tree.n, tree.n))
    return sparse.csgraph.connected_components(graph, directed=False)[1].astype(np.int64)


def _packed(tree: cKDTree, town: IntArray, returns_at: FloatArray, most: int) -> IntArray:
    """Return the partition of each point: neighbouring towns together, as long as they are not too many returns."""
    weight = np.bincount(town, returns_at)
    many = np.maximum(1, np.bincount(town))
    middle = np.column_stack([np.bincount(town, axis) / many for axis in tree.data.T])
    part_of_town = np.zeros(len(weight), dtype=np.int64)
    part, load = 0, 0.0
    for t in np.lexsort(middle.T):
        if load and load + weight[t] > most:
            part, load = part + 1, 0.0
        part_of_town[t], load = part, load + weight[t]
    return part_of_town[town]
