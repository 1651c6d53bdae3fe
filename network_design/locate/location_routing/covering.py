"""Which depots to open so that together they hold all demand, where each adds a given amount to the cost."""

from __future__ import annotations

import numpy as np


def cheapest_cover(gain: np.ndarray, room: np.ndarray, total: int) -> tuple[float, np.ndarray]:
    """Return the least sum of `gain` (depots,) over depots whose `room` (depots,) adds up to `total`, and which they
    are, as flags (depots,). Infinite where none suffice."""
    chosen = gain < 0.0
    rest, needed = np.flatnonzero(~chosen), max(0, total - int(room[chosen].sum()))
    least, at = np.full(needed + 1, np.inf), np.arange(needed + 1)
    least[0] = 0.0
    takes = np.zeros((len(rest), needed + 1), dtype=bool)
    for row, depot in enumerate(rest.tolist()):
        other = least[np.maximum(0, at - room[depot])] + gain[depot]
        takes[row] = other < least
        least = np.minimum(least, other)
    value = float(least[needed] + gain[chosen].sum())
    for row in range(len(rest) - 1, -1, -1):
        if np.isfinite(value) and takes[row, needed]:
            chosen[rest[row]] = True
            needed = max(0, needed - int(room[rest[row]]))
    return value, chosen
