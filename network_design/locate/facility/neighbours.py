"""Better choices of sites near a given one: one opened, one closed, or one exchanged for another."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from network_design.locate.facility.compiling import Flags

Cost = Callable[[Flags], float]


def improve_choice(opened: Flags, candidates: np.ndarray, cost: Cost, *, is_over: Callable[[], bool]) -> Flags:
    """Return a choice that no single opening, closing or exchange betters; tries `candidates` in their order."""
    best, best_cost = opened.copy(), cost(opened)
    improved = True
    while improved and not is_over():
        improved = False
        for other in _neighbours(best, candidates):
            if is_over():
                break
            found = cost(other)
            if found < best_cost:
                best, best_cost, improved = other, found, True
                break
    return best


def _neighbours(opened: Flags, candidates: np.ndarray) -> Iterator[Flags]:
    """Yield every choice one step away, closings first."""
    closable = candidates[opened[candidates]][::-1]
    openable = candidates[~opened[candidates]]
    for site in (*closable, *openable):
        yield _flipped(opened, site)
    for newcomer in openable:
        for site in closable:
            yield _flipped(opened, newcomer, site)


def _flipped(opened: Flags, *sites: int) -> Flags:
    other = opened.copy()
    other[list(sites)] = ~other[list(sites)]
    return other
