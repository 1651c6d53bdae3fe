"""Neighbourhoods looked at again one by one.

Fix and optimise: Helber and Sahling (2010), doi:10.1016/j.ijpe.2009.08.022.
"""

from __future__ import annotations

import time
from operator import methodcaller

import numpy as np
from numpy.typing import NDArray

from network_design.large.neighbourhood import Neighbourhoods
from network_design.large.part import improved
from network_design.large.together import Together
from network_design.model.program import FloatArray, IntArray
from retour.progress import Listener, Progress

NEARBY = (40, 8)
"""Places in a neighbourhood: of the most numerous kind, of others."""
PART_GAP, PART_S = 1e-3, 20.0
ENOUGH_ROUNDS = 10


def improve(
    together: Together, values: FloatArray, *, seed: int, deadline: float, listener: Listener,
    leave: NDArray[np.bool_] | None = None,
) -> FloatArray:  # fmt: skip
    """Look at one neighbourhood after the other, in seeded order, until time is over or a round brings nothing.

    Places to `leave` keep their sizes, (places,).
    """
    whole, around, rng = together.program, together.around[0], np.random.default_rng(seed)
    begun = time.perf_counter()
    for _ in range(ENOUGH_ROUNDS):
        before = together.cost_of(values)
        for kind, centre, number in _centres(around, leave, rng):
            left_s = deadline - time.perf_counter()
            if left_s <= 0:
                return values
            chosen = around.near(centre, kind, number)
            free = together.free(methodcaller("free_columns", chosen))
            found = improved(whole, values, free, seed=seed, budget_s=min(PART_S, left_s), relative_gap=PART_GAP)
            values = values if found is None else found
            done, cost = (time.perf_counter() - begun) / max(1.0, deadline - begun), together.cost_of(values)
            listener(Progress("design", min(0.9, 0.3 + 0.6 * done), f"cost {cost:,.0f}", cost))
        if together.cost_of(values) > before * (1 - PART_GAP) - 1e-9:
            return values
    return values


def _centres(
    around: Neighbourhoods, leave: NDArray[np.bool_] | None, rng: np.random.Generator
) -> list[tuple[IntArray, int, int]]:
    """Return places to look around: of each kind so many that its places are covered about twice.

    Kinds with few places come first: their places are large, and what they cost decides what the others should do.
    """
    found: list[tuple[IntArray, int, int]] = []
    for position, all_of_kind in reversed(list(enumerate(around.kinds))):
        kind = all_of_kind if leave is None else all_of_kind[~leave[all_of_kind]]
        number = NEARBY[min(position, 1)]
        times = min(len(kind), max(1, 2 * len(kind) // number))
        found += [(kind, int(centre), number) for centre in rng.choice(kind, size=times, replace=False)]
    return found
