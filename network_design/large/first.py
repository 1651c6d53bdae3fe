"""A first design of a large network, rounded from its relaxation."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from network_design.highs import Instead, solve_linear
from network_design.large.outline import Outline
from network_design.large.room import used_of
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray
from network_design.model.sets import Sets
from retour.vocabulary import Status

ROUNDS = ((0.5, False), (0.3, True), (0.1, True), (0.01, True), (0.0, True))
"""From what share on a place is opened, and whether at its largest size rather than at what the relaxation says."""
SMALL_SHARES = (0.15, 0.02)
"""The same for small places around an outline; a place too few costs far more than one too many that is shrunk."""


def first_design(
    model: DesignModel, relaxed: FloatArray, *, outline: Outline | None = None, seed: int, deadline: float
) -> FloatArray | None:
    """Return values of a design near the relaxed ones; None where no rounding keeps the limits.

    What the relaxation opens to a share is open, the lower the share the more of it; of groups that are counted, those
    that it opens most. With an outline its large places stand, one size larger where that is needed.
    """
    for lower, upper in _tries(model, relaxed, outline):
        found = _fixed(model, lower, upper, seed=seed, deadline=deadline)
        if found is not None and outline is not None:
            found = _rounded_up(model, found, seed=seed, deadline=deadline)
        if found is not None:
            return _with_tiers(model, _shrunk(model, found, seed=seed, deadline=deadline))
    return None


def _tries(model: DesignModel, relaxed: FloatArray, outline: Outline | None) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield bounds of the levels, (levels, periods) each, one try after the other."""
    level, sets = relaxed[model.variables.level], model.sets
    if outline is None:
        for share, largest in ROUNDS:
            chosen = _rounded(model, level, share=share, largest=largest)
            yield chosen, chosen
        return
    small = outline.small[sets.place_line(sets.levels["place_id"])][:, None]
    least = np.broadcast_to(outline.level.reshape(len(small), -1), level.shape)
    below = np.vstack([np.zeros((1, sets.periods)), least[:-1]])
    smallest = (sets.levels["step"] == 0).to_numpy()[:, None]
    most = np.maximum(least, np.where(smallest, 0.0, below))  # the next size of what stands
    for share in SMALL_SHARES if small.any() else SMALL_SHARES[:1]:
        chosen = _rounded(model, level, share=share, largest=False)
        yield np.where(small, chosen, least), np.where(small, chosen, most)


def _rounded_up(model: DesignModel, values: FloatArray, *, seed: int, deadline: float) -> FloatArray | None:
    """Return the values with every level whole: what was begun stands."""
    level = np.where(values[model.variables.level] > 1e-6, 1.0, 0.0)
    return _fixed(model, level, level, seed=seed, deadline=deadline)


def _fixed(model: DesignModel, least: FloatArray, most: FloatArray, *, seed: int, deadline: float) -> FloatArray | None:
    """Return the best values with levels between two, as far as the study lets them; None where there are none."""
    program, v = model.program, model.variables
    lower, upper = program.lower.copy(), program.upper.copy()
    low, high = lower[v.level].copy(), upper[v.level].copy()
    lower[v.level], upper[v.level] = np.clip(least, low, high), np.clip(most, low, high)
    instead = Instead(lower=lower, upper=upper)  # contract tiers settle themselves
    found = solve_linear(program, seed=seed, budget_s=deadline - time.perf_counter(), instead=instead)
    return found.values if found.status is Status.OPTIMAL else None


def _shrunk(model: DesignModel, values: FloatArray, *, seed: int, deadline: float) -> FloatArray:
    """Return values with every place at the smallest size that holds the most it ever uses, closed where it uses none.

    As they were, where that breaks a limit.
    """
    v, sets = model.variables, model.sets
    before = (sets.levels["size_t"] - sets.levels["step_t"]).to_numpy(float)[:, None]
    most = used_of(model, values).max(axis=1)[sets.place_line(sets.levels["place_id"])][:, None]
    needed = values[v.level] * (most > before + 1e-9)
    found = _fixed(model, needed, needed, seed=seed, deadline=deadline)
    return values if found is None else found


def _rounded(model: DesignModel, level: FloatArray, *, share: float, largest: bool) -> FloatArray:
    """Return whole levels (levels, periods): nested, opened once and kept, within the numbers that may be open."""
    sets = model.sets
    first = (sets.levels["step"] == 0).to_numpy()
    smallest = np.flatnonzero(first)[np.cumsum(first) - 1]
    opened = np.maximum.accumulate(level[smallest] >= max(share, 1e-9), axis=1)
    opened &= _among_the_most_open(sets, level)[smallest][:, None]
    opened |= (model.program.lower[model.variables.level] == 1)[smallest]
    tall = np.ones_like(opened) if largest else np.maximum.accumulate(level >= share, axis=1) | first[:, None]
    return (opened & tall).astype(float)


def _among_the_most_open(sets: Sets, level: FloatArray) -> np.ndarray:
    """Say for each level whether its place is among the most open of every group that is counted."""
    limits = sets.instance.series("group_limits").groupby("group_id")["most"].min().dropna()
    total = level.sum(axis=1)
    chosen = np.ones(len(sets.places), dtype=bool)
    for group, most in limits.items():
        member = ((sets.places["group_id"] == group) | (sets.places["kind"] == group)).to_numpy()
        lines = np.flatnonzero(member & (sets.first_level >= 0))
        room = int(most) - int((member & (sets.first_level < 0)).sum())
        order = np.argsort(-total[sets.first_level[lines]], kind="stable")
        chosen[lines[order[max(0, room) :]]] = False
    return chosen[sets.place_line(sets.levels["place_id"])]


def tiers_reached(model: DesignModel, bounds: Instead, *, seed: int, deadline: float) -> FloatArray | None:
    """Return values within bounds whose contract tiers are whole, near the best with tiers in part; None without."""
    found = solve_linear(model.program, seed=seed, budget_s=deadline - time.perf_counter(), instead=bounds)
    return _with_tiers(model, found.values) if found.status is Status.OPTIMAL else None


def _with_tiers(model: DesignModel, values: FloatArray) -> FloatArray:
    """Return values in which every contract tier is reached that must be, and volumes fill one tier after the other."""
    sets, v = model.sets, model.variables
    out = values.copy()
    for _place, lines in sets.tiers.groupby("place_id").indices.items():
        total = values[v.volume[lines]].sum(axis=0)
        begins = sets.tiers["from_t"].to_numpy(float)[lines][:, None]
        ends = sets.tiers["to_t"].to_numpy(float)[lines][:, None]
        out[v.volume[lines]] = np.clip(np.minimum(total, ends) - begins, 0.0, None)
        out[v.reached[lines]] = np.where(begins == 0, 1.0, total > begins)
    return out
