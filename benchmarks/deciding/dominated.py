"""Recovery options that no optimal plan needs: another of the same link costs no more and uses no more of any limit."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from routing.decide.problem import Problem
from routing.decide.reduce import InPlay

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def undominated(problem: Problem, play: InPlay) -> BoolArray:
    """Return which of the recovery options in play are worth keeping, shape (len(play.z),)."""
    use = problem.limits.z[:, play.z][play.rows].tocsc()
    use.sort_indices()
    link = problem.options.z_link[play.z]
    start = np.searchsorted(link, np.arange(len(problem.options.link_return) + 1))
    dropped: BoolArray = _dominated(start, problem.priced.z.cost_eur[play.z], use.indptr, use.indices, use.data)
    return ~dropped


@numba.njit(cache=True)
def _dominated(start: IntArray, cost: FloatArray, first: IntArray, row: IntArray, amount: FloatArray) -> BoolArray:
    dropped = np.zeros(len(cost), np.bool_)
    for link in range(len(start) - 1):
        for option in range(start[link], start[link + 1]):
            for other in range(start[link], start[link + 1]):
                rival = other != option and not dropped[other] and cost[other] <= cost[option]
                if rival and _uses_no_more(other, option, first, row, amount):
                    dropped[option] = True
                    break
    return dropped


@numba.njit(cache=True)
def _uses_no_more(one: int, other: int, first: IntArray, row: IntArray, amount: FloatArray) -> bool:
    """Walk both sorted columns at once; a row that a column lacks counts as 0."""
    i, j = first[one], first[other]
    while i < first[one + 1] or j < first[other + 1]:
        has_i, has_j = i < first[one + 1], j < first[other + 1]
        takes_i = has_i and (not has_j or row[i] <= row[j])
        takes_j = has_j and (not has_i or row[j] <= row[i])
        if (amount[i] if takes_i else 0.0) > (amount[j] if takes_j else 0.0):
            return False
        i, j = i + takes_i, j + takes_j
    return True
