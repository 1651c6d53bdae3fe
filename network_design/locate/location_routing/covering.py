"""Which depots to open so that together they hold all demand, where each adds a given amount to the cost."""

from __future__ import annotations

import numpy as np


def cheapest_cover(
    gain: np.ndarray, room: np.ndarray, total: int, *, forced: int | None = None
) -> tuple[float, np.ndarray]:
    """Return the least sum of `gain` (depots,) over depots whose `room` (depots,) adds up to `total`, and which they
    are, as flags (depots,); depots of infinite gain are closed, and `forced` is open. Infinite where none suffice."""
    chosen = (gain < 0.0) | (np.arange(len(gain)) == forced)
    needed = max(0, total - int(room[chosen].sum()))
    rest = np.flatnonzero(~chosen & np.isfinite(gain))
    least = np.full(needed + 1, np.inf)
    least[0] = 0.0
    takes = np.zeros((len(rest), needed + 1), dtype=bool)
    at = np.arange(needed + 1)
    for row, depot in enumerate(rest.tolist()):
        other = least[np.maximum(0, at - room[depot])] + gain[depot]
        takes[row] = other < least
        least = np.minimum(least, other)
    value, open_more = float(least[needed]), needed
    for row in range(len(rest) - 1, -1, -1):
        if np.isfinite(value) and takes[row, open_more]:
            chosen[rest[row]] = True
            open_more = max(0, open_more - int(room[rest[row]]))
    return value + float(gain[chosen & ~np.isin(np.arange(len(gain)), rest)].sum()), chosen
