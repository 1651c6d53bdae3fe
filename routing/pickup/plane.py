"""Distances in the plane that are computed where they are read, so that memory stays linear in places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from scipy.spatial import cKDTree


class Rounding(StrEnum):
    """How a scaled Euclidean distance becomes a whole number."""

    NEAREST = "nearest"
    DOWN = "down"

    @property
    def slack(self) -> float:
        """By how much a distance may fall short of its length at most."""
        return 0.5 if self is Rounding.NEAREST else 1.0


@dataclass(frozen=True, eq=False)
class PlaneMatrix:
    """A square matrix of `scale` x Euclidean distances, rounded; read like an array, by one or by two indices.

    `x` and `y` hold one coordinate per place.
    """

    x: np.ndarray
    y: np.ndarray
    scale: float = 1.0
    rounding: Rounding = Rounding.NEAREST

    dtype = np.dtype(np.int64)

    @property
    def shape(self) -> tuple[int, int]:
        """(places, places)."""
        return len(self.x), len(self.x)

    def __getitem__(self, index: Any) -> np.ndarray:
        """Entries as numpy would give them: `matrix[rows, columns]`, `matrix[np.ix_(rows, columns)]`, `matrix[row]`."""
        rows, columns = index if isinstance(index, tuple) else (np.asarray(index)[..., None], np.arange(len(self.x)))
        return self._whole(np.hypot(self.x[rows] - self.x[columns], self.y[rows] - self.y[columns]))

    def defects(self) -> Iterator[str]:
        """What keeps the entries from being whole numbers that are not negative, a clause each."""
        if not (np.isfinite(self.x).all() and np.isfinite(self.y).all()):
            yield "has coordinates that are not finite; all must be."
        if not 0 < self.scale < np.inf:
            yield f"has scale {self.scale}; it must be above 0."

    def nearest(self, places: np.ndarray, *, count: int) -> tuple[np.ndarray, np.ndarray]:
        """For each of `places`, the `count` nearest others of them: their entries and positions, (places, count).

        Where there are fewer, entries are the largest int64 and positions are -1. Rounding keeps the order, so no
        other of `places` has a smaller entry.
        """
        points = np.column_stack([self.x[places], self.y[places]])
        length, position = cKDTree(points).query(points, k=range(1, count + 2))
        position = _without_self(position)
        length = np.hypot(*(points[:, None] - points[np.minimum(position, len(points) - 1)]).transpose(2, 0, 1))
        missing = position == len(points)
        return np.where(missing, np.iinfo(np.int64).max, self._whole(length)), np.where(missing, -1, position)

    def length(self, start: Any, end: Any) -> np.ndarray:
        """Scaled distances before rounding; they keep the triangle inequality."""
        return np.asarray(self.scale * np.hypot(self.x[start] - self.x[end], self.y[start] - self.y[end]))

    def _whole(self, length: np.ndarray) -> np.ndarray:
        scaled = self.scale * length
        return np.asarray(np.rint(scaled) if self.rounding is Rounding.NEAREST else np.floor(scaled)).astype(np.int64)


def _without_self(position: np.ndarray) -> np.ndarray:
    """Neighbour lists without the place itself, one shorter; ties may put it anywhere in its list, or beyond."""
    own = position == np.arange(len(position))[:, None]
    own[~own.any(axis=1), -1] = True
    return position[~own].reshape(len(position), -1)
