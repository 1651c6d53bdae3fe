"""The second best option of every return, all other decisions as they are and shared limits at their prices."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.decide.problem import Choice, Problem
from routing.decide.response import at_prices, segment_best

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


class _Candidate(NamedTuple):
    """An option per return: its cost at the prices (inf: none), collection and recovery option (-1: KEEP)."""

    eur: FloatArray
    x: IntArray
    z: IntArray


def runner_up(problem: Problem, choice: Choice, prices: FloatArray) -> tuple[Choice, FloatArray]:
    """Return the cheapest option that each return did not take, and what it costs more (inf: it has no other)."""
    x, z, keep = at_prices(problem, prices)
    moved = np.append(x, 0.0)[choice.x] + np.append(z, 0.0)[choice.z]
    mine = np.where(choice.moves, moved, keep)
    candidates = (
        _another_point(problem, choice, x, z),
        _another_recovery(problem, choice, x, z),
        _kept_instead(choice, keep),
    )
    which = np.argmin([c.eur for c in candidates], axis=0)
    eur = np.choose(which, [c.eur for c in candidates])
    best_x, best_z = np.choose(which, [c.x for c in candidates]), np.choose(which, [c.z for c in candidates])
    return Choice(best_x, best_z, np.isinf(eur)), eur - mine


def _another_point(problem: Problem, choice: Choice, x: FloatArray, z: FloatArray) -> _Candidate:
    options = problem.options
    other = x.copy()
    other[choice.x[choice.moves]] = np.inf
    z_best, z_at = segment_best(z, options.z_start)
    eur, x_at = segment_best(other + z_best[options.x_link], options.x_start[options.link_start])
    return _Candidate(eur, x_at, np.where(x_at < 0, -1, _taken(z_at, _taken(options.x_link, x_at))))


def _another_recovery(problem: Problem, choice: Choice, x: FloatArray, z: FloatArray) -> _Candidate:
    other = z.copy()
    other[choice.z[choice.moves]] = np.inf
    z_best, z_at = segment_best(other, problem.options.z_start)
    link = np.where(choice.moves, _taken(problem.options.x_link, choice.x), -1)
    eur = np.where(choice.moves, np.append(x, 0.0)[choice.x] + np.append(z_best, np.inf)[link], np.inf)
    return _Candidate(eur, choice.x, np.where(np.isinf(eur), -1, np.append(z_at, -1)[link]))


def _kept_instead(choice: Choice, keep: FloatArray) -> _Candidate:
    none = np.full(len(keep), -1, dtype=np.int64)
    return _Candidate(np.where(choice.keeps, np.inf, keep), none, none)


def _taken(values: IntArray, position: IntArray) -> IntArray:
    """Return values at positions, -1 at position -1."""
    return np.append(values, -1)[position]
