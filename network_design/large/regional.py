"""Regions of small places improved one by one while what they hand on has a price: each is a small program of its own.

What a large place asks for one more tonne, its own limits and all that follows included, is known from the linear
program in which everything whole stands. Within a region that price, and the room left, replace the rest of the
network; after all regions the linear program says what they are worth together, and what the prices are now.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from network_design.followed.ways import small_places
from network_design.highs import Solution
from network_design.large.neighbourhood import Neighbourhoods
from network_design.large.part import Part
from network_design.large.room import size_of, used_of
from network_design.large.together import Together
from network_design.model.build import DesignModel
from network_design.model.linking import use_of_size
from network_design.model.program import FloatArray, IntArray
from network_design.model.sets import Sets

NUMBER = 16
"""Small places looked at together."""
ROUNDS, PART_S, PART_GAP = 8, 1.5, 1e-3
SETTLINGS = 1.5
"""So many times what settling took is kept back for settling what regions propose."""
ENOUGH = 3e-4
"""Least share of the cost that a round must save for another one."""
TRIED, POLL_S = 5, 0.05
"""So many centres are tried for a region that touches none of those being solved."""


def improve_regions(
    together: Together, values: FloatArray, *, seed: int, deadline: float, listener: Callable[[float], None],
    threads: int = 1, rounds: int = ROUNDS,
) -> FloatArray:  # fmt: skip
    """Return values at most as dear, improved round by round; as they were where no place is small."""
    small = small_places(together.models[0].sets)
    if not small.any():
        return values
    regions, rng = Regions(together, small, threads=threads), np.random.default_rng(seed)
    begun = time.perf_counter()
    settled = together.settled(values, seed=seed, deadline=deadline, threads=threads)
    if settled is None:
        return values
    settling_s = time.perf_counter() - begun
    for _ in range(rounds):
        proposed = regions.improved(settled, rng=rng, seed=seed, deadline=deadline - SETTLINGS * settling_s)
        after, before = together.settled(proposed, seed=seed, deadline=deadline, threads=threads), settled
        if after is None or together.cost_of(after.values) >= together.cost_of(before.values):
            break
        settled = after
        listener(together.cost_of(settled.values))
        cost = together.cost_of(before.values)
        if together.cost_of(settled.values) > cost - ENOUGH * abs(cost):
            break
    return settled.values


@dataclass(frozen=True)
class _Region:
    """A region being solved: its part of the program, which of its rows hand on to large places, and how much more."""

    part: Part
    handed: NDArray[np.bool_]
    reserved: FloatArray


@dataclass
class _Round:
    """Where a round stands: values so far, room left in large places, places waiting, rows of regions being solved."""

    values: FloatArray
    room: FloatArray
    waiting: set[int]
    busy: NDArray[np.bool_]
    changed: threading.Condition = field(default_factory=threading.Condition)


class Regions:
    """The regions of a network, so many of them solved at once."""

    def __init__(self, together: Together, small: NDArray[np.bool_], *, threads: int = 1) -> None:
        """Prepare what does not change from region to region."""
        self._together, self._small, self._threads = together, small, threads
        self._part_s = PART_S * len(together.models)
        self._handed_on = np.concatenate([_receipts_of_large(model, small) for model in together.models])
        self._decided = np.flatnonzero(small & (together.models[0].sets.first_level >= 0))

    def improved(self, settled: Solution, *, rng: np.random.Generator, seed: int, deadline: float) -> FloatArray:
        """Return values in which every region is as good as it can be at the prices of the settled ones.

        Only what is whole is to be used of them: amounts beyond the regions do not fit yet.
        """
        values, models = settled.values.copy(), self._together.models
        room = np.concatenate([_room(model, self._together.own(i, values)) for i, model in enumerate(models)])
        state = _Round(values, room, set(self._decided.tolist()), np.zeros(len(room), dtype=bool))

        def work() -> None:
            while (region := self._begin(state, rng, deadline)) is not None:
                found = None
                try:
                    left_s = deadline - time.perf_counter()
                    found = self._solved(region, settled.row_price, seed=seed, budget_s=min(self._part_s, left_s))
                finally:
                    _end(state, region, found)

        with ThreadPoolExecutor(self._threads) as pool:
            for worker in [pool.submit(work) for _ in range(self._threads)]:
                worker.result()
        return state.values

    def _begin(self, state: _Round, rng: np.random.Generator, deadline: float) -> _Region | None:
        """Take a region that touches none being solved, and its share of the room; None when all are done, or late."""
        with state.changed:
            while state.waiting and time.perf_counter() < deadline:
                tried = rng.choice(sorted(state.waiting), size=min(TRIED, len(state.waiting)), replace=False)
                for centre in tried.tolist():
                    chosen = self._together.around[0].near(centre, self._decided, NUMBER)
                    free = self._together.free(partial(self._free, chosen))
                    part = Part.of(self._together.program, state.values, free)
                    handed = self._handed_on[part.rows]
                    if not state.busy[part.rows[~handed]].any():
                        state.waiting -= set(chosen.tolist())
                        state.busy[part.rows[~handed]] = True
                        return _Region(part, handed, self._reserve(state, part.rows[handed]))
                state.changed.wait(POLL_S)
        return None

    def _reserve(self, state: _Round, rows: IntArray) -> FloatArray:
        """Take from the room what each of the regions being solved may use of it."""
        mine = state.room[rows] / self._threads
        state.room[rows] = np.where(np.isfinite(mine), state.room[rows] - mine, np.inf)
        return mine

    def _solved(self, region: _Region, row_price: FloatArray, *, seed: int, budget_s: float) -> FloatArray | None:
        """Return better values of a region; None where there are none."""
        whole, part, handed = self._together.program, region.part, region.handed
        most = part.activity.copy()
        most[handed] += region.reserved
        lower = np.where(handed, -np.inf, whole.row_lower[part.rows] - part.rest)
        upper = np.where(handed, most, whole.row_upper[part.rows] - part.rest)
        cost = whole.cost[part.free] - part.matrix.T @ np.where(handed, row_price[part.rows], 0.0)
        found = part.solved(cost, lower, upper, seed=seed, budget_s=budget_s, relative_gap=PART_GAP)
        if found is None or cost @ found >= cost @ part.own - 1e-9 * abs(cost @ part.own):
            return None
        return found

    def _free(self, chosen: IntArray, around: Neighbourhoods) -> IntArray:
        """Return columns that may change: sizes of the chosen places, flows of their origins up to what small places
        hand on, and what these origins lose."""
        sets = around.sets
        origins = np.unique(around.origin[np.isin(around.target, chosen)])
        moved = np.isin(around.origin, origins)
        touched = np.union1d(chosen, np.unique(around.target[moved]))
        touched = touched[self._small[touched]]
        arcs = np.flatnonzero((moved & self._small[around.target]) | np.isin(around.origin, touched))
        names = sets.places["place_id"].to_numpy(object)
        return around.columns_of(names[chosen], arcs, names[np.union1d(touched, origins)])


def _receipts_of_large(model: DesignModel, small: NDArray[np.bool_]) -> NDArray[np.bool_]:
    program, sets = model.program, model.sets
    handed = np.zeros(program.rows, dtype=bool)
    receipt = program.family("RECEIPT")
    if receipt is not None:
        handed[receipt.start : receipt.stop] = ~small[sets.place_line(receipt.keys["place_id"])]
    return handed


def _room(model: DesignModel, values: FloatArray) -> FloatArray:
    """Return for each RECEIPT row how much more its place has room for, inf where it has no size."""
    program, sets = model.program, model.sets
    room = np.full(program.rows, np.inf)
    receipt = program.family("RECEIPT")
    if receipt is None:
        return room
    left = size_of(model, values) - used_of(model, values)
    place = sets.place_line(receipt.keys["place_id"])
    left = np.where((sets.first_level < 0)[:, None], np.inf, np.maximum(0.0, left))
    room[receipt.start : receipt.stop] = left[place, receipt.keys["period"].to_numpy() - 1] / _most_use(sets)
    return room


def _end(state: _Round, region: _Region, found: FloatArray | None) -> None:
    """Take over what was found in a region, if anything, and give back its rows and the room it did not use."""
    part, handed = region.part, region.handed
    with state.changed:
        unused = region.reserved
        if found is not None:
            state.values[part.free] = found
            unused = unused - (part.matrix @ found - part.activity)[handed]
        mine = part.rows[handed]
        state.room[mine] = np.where(np.isfinite(unused), state.room[mine] + unused, np.inf)
        state.busy[part.rows[~handed]] = False
        state.changed.notify_all()


def _most_use(sets: Sets) -> float:
    """Return the most of a size that a tonne takes up anywhere."""
    return max(1.0, float(use_of_size(sets).max(initial=1.0)))
