"""What a place may be in a period: closed, or open at one of its sizes; a range in steps so fine that nothing is lost.

Sizes may differ from future to future, what stands does not: state by state it is the same step, or share of a range.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from network_design.model.program import FloatArray, IntArray
from network_design.model.sets import Sets
from network_design.model.variables import initial_extra, initial_level, resold

GRID = 96
"""Into how many parts the width of a range is cut."""


@dataclass(frozen=True)
class States:
    """States of the places that have sizes, those of place p at `start[p]` to `start[p + 1]`, the first one closed.

    `level` is the line of its smallest level and `levels` how many it has (0: no sizes, no states); `extra` the line of
    its range, -1 without. `share` of the range is that of each state. `first_state` is what stands at the start, as a
    number within the place; `first_share` its share of the range; `resold` says which ranges are paid back.
    """

    start: IntArray
    level: IntArray
    levels: IntArray
    extra: IntArray
    share: FloatArray
    first_state: IntArray
    first_share: FloatArray
    resold: NDArray[np.bool_]


def states_of(sets: Sets) -> States:
    """Return the states of the places."""
    places = len(sets.places)
    levels = np.bincount(sets.place_line(sets.levels["place_id"]), minlength=places).astype(np.int64)
    extra = np.full(places, -1, dtype=np.int64)
    ranged = sets.place_line(sets.extras["place_id"])
    extra[ranged] = np.arange(len(ranged))
    number = np.where(levels == 0, 0, np.where(extra >= 0, GRID + 2, levels + 1))
    start = np.concatenate([[0], np.cumsum(number)]).astype(np.int64)
    share = np.zeros(start[-1])
    for place in ranged:
        share[start[place] + 1 : start[place + 1]] = np.linspace(0.0, 1.0, GRID + 1)
    return States(
        start, sets.first_level, levels, extra, share, *_at_first(sets, levels, extra, ranged), resold(sets)
    )  # fmt: skip


def sizes_of(states: States, sets: Sets) -> FloatArray:
    """Return the size of each state in tonnes: 0 closed, the largest for places without limit."""
    size = np.zeros(states.start[-1])
    tall = sets.levels["size_t"].to_numpy(float)
    width = sets.extra_width
    for place in np.flatnonzero(states.levels > 0):
        first, last = states.start[place] + 1, states.start[place + 1]
        line = states.level[place]
        if states.extra[place] >= 0:
            size[first:last] = tall[line] + width[states.extra[place]] * states.share[first:last]
        else:
            size[first:last] = tall[line : line + states.levels[place]]
    return size


def _at_first(sets: Sets, levels: IntArray, extra: IntArray, ranged: IntArray) -> tuple[IntArray, FloatArray]:
    standing = initial_level(sets)
    state = np.zeros(len(levels), dtype=np.int64)
    np.add.at(state, sets.place_line(sets.levels["place_id"]), (standing > 0.5).astype(np.int64))
    share = np.zeros(len(levels))
    share[ranged] = initial_extra(sets) / sets.extra_width
    return np.where(levels > 0, state, 0), share
