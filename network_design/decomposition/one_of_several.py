"""One future of several by itself: what stands costs there what it does in all, less what it gains in the others.

At prices every other future is worth what its places gain in it, state by state. What is left is the model of one
future with other costs of what stands, and whatever bounds that, bounds all futures together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from network_design.decomposition.ascent import Ascent
from network_design.decomposition.relaxation import Relaxation, of_bounds, width_of
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray

TINY = 1e-9


@dataclass(frozen=True)
class OneOfSeveral:
    """The model of one future, weighted, and what the others cost beside it at their prices."""

    model: DesignModel
    others: float


def one_of_several(ascent: Ascent) -> OneOfSeveral:
    """Return the future whose places gain most at the best prices.

    What a range gains in the others is taken for a line that is nowhere below, and closest where it is as wide as on
    the average of what places do.
    """
    relaxation, prices = ascent.relaxation, ascent.prices
    share = _share_where_open(relaxation.priced[0].model, ascent.average[0])
    reduced = relaxation.reduced(prices)
    gains = [relaxation.gains(i, left) for i, left in enumerate(reduced)]
    number = int(np.argmax([own.sum() for own, _, _ in gains]))
    mine = relaxation.priced[number]
    program, v = mine.model.program.copied(), mine.model.variables
    program.scale_costs(mine.weight)
    others, gain = 0.0, np.zeros_like(gains[0][0])
    for i, (p, left, (own, _, unsized)) in enumerate(zip(relaxation.priced, reduced, gains, strict=True)):
        if i == number:
            continue
        rows = slice(relaxation.starts[i], relaxation.starts[i + 1])
        others += of_bounds(prices[rows], relaxation.row_lower[rows], relaxation.row_upper[rows])
        others += p.weight * p.model.program.offset - unsized + float(left[p.boxed] @ p.at_ends(left))
        program.add_cost(v.level, left[p.model.variables.level])
        program.add_cost(v.grows, left[p.model.variables.grows])
        program.add_cost(v.extra, left[p.model.variables.extra] * _ratio(p.model, mine.model))
        program.add_cost(v.widened, left[p.model.variables.widened] * _ratio(p.model, mine.model))
        gain += own
    closed, per_level, per_share = _by_size(relaxation, gain, share)
    program.add_cost(v.level, -per_level)
    program.add_cost(v.extra, -per_share / width_of(mine.model))
    return OneOfSeveral(replace(mine.model, program=program), others - closed)


def _by_size(
    relaxation: Relaxation, gain: FloatArray, share: FloatArray
) -> tuple[float, FloatArray, FloatArray]:  # fmt: skip
    """Return what closed places gain, what each level adds to that, (levels, T), and what a range's share, (extras,
    T)."""
    states = relaxation.states
    per_level, per_share = np.zeros((int(states.levels.sum()), gain.shape[1])), np.zeros(share.shape)
    sized = np.flatnonzero(states.levels > 0)
    for place in sized:
        first, last = states.start[place], states.start[place + 1]
        line, extra = states.level[place], states.extra[place]
        if extra < 0:
            per_level[line : line + states.levels[place]] = np.diff(gain[first:last], axis=0)
            continue
        for t in range(gain.shape[1]):
            curve = gain[first + 1 : last, t]
            at, slope = _line_above(states.share[first + 1 : last], curve, share[extra, t])
            per_level[line, t], per_share[extra, t] = at - gain[first, t], slope
    return float(gain[states.start[sized]].sum()), per_level, per_share


def _share_where_open(model: DesignModel, values: FloatArray) -> FloatArray:
    """Return how much of a range's width is there where its place is open, (extras, T)."""
    sets, v = model.sets, model.variables
    opened = values[v.level[sets.first_level[sets.place_line(sets.extras["place_id"])]]]
    return np.clip(values[v.extra] / width_of(model) / np.maximum(opened, TINY), 0.0, 1.0)


def _line_above(share: FloatArray, gain: FloatArray, near: float) -> tuple[float, float]:
    """Return a line, at share 0 and its slope, that is nowhere below the gains and closest to them at one share."""
    corners = [0]
    for i in range(1, len(share)):
        while len(corners) > 1 and _slope(share, gain, corners[-2], corners[-1]) <= _slope(share, gain, corners[-1], i):
            corners.pop()
        corners.append(i)
    after = int(np.clip(np.searchsorted(share[corners], near), 1, len(corners) - 1))
    slope = _slope(share, gain, corners[after - 1], corners[after])
    return float(gain[corners[after]] - slope * share[corners[after]]), slope


def _slope(share: FloatArray, gain: FloatArray, first: int, last: int) -> float:
    return float((gain[last] - gain[first]) / (share[last] - share[first]))


def _ratio(model: DesignModel, other: DesignModel) -> FloatArray:
    """Return how much wider ranges are in one model than in another."""
    return width_of(model) / width_of(other)
