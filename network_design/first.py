"""A first design of a large network, rounded from its relaxation."""

from __future__ import annotations

import time

import numpy as np

from network_design.highs import Instead, solve_linear
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray
from network_design.model.sets import Sets
from retour.vocabulary import Status

ROUNDS = ((0.5, False), (0.3, True), (0.1, True), (0.01, True), (0.0, True))
"""From what share on a place is opened, and whether at its largest size rather than at what the relaxation says."""


def first_design(model: DesignModel, relaxed: FloatArray, *, seed: int, deadline: float) -> FloatArray | None:
    """Return values of a design near the relaxed ones; None where no rounding keeps the limits.

    What the relaxation opens to a share is open, the lower the share the more of it; of groups that are counted, those
    that it opens most.
    """
    program, v = model.program, model.variables
    for share, largest in ROUNDS:
        lower, upper = program.lower.copy(), program.upper.copy()
        chosen = _rounded(model, relaxed[v.level], share=share, largest=largest)
        lower[v.level] = upper[v.level] = np.clip(chosen, lower[v.level], upper[v.level])
        instead = Instead(lower=lower, upper=upper)  # contract tiers settle themselves
        found = solve_linear(program, seed=seed, budget_s=deadline - time.perf_counter(), instead=instead)
        if found.status is Status.OPTIMAL:
            return _with_tiers(model, _shrunk(model, found.values, seed=seed, deadline=deadline))
    return None


def _shrunk(model: DesignModel, values: FloatArray, *, seed: int, deadline: float) -> FloatArray:
    """Return values with every place at the smallest size that holds the most it ever uses, closed where it uses none.

    As they were, where that breaks a limit.
    """
    program, v, sets = model.program, model.variables, model.sets
    before = (sets.levels["size_t"] - sets.levels["step_t"]).to_numpy(float)[:, None]
    most = _used(model, values).max(axis=1)[sets.place_line(sets.levels["place_id"])][:, None]
    needed = values[v.level] * (most > before + 1e-9)
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[v.level] = upper[v.level] = np.clip(needed, lower[v.level], upper[v.level])
    budget_s = deadline - time.perf_counter()
    found = solve_linear(program, seed=seed, budget_s=budget_s, instead=Instead(lower=lower, upper=upper))
    return found.values if found.status is Status.OPTIMAL else values


def _used(model: DesignModel, values: FloatArray) -> FloatArray:
    """Return how much of each place's size is used, (places, periods)."""
    sets, v = model.sets, model.variables
    use = sets.over_time("processes", sets.runs, "capacity_per_t", missing=1.0)
    used = np.zeros((len(sets.places), sets.periods))
    np.add.at(used, sets.place_line(sets.runs["place_id"]), values[v.processed] * use)
    np.add.at(used, sets.place_line(sets.sales["place_id"]), values[v.sold])
    return used


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
