"""Regions of small places improved one by one while what they hand on has a price: each is a small program of its own.

What a large place asks for one more tonne, its own limits and all that follows included, is known from the linear
program in which everything whole stands. Within a region that price, and the room left, replace the rest of the
network; after all regions the linear program says what they are worth together, and what the prices are now.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from network_design.followed.ways import small_places
from network_design.highs import Solution, solve_linear, whole_fixed
from network_design.large.neighbourhood import Neighbourhoods
from network_design.large.part import Part, arrays_of
from network_design.large.room import size_of, used_of
from network_design.model.build import DesignModel
from network_design.model.linking import use_of_size
from network_design.model.program import FloatArray, IntArray
from network_design.model.sets import Sets
from retour.vocabulary import Status

NUMBER = 16
"""Small places looked at together."""
ROUNDS, PART_S, PART_GAP = 8, 1.5, 1e-3
SETTLINGS = 1.5
"""So many times what settling took is kept back for settling what regions propose."""
ENOUGH = 3e-4
"""Least share of the cost that a round must save for another one."""


def improve_regions(
    model: DesignModel, values: FloatArray, *, seed: int, deadline: float, listener: Callable[[float], None]
) -> FloatArray:
    """Return values at most as dear, improved round by round; as they were where no place is small."""
    small = small_places(model.sets)
    if not small.any():
        return values
    regions, rng = Regions(model, small), np.random.default_rng(seed)
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        settled = _settled(model, values, seed=seed, deadline=deadline)
        if settled is None:
            return values
        settling_s = time.perf_counter() - begun
        proposed = regions.improved(settled, rng=rng, seed=seed, deadline=deadline - SETTLINGS * settling_s)
        after = _settled(model, proposed, seed=seed, deadline=deadline)
        if after is None or model.program.cost_of(after.values) >= model.program.cost_of(settled.values):
            return settled.values
        values, before = after.values, model.program.cost_of(settled.values)
        listener(model.program.cost_of(values))
        if model.program.cost_of(values) > before - ENOUGH * abs(before):
            return values
    return values


def _settled(model: DesignModel, values: FloatArray, *, seed: int, deadline: float) -> Solution | None:
    """Return the best amounts with everything whole fixed, and their prices; None where nothing was found in time."""
    budget_s = deadline - time.perf_counter()
    found = solve_linear(model.program, seed=seed, budget_s=budget_s, instead=whole_fixed(model.program, values))
    return found if found.status is Status.OPTIMAL else None


class Regions:
    """The regions of one model."""

    def __init__(self, model: DesignModel, small: NDArray[np.bool_]) -> None:
        """Prepare what does not change from region to region."""
        self._model, self._small = model, small
        self._around = Neighbourhoods(model)
        self._whole = arrays_of(model)
        self._handed_on = self._receipts_of_large()
        self._decided = np.flatnonzero(small & (model.sets.first_level >= 0))

    def improved(self, settled: Solution, *, rng: np.random.Generator, seed: int, deadline: float) -> FloatArray:
        """Return values in which every region is as good as it can be at the prices of the settled ones.

        Only what is whole is to be used of them: amounts beyond the regions do not fit yet.
        """
        values, room = settled.values.copy(), self._room(settled.values)
        waiting = set(self._decided.tolist())
        while waiting and time.perf_counter() < deadline:
            centre = int(rng.choice(sorted(waiting)))
            chosen = self._around.near(centre, self._decided, NUMBER)
            waiting -= set(chosen.tolist())
            self._improve(values, room, settled.row_price, chosen, seed=seed, budget_s=deadline - time.perf_counter())
        return values

    def _improve(
        self, values: FloatArray, room: FloatArray, row_price: FloatArray, chosen: IntArray, *, seed: int,
        budget_s: float,
    ) -> None:  # fmt: skip
        """Improve one region in place, and take what it hands on more or less from the room that is left."""
        whole, part = self._whole, Part.of(self._whole, values, self._free(chosen))
        rows, handed = part.rows, self._handed_on[part.rows]
        lower = np.where(handed, -np.inf, whole.row_lower[rows] - part.rest)
        upper = np.where(handed, part.activity + room[rows], whole.row_upper[rows] - part.rest)
        cost = whole.cost[part.free] - part.matrix.T @ np.where(handed, row_price[rows], 0.0)
        found = part.solved(
            cost, lower, upper, seed=seed, budget_s=min(PART_S, budget_s), relative_gap=PART_GAP
        )  # fmt: skip
        if found is None or cost @ found >= cost @ part.own - 1e-9 * abs(cost @ part.own):
            return
        values[part.free] = found
        more = part.matrix @ found - part.activity
        room[rows[handed]] -= more[handed]

    def _free(self, chosen: IntArray) -> IntArray:
        """Return columns that may change: sizes of the chosen places, flows of their origins up to what small places
        hand on, and what these origins lose."""
        around, sets = self._around, self._model.sets
        origins = np.unique(around.origin[np.isin(around.target, chosen)])
        moved = np.isin(around.origin, origins)
        touched = np.union1d(chosen, np.unique(around.target[moved]))
        touched = touched[self._small[touched]]
        arcs = np.flatnonzero((moved & self._small[around.target]) | np.isin(around.origin, touched))
        names = sets.places["place_id"].to_numpy(object)
        return around.columns_of(names[chosen], arcs, names[np.union1d(touched, origins)])

    def _receipts_of_large(self) -> NDArray[np.bool_]:
        program, sets = self._model.program, self._model.sets
        handed = np.zeros(program.rows, dtype=bool)
        receipt = program.family("RECEIPT")
        if receipt is not None:
            handed[receipt.start : receipt.stop] = ~self._small[sets.place_line(receipt.keys["place_id"])]
        return handed

    def _room(self, values: FloatArray) -> FloatArray:
        """Return for each RECEIPT row how much more its place has room for, inf where it has no size."""
        program, sets = self._model.program, self._model.sets
        room = np.full(program.rows, np.inf)
        receipt = program.family("RECEIPT")
        if receipt is None:
            return room
        left = size_of(self._model, values) - used_of(self._model, values)
        place = sets.place_line(receipt.keys["place_id"])
        left = np.where((sets.first_level < 0)[:, None], np.inf, np.maximum(0.0, left))
        room[receipt.start : receipt.stop] = left[place, receipt.keys["period"].to_numpy() - 1] / _most_use(sets)
        return room


def _most_use(sets: Sets) -> float:
    """Return the most of a size that a tonne takes up anywhere."""
    return max(1.0, float(use_of_size(sets).max(initial=1.0)))
