"""Orders and copies, compiled: plain loops, since what numba offers for them takes seconds to compile."""

from __future__ import annotations

import numpy as np

from network_design.locate.facility.compiling import FloatArray, IntArray, compiled


@compiled
def copy_into(target: np.ndarray, source: np.ndarray) -> None:
    """Copy one array into another of the same length; a slice would bring a check that takes seconds to compile."""
    for k in range(len(target)):
        target[k] = source[k]


@compiled
def falling(key: FloatArray, many: int) -> IntArray:
    """Return the positions of the first `many` keys, the largest key first, equal ones as they come."""
    order = np.empty(many, np.int64)
    for k in range(many):
        order[k] = k
    gap = 1
    while gap < many // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for k in range(gap, many):
            place, at = order[k], k
            while at >= gap:
                above = order[at - gap]
                if key[above] > key[place] or (key[above] == key[place] and above < place):
                    break
                order[at] = above
                at -= gap
            order[at] = place
        gap //= 3
    return order


@compiled
def by_profit(profit: FloatArray, weight: FloatArray, many: int) -> IntArray:
    """Return the positions of the first `many` items by falling profit per weight."""
    ratio = np.empty(many)
    for k in range(many):
        ratio[k] = profit[k] / max(weight[k], 1e-300)
    return falling(ratio, many)
