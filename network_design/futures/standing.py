"""What stands: the first-stage part of a design, which holds in every future, and a design with it kept."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from network_design.design import describe
from network_design.highs import Instead, solve_linear, solve_whole, whole_fixed
from network_design.large.first import tiers_reached
from network_design.large.solve import is_large
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray
from network_design.model.sets import Sets
from retour.design.plan import Design
from retour.vocabulary import Status

SAME_SIZE = 1e-6
LEAST_S, LEAST_S_PER_COLUMN = 1.0, 1e-4
"""A design that does not fit is told from one whose amounts were not found in time only if there is time enough."""


@dataclass(frozen=True)
class Standing:
    """Which levels stand, shape (levels, periods), and the share of each range's extra size, (extras, periods).

    Both are free of units, so that they mean the same places and steps in a future whose sizes are other ones.
    """

    level: FloatArray
    share: FloatArray

    def is_same(self, other: Standing) -> bool:
        """Say whether the same stands."""
        return np.array_equal(self.level, other.level) and np.array_equal(self.share, other.share)


@dataclass(frozen=True)
class Kept:
    """A design in which something was kept and everything else optimised, and the values of its program."""

    design: Design
    values: FloatArray


def standing_of(sets: Sets, design: Design) -> Standing:
    """Return what stands in a design of the instance of `sets`."""
    periods = np.arange(1, sets.periods + 1)
    size = design.opened.pivot(index="place_id", columns="period", values="size_t").reindex(columns=periods)
    is_open = design.opened.pivot(index="place_id", columns="period", values="is_open").reindex(columns=periods)
    levels, extras = sets.levels, sets.extras
    own = size.loc[levels["place_id"]].to_numpy(float)
    reached = own >= levels["size_t"].to_numpy(float)[:, None] * (1 - SAME_SIZE)
    smallest = (levels["step"] == 0).to_numpy()[:, None]
    level = is_open.loc[levels["place_id"]].to_numpy(bool) & (reached | smallest)
    beyond = size.loc[extras["place_id"]].to_numpy(float) - extras["small_t"].to_numpy(float)[:, None]
    return Standing(level.astype(float), np.clip(beyond / sets.extra_width[:, None], 0.0, 1.0))


def standing_in(model: DesignModel, values: FloatArray) -> Standing:
    """Return what stands in the values of a model's program."""
    v, width = model.variables, model.sets.extra_width[:, None]
    return Standing(np.round(values[v.level]), np.clip(values[v.extra] / width, 0.0, 1.0))


def keep(model: DesignModel, standing: Standing, *, seed: int, budget_s: float) -> Kept | None:
    """Return the best design of a model with what stands kept; None where nothing fits, or nothing is found in time."""
    program, bounds = model.program, bounds_of(model, standing)
    budget_s = max(budget_s, LEAST_S, LEAST_S_PER_COLUMN * program.columns)
    deadline = time.perf_counter() + budget_s
    if is_large(model):
        values = tiers_reached(model, bounds, seed=seed, deadline=deadline)
        if values is None:
            return None
        bounds = whole_fixed(program, values, bounds)
    elif program.whole[_second_stage(model)].any():
        found = solve_whole(program, seed=seed, budget_s=budget_s, instead=bounds)
        if found.status not in (Status.OPTIMAL, Status.FEASIBLE):
            return None
        bounds = whole_fixed(program, found.values, bounds)
    left_s = max(LEAST_S, deadline - time.perf_counter())
    exact = solve_linear(program, seed=seed, budget_s=left_s, instead=bounds)
    if exact.status is not Status.OPTIMAL:
        return None
    return Kept(describe(model, exact, status=Status.FEASIBLE, bound=None), exact.values)


def bounds_of(model: DesignModel, standing: Standing) -> Instead:
    """Return the bounds of a program's columns with what stands fixed."""
    lower, upper, v = model.program.lower.copy(), model.program.upper.copy(), model.variables
    extra = standing.share * model.sets.extra_width[:, None]
    for columns, values in ((v.level, standing.level), (v.extra, extra)):
        lower[columns] = upper[columns] = values
    return Instead(lower=lower, upper=upper)


def _second_stage(model: DesignModel) -> np.ndarray:
    """Say which columns are decided when the future is known."""
    own = np.ones(model.program.columns, dtype=bool)
    own[model.variables.level.ravel()] = False
    return own
