"""One search: the least of a figure while others keep their limits."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from network_design.highs import Instead, Solution, solve_linear, solve_whole, whole_fixed
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray, Program
from network_design.pareto.aims import Figure
from retour.vocabulary import Status

SLACK = 1e-7
"""Relative room of a limit that was reached before, so that it can be reached again."""
LEAST_FIGURE = 1e-3
"""What relative room is of at least, in the unit of a figure that is no cost."""


@dataclass(frozen=True)
class Limit:
    """A figure is at most `most`."""

    figure: Figure
    most: float


@dataclass(frozen=True)
class Found:
    """Values of a program, and a bound on the figure that was made as small as possible; None without."""

    values: FloatArray
    bound: float | None


def least(
    model: DesignModel, figure: Figure, limits: Sequence[Limit], *, seed: int, budget_s: float,
    start: FloatArray | None = None,
) -> Found | None:  # fmt: skip
    """Return values with the least of a figure within limits; None where there are none, or none is found in time."""
    program = limited(model.program, limits)
    other = Instead(cost=figure.factor)
    found: Solution = solve_whole(program, seed=seed, budget_s=max(1.0, budget_s), start=start, instead=other)
    if found.status not in (Status.OPTIMAL, Status.FEASIBLE):
        return None
    return Found(found.values, None if found.bound is None else found.bound + figure.offset)


def exact(
    model: DesignModel, figure: Figure, limits: Sequence[Limit], values: FloatArray, *, seed: int, budget_s: float
) -> FloatArray:
    """Return values with all that is whole fixed, and amounts that keep every row exactly; as they were where none do.

    A search leaves places open by a millionth; what they process then is too much for a closed place.
    """
    program = limited(model.program, limits)
    bounds = whole_fixed(program, values, Instead(cost=figure.factor))
    found = solve_linear(program, seed=seed, budget_s=max(1.0, budget_s), instead=bounds)
    return found.values if found.status is Status.OPTIMAL else np.where(program.whole, np.round(values), values)


def limited(program: Program, limits: Sequence[Limit]) -> Program:
    """Return a copy of a program with a row per limit, scaled to figures of about one."""
    after = copy.deepcopy(program)
    for limit in limits:
        used = np.flatnonzero(limit.figure.factor)
        scale = 1.0 / max(
            abs(limit.most - limit.figure.offset), float(np.abs(limit.figure.factor).max(initial=0)), 1e-9
        )
        term = (np.zeros(len(used), dtype=np.int64), used, limit.figure.factor[used] * scale)
        keys = pd.DataFrame({"product_id": [limit.figure.name], "period": [0]})
        after.add_rows("AIM", keys, [term], upper=(limit.most - limit.figure.offset) * scale)
    return after


def reached(figure: Figure, values: FloatArray) -> Limit:
    """Return the limit that a figure is no worse than it is now, but for rounding."""
    now = figure.of(values)
    return Limit(figure, now + SLACK * max(1.0 if figure.name == "cost" else LEAST_FIGURE, abs(now)))
