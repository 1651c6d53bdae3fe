"""Returns placed one after another while room lasts: fixed rules, greedy plans, and repairs of what found no room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from routing.decide.problem import Choice, Problem

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
ROUNDING = 1e-9
TRIED_PAIRS = 12
TRIED_MOVES = 40


@dataclass(frozen=True)
class Scores:
    """What a method prefers, lowest first: a pair of one link scores x + z; inf: never."""

    x: FloatArray
    z: FloatArray
    keep: FloatArray


class Pick(NamedTuple):
    """An option of one return: collection and recovery option, -1 and -1 for KEEP."""

    score: float
    x: int
    z: int


NOTHING_FITS = Pick(np.inf, -1, -1)


def place_all(problem: Problem, scores: Scores, order: Iterable[int]) -> Night:
    """Let each return in turn take the option of lowest score that still fits; some may find none."""
    night = Night(problem, scores)
    for i in order:
        pick = night.best_that_fits(i)
        if np.isfinite(pick.score):
            night.put(i, pick)
    return night


def repair(night: Night) -> bool:
    """Place the returns that found no room by moving one other return out of the way of each.

    Returns True when all are placed; gives up at the first for which that does not work.
    """
    return all(_make_room(night, int(i)) for i in np.flatnonzero(night.unplaced))


def _make_room(night: Night, i: int) -> bool:
    for pick in night.best_pairs(i, TRIED_PAIRS):
        for other in night.in_the_way(pick)[:TRIED_MOVES]:
            if _swap(night, i, pick, int(other)):
                return True
    return False


def _swap(night: Night, i: int, pick: Pick, other: int) -> bool:
    before = night.take_back(other)
    if night.fits(pick):
        night.put(i, pick)
        instead = night.best_that_fits(other)
        if np.isfinite(instead.score):
            night.put(other, instead)
            return True
        night.take_back(i)
    night.put(other, before)
    return False


class Night:
    """Who is placed where, and what is left of every limit; starts with nobody placed."""

    def __init__(self, problem: Problem, scores: Scores) -> None:
        limits, n = problem.limits, len(problem.options)
        hard = ~np.isfinite(limits.excess_eur)
        self._options, self._scores = problem.options, scores
        self._x, self._z, self._keep = (_Uses.of(m[hard]) for m in (limits.x, limits.z, limits.keep))
        self._left = np.append(limits.capacity[hard], np.inf)
        self._both = np.intersect1d(limits.x[hard].indices, limits.z[hard].indices)
        self._x_of, self._z_of = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
        self.unplaced: BoolArray = np.ones(n, dtype=bool)

    @property
    def choice(self) -> Choice:
        """The choice so far."""
        return Choice(self._x_of.copy(), self._z_of.copy(), self.unplaced.copy())

    def best_that_fits(self, i: int) -> Pick:
        """Return the option of return i with the lowest score that fits, NOTHING_FITS where none does."""
        keep = float(self._scores.keep[i])
        best = Pick(keep, -1, -1) if np.isfinite(keep) and self._keep.fit(self._left, i, i + 1)[0] else NOTHING_FITS
        for x, z in self._links(i):
            x_score = np.where(self._x.fit(self._left, x.start, x.stop), self._scores.x[x], np.inf)
            z_score = np.where(self._z.fit(self._left, z.start, z.stop), self._scores.z[z], np.inf)
            found = self._best_pair(x, z, x_score, z_score)
            best = found if found.score < best.score else best
        return best

    def best_pairs(self, i: int, count: int) -> list[Pick]:
        """Return the pairs of return i with the lowest scores, whether they fit or not."""
        picks = [
            Pick(float(self._scores.x[a] + self._scores.z[b]), a, b)
            for x, z in self._links(i)
            for a in _lowest(self._scores.x, x, count)
            for b in _lowest(self._scores.z, z, count)
        ]
        return sorted(picks)[:count]

    def in_the_way(self, pick: Pick) -> IntArray:
        """Return the placed returns that use a limit of which `pick` finds too little left."""
        rows, use = self._uses(0, pick)
        full = rows[use > self._left[rows] + ROUNDING]
        by_x = np.isin(self._x.rows[self._x_of], full).any(axis=1) & (self._x_of >= 0)
        by_z = np.isin(self._z.rows[self._z_of], full).any(axis=1) & (self._z_of >= 0)
        return np.flatnonzero(by_x | by_z)

    def fits(self, pick: Pick) -> bool:
        """Return whether a pair fits in what is left."""
        rows, use = self._uses(0, pick)
        taken = np.bincount(rows, use, len(self._left))
        return bool((taken <= self._left + ROUNDING).all())

    def put(self, i: int, pick: Pick) -> None:
        """Place return i."""
        np.subtract.at(self._left, *self._uses(i, pick))
        self._x_of[i], self._z_of[i], self.unplaced[i] = pick.x, pick.z, False

    def take_back(self, i: int) -> Pick:
        """Unplace return i and return what it had."""
        pick = Pick(0.0, int(self._x_of[i]), int(self._z_of[i]))
        np.add.at(self._left, *self._uses(i, pick))
        self._x_of[i], self._z_of[i], self.unplaced[i] = -1, -1, True
        return pick

    def _links(self, i: int) -> Iterator[tuple[slice, slice]]:
        options = self._options
        for j in range(options.link_start[i], options.link_start[i + 1]):
            yield (
                slice(options.x_start[j], options.x_start[j + 1]),
                slice(options.z_start[j], options.z_start[j + 1]),
            )

    def _uses(self, i: int, pick: Pick) -> tuple[IntArray, FloatArray]:
        if pick.x < 0:
            return self._keep.rows[i], self._keep.amount[i]
        rows = np.concatenate([self._x.rows[pick.x], self._z.rows[pick.z]])
        return rows, np.concatenate([self._x.amount[pick.x], self._z.amount[pick.z]])

    def _best_pair(self, x: slice, z: slice, x_score: FloatArray, z_score: FloatArray) -> Pick:
        if not len(self._both):
            a, b = int(x_score.argmin()), int(z_score.argmin())
            return Pick(float(x_score[a] + z_score[b]), x.start + a, z.start + b)
        pair = x_score[:, None] + z_score
        for row in self._both:
            used = self._x.of_row(x, row)[:, None] + self._z.of_row(z, row)
            pair = np.where(used <= self._left[row] + ROUNDING, pair, np.inf)
        row_idx, col_idx = divmod(int(pair.argmin()), pair.shape[1])
        return Pick(float(pair[row_idx, col_idx]), x.start + row_idx, z.start + col_idx)


@dataclass(frozen=True)
class _Uses:
    """What each option uses, padded to one width; padding uses 0 of the row past the last."""

    rows: IntArray
    amount: FloatArray

    @classmethod
    def of(cls, matrix: sparse.csc_array) -> _Uses:
        count = np.diff(matrix.indptr)
        option = np.repeat(np.arange(matrix.shape[1]), count)
        place = np.arange(len(option)) - matrix.indptr[option]
        rows = np.full((matrix.shape[1], max(1, int(count.max(initial=0)))), matrix.shape[0], dtype=np.int64)
        amount = np.zeros(rows.shape)
        rows[option, place], amount[option, place] = matrix.indices, matrix.data
        return cls(rows, amount)

    def fit(self, left: FloatArray, start: int, stop: int) -> BoolArray:
        return np.asarray(np.all(self.amount[start:stop] <= left[self.rows[start:stop]] + ROUNDING, axis=1))

    def of_row(self, options: slice, row: int) -> FloatArray:
        return np.where(self.rows[options] == row, self.amount[options], 0.0).sum(axis=1)


def _lowest(scores: FloatArray, options: slice, count: int) -> list[int]:
    return [options.start + int(i) for i in np.argsort(scores[options], kind="stable")[:count]]
