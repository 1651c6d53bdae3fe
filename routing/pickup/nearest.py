"""Shortest legs between many places without a matrix of all of them: by neighbours in the plane, or block by block."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from routing.pickup.plane import PlaneMatrix
from routing.pickup.problem import Matrix

BLOCK_ENTRIES = 4_000_000  # 32 MB of int64 at a time
FAR = np.iinfo(np.int64).max // 4


def least_ways(matrix: Matrix, places: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The smallest entry into each of the targets (positions in `places`) from any other of the places."""
    if isinstance(matrix, PlaneMatrix):
        return np.minimum(matrix.nearest(places, count=1)[0][targets, 0], FAR)
    least = np.full(len(targets), FAR)
    for block in blocks(len(targets), len(places)):
        ways = matrix[np.ix_(places, places[targets[block]])]
        ways[targets[block], np.arange(len(targets[block]))] = FAR
        least[block] = ways.min(axis=0)
    return least


def blocks(items: int, each: int) -> Iterator[slice]:
    """Slices of so many items that a block of `each` entries per item stays small."""
    size = max(1, BLOCK_ENTRIES // max(1, each))
    for start in range(0, items, size):
        yield slice(start, min(items, start + size))
