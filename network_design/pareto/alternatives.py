"""Other designs that cost nearly as little: each differs from those before it in as many places as possible.

Modelling to generate alternatives (Brill, Chang and Hopkins 1982, doi:10.1287/mnsc.28.3.221), with the number of places
open in one design only, at some time, as the difference.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from network_design.highs import Instead, solve_whole
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray, IntArray, Program
from network_design.pareto.aims import Figure
from network_design.pareto.search import Limit, limited
from retour.vocabulary import Status

ROUNDING = 1e-6


@dataclass(frozen=True)
class Alternative:
    """Values of another design, how many places it differs in from the nearest before, and that none differs more."""

    values: FloatArray
    different: int
    most: int | None


@dataclass(frozen=True)
class Alternatives:
    """Designs that were found, and whether time ran out before as many as asked were there."""

    found: tuple[Alternative, ...]
    cut_short: bool


def alternatives(
    model: DesignModel, best: FloatArray, cost: Figure, *, within: float, count: int, seed: int, budget_s: float
) -> Alternatives:
    """Return up to `count` designs at most `within` dearer (a share of |cost|) than the values `best`."""
    deadline, before = time.perf_counter() + budget_s, [best]
    found: list[Alternative] = []
    now = cost.of(best)
    limit = Limit(cost, now + within * abs(now))
    for i in range(count):
        left_s = max(1.0, (deadline - time.perf_counter()) / (count - i))
        other = farthest(model, before, limit, seed=seed, budget_s=left_s)
        if other is None or other.different == 0:
            return Alternatives(tuple(found), cut_short=other is None or other.most != 0)
        found.append(other)
        before.append(other.values)
    return Alternatives(tuple(found), cut_short=False)


def farthest(
    model: DesignModel, before: list[FloatArray], limit: Limit, *, seed: int, budget_s: float
) -> Alternative | None:
    """Return the design within a limit that differs most from the nearest of those before; None without one in time."""
    program = limited(model.program, [limit])
    ever = _ever_open(program, model)
    known = [_open_at_some_time(model, values) for values in before]
    nearest = program.add_columns((1,), upper=float(len(ever)))
    for i, is_open in enumerate(known):
        # Open before: it counts when it is closed now; closed before: when it is open now.
        sign = np.where(is_open, 1.0, -1.0)
        columns = np.concatenate([nearest, ever])
        factors = np.concatenate([[1.0], sign])
        term = (np.zeros(len(columns), dtype=np.int64), columns, factors)
        program.add_rows("UNLIKE", pd.DataFrame({"design": [i]}), [term], upper=float(is_open.sum()))
    cost = np.zeros(program.columns)
    cost[nearest] = -1.0
    solved = solve_whole(program, seed=seed, budget_s=budget_s, instead=Instead(cost=cost))
    if solved.status not in (Status.OPTIMAL, Status.FEASIBLE):
        return None
    values = solved.values[: model.program.columns]
    different = min(int((_open_at_some_time(model, values) ^ is_open).sum()) for is_open in known)
    most = None if solved.bound is None else int(np.floor(-solved.bound + ROUNDING))
    return Alternative(values, different, most)


def _first_levels(model: DesignModel) -> IntArray:
    """Return the columns that say whether a place is open, shape (places with sizes, periods)."""
    first = model.sets.first_level
    return model.variables.level[first[first >= 0]]


def _open_at_some_time(model: DesignModel, values: FloatArray) -> np.ndarray:
    return np.asarray((values[_first_levels(model)] > 0.5).any(axis=1))


def _ever_open(program: Program, model: DesignModel) -> IntArray:
    """Add a column per place that is 1 when it is open at some time: at least every period, at most their sum."""
    level = _first_levels(model)
    places, periods = level.shape
    ever = program.add_columns((places,), upper=1.0, whole=True)
    rows = np.arange(places * periods).reshape(level.shape)
    keys = pd.DataFrame({"row": np.arange(places * periods)})
    spread = np.broadcast_to(ever[:, None], level.shape)
    one = np.ones(level.shape)
    program.add_rows("EVER", keys, [(rows, level, one), (rows, spread, -one)], upper=0.0)
    line = np.arange(places)
    total = [(line, ever, np.ones(places)), (np.broadcast_to(line[:, None], level.shape), level, -one)]
    program.add_rows("EVER", pd.DataFrame({"row": line}), total, upper=0.0)
    return ever
