"""A feasible plan in well under a second: fill one van after another by cheapest insertion.

Sequential insertion in the manner of Solomon (1987), https://doi.org/10.1287/opre.35.2.254: a van starts at the
stop dearest to serve alone and takes the stop that saves most against a tour of its own until nothing fits.
No random numbers: the same problem always gives the same plan. Above `MAX_DENSE` stops, whose legs would not fit in
memory, vans are filled in the order of a sweep instead (`routing.pickup.sweep`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from routing.pickup.alone import fits
from routing.pickup.integers import IntegerProblem, IntegerType
from routing.pickup.repair import drop_unprofitable, missing_choices, place_required
from routing.pickup.scheduled import Route
from routing.pickup.sweep import sweep
from routing.pickup.tours import Tour, to_routes, tour_cost

MAX_DENSE = 3_000  # stops; a few matrices of their legs are held at once
MAX_TRIES = 8  # candidates looked at in vain before a trip counts as full
_TOO_DEAR = np.iinfo(np.int64).max // 4


def construct(integers: IntegerProblem) -> tuple[Route, ...]:
    """A plan that keeps every limit; required stops for which no room was found stay unserved.

    Where optional stops take the room of required ones, the required stops are planned alone first.
    """
    tours = sweep(integers) if len(integers.stops) > MAX_DENSE else _fill(integers)
    drop_unprofitable(integers, tours)
    return to_routes(integers, tours)


def _fill(integers: IntegerProblem) -> list[Tour]:
    builder = _Builder(integers)
    tours = _plan(builder, builder.servable)
    if missing := len(missing_choices(integers, tours)):
        strict = _plan(builder, builder.servable & builder.required)
        builder.top_up(strict)
        tours = strict if len(missing_choices(integers, strict)) < missing else tours
    return tours


def _plan(builder: _Builder, among: np.ndarray) -> list[Tour]:
    tours = builder.fill_vans(among)
    place_required(builder.integers, tours)
    return tours


@dataclass(frozen=True, eq=False)
class _Arcs:
    """Cost and seconds of every leg as one vehicle type pays them; the last row and column are its hub, or where it
    starts and ends."""

    cost: np.ndarray
    cost_to: np.ndarray  # transposed, so that gathering columns is as fast as gathering rows
    seconds: np.ndarray

    @cached_property
    def alone(self) -> np.ndarray:
        """Cost of driving from the hub to each stop and back."""
        return self.cost[-1, :-1] + self.cost[:-1, -1]


class _Builder:
    """What filling the vans needs to know."""

    def __init__(self, integers: IntegerProblem) -> None:
        self.integers = integers
        self.service_s = np.array([stop.service_s for stop in integers.stops], dtype=np.int64)
        self.required = np.array([stop.required for stop in integers.stops], dtype=bool)
        self.prize = np.array([stop.prize for stop in integers.stops], dtype=np.int64)
        self.arcs = [_arcs(integers, kind) for kind in integers.types]
        self.gives = np.asarray(integers.loads.any(axis=1))
        self.gets = np.asarray(integers.deliveries.any(axis=1))
        self.group = np.array([-1 if stop.same_van is None else stop.same_van for stop in integers.stops], dtype=int)
        self.fits = fits(integers)
        alone = [np.where(fits, arcs.alone, _TOO_DEAR) for fits, arcs in zip(self.fits, self.arcs, strict=True)]
        self.alone = np.min(alone, axis=0) if alone else np.zeros(len(integers.stops), dtype=np.int64)

    @property
    def servable(self) -> np.ndarray:
        """Which stops some van could serve alone."""
        return np.asarray(self.fits.any(axis=0))

    def top_up(self, tours: list[Tour]) -> None:
        """Insert optional stops that are worth it into the last trip of each tour, in place."""
        for tour in tours:
            here = self.servable & ~self.required & self.fits[tour.type_idx]
            for other in tours:
                self._take(here, other.stops, gone=other is not tour)
            *before, last = tour.trips
            tour.trips = [*before, self._fill_trip(tour.type_idx, before, last, here)]

    def _take(self, waiting: np.ndarray, stops: Sequence[int], *, gone: bool) -> None:
        """Stops on a tour wait no more, nor do their alternatives; with `gone` their company cannot come later."""
        waiting[stops] = False
        if self.integers.chosen_among:
            for idx in stops:
                waiting[list(self.integers.choices[self.integers.stops[idx].choice].members)] = False
        if gone and self.integers.together:
            waiting &= ~np.isin(self.group, self.group[stops]) | (self.group < 0)

    def fill_vans(self, among: np.ndarray) -> list[Tour]:
        """Tours until every stop among the given is served or no van can take one more."""
        left = [kind.count for kind in self.integers.types]
        waiting, seeds = among.copy(), among & self._nearest_alternatives()
        tours = []
        while (seed := self._next_seed(waiting & seeds)) is not None:
            offers = [
                self._grow(type_idx, waiting, seed)
                for type_idx in np.flatnonzero(self.fits[:, seed]).tolist()
                if left[type_idx] and tour_cost(self.integers, type_idx, [[seed]]) is not None
            ]
            if not offers:  # it may still join a tour that another stop began
                seeds[seed] = False
                continue
            best = min(offers, key=self._cost_share)
            left[best.type_idx] -= 1
            self._take(waiting, best.stops, gone=True)
            tours.append(best)
        return tours

    def _nearest_alternatives(self) -> np.ndarray:
        """Which stops may begin a tour: of alternatives only the one cheapest to serve alone."""
        cheapest = np.zeros(len(self.integers.stops), dtype=bool)
        cheapest[[min(choice.members, key=lambda idx: int(self.alone[idx])) for choice in self.integers.choices]] = True
        return cheapest

    def _next_seed(self, waiting: np.ndarray) -> int | None:
        """The stop dearest to serve alone, required ones first; None when none is waiting."""
        for among in (waiting & self.required, waiting):
            if among.any():
                return int(np.argmax(np.where(among, self.alone, -1)))
        return None

    def _cost_share(self, tour: Tour) -> float:
        """Cost of the tour for each euro that its stops would cost one by one."""
        cost = tour_cost(self.integers, tour.type_idx, tour.trips)
        assert cost is not None
        return cost / (1 + float(self.alone[tour.stops].sum()))

    def _grow(self, type_idx: int, waiting: np.ndarray, seed: int) -> Tour:
        """One van filled trip by trip, starting with the seed."""
        kind = self.integers.types[type_idx]
        waiting = waiting & self.fits[type_idx]
        self._take(waiting, [seed], gone=False)
        done: list[list[int]] = []
        trip = [seed]
        while trip:
            done.append(self._fill_trip(type_idx, done, trip, waiting))
            trip = self._next_trip(type_idx, done, waiting) if len(done) < kind.max_trips else []
        return Tour(type_idx, done)

    def _next_trip(self, type_idx: int, done: list[list[int]], waiting: np.ndarray) -> list[int]:
        """The start of one more trip of the same van, or nothing when no waiting stop fits any more."""
        worth = self.required | (self.prize > self.arcs[type_idx].alone)
        dearest = np.argsort(-self.alone, kind="stable")
        for idx in dearest[(waiting & worth)[dearest]][:MAX_TRIES].tolist():
            if tour_cost(self.integers, type_idx, [*done, [idx]]) is not None:
                self._take(waiting, [idx], gone=False)
                return [idx]
        return []

    def _fill_trip(self, type_idx: int, done: list[list[int]], trip: list[int], waiting: np.ndarray) -> list[int]:
        """Insert waiting stops while one fits; `waiting` is updated in place."""
        blocked = np.zeros_like(waiting)
        while True:
            added, place = self._insertions(type_idx, done, trip, waiting & ~blocked)
            if not self._insert_one(type_idx, done, trip, (added, place), (waiting, blocked)):
                return trip

    def _insert_one(
        self,
        type_idx: int,
        done: list[list[int]],
        trip: list[int],
        insertions: tuple[np.ndarray, np.ndarray],
        masks: tuple[np.ndarray, np.ndarray],
    ) -> bool:
        """Insert the stop that saves most among those that fit, in place; False when none of the first few does."""
        (added, place), (waiting, blocked) = insertions, masks
        possible = np.flatnonzero(added < _TOO_DEAR)
        saving = self.alone[possible] - added[possible]
        if self.integers.together:  # company first, while there is room for it
            aboard = self.group[[*trip, *(other for before in done for other in before)]]
            saving[np.isin(self.group[possible], aboard[aboard >= 0])] += _TOO_DEAR
        for idx in possible[np.argsort(-saving, kind="stable")[:MAX_TRIES]].tolist():
            longer = [*trip[:place[idx]], idx, *trip[place[idx]:]]
            if tour_cost(self.integers, type_idx, [*done, longer]) is not None:
                trip[:] = longer
                self._take(waiting, [idx], gone=False)
                return True
            blocked[idx] = True
        return False

    def _insertions(
        self, type_idx: int, done: list[list[int]], trip: list[int], among: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Per stop: least added cost in this trip (`_TOO_DEAR` where it cannot or should not go) and its place."""
        kind, arcs = self.integers.types[type_idx], self.arcs[type_idx]
        start, end = [-1, *trip], [*trip, -1]
        detour = arcs.cost[start, :-1] + arcs.cost_to[end, :-1] - arcs.cost[start, end][:, None]
        if kind.linehaul_first:
            detour = np.where(self._in_order(trip), detour, _TOO_DEAR)
        place = detour.argmin(axis=0)
        added = np.take_along_axis(detour, place[None, :], axis=0)[0]
        room = np.array(self.integers.rooms(kind)) - self.integers.demands[trip].sum(axis=0)
        busy_s = self._busy_s(kind, arcs, [*done, trip])
        before, after, here = np.array(start)[place], np.array(end)[place], np.arange(len(place))
        extra_s = arcs.seconds[before, here] + arcs.seconds[here, after] - arcs.seconds[before, after]
        possible = (
            among
            & (self.integers.demands <= room).all(axis=1)
            & (busy_s + extra_s + self.service_s <= kind.working_s)
            & (self.required | (added + self.service_s * kind.per_s < self.prize))
        )
        return np.where(possible, added, _TOO_DEAR), place

    def _in_order(self, trip: list[int]) -> np.ndarray:
        """Where each stop may go so that no delivery comes after a pickup: (places, stops) of bool."""
        place = np.arange(len(trip) + 1)[:, None]
        last_gets = max((at + 1 for at, idx in enumerate(trip) if self.gets[idx]), default=0)
        first_gives = next((at for at, idx in enumerate(trip) if self.gives[idx]), len(trip))
        return np.asarray((~self.gives | (place >= last_gets)) & (~self.gets | (place <= first_gives)))

    def _busy_s(self, kind: IntegerType, arcs: _Arcs, trips: list[list[int]]) -> int:
        """Driving, service and unloading without any wait: the tour cannot be shorter. 0 where that is not known."""
        if kind.max_trips > 1 and (kind.starts_elsewhere or kind.ends_elsewhere):
            return 0
        unload_s = 0 if kind.ends_elsewhere else kind.unload_s
        drive_s = sum(int(arcs.seconds[[-1, *trip], [*trip, -1]].sum()) for trip in trips)
        return drive_s + sum(int(self.service_s[trip].sum()) + unload_s for trip in trips)


def _arcs(integers: IntegerProblem, kind: IntegerType) -> _Arcs:
    start, end = (np.append(integers.stop_places, idx) for idx in (kind.start_place_idx, kind.end_place_idx))
    seconds = integers.duration[np.ix_(start, end)]
    cost = kind.per_m * integers.distance[np.ix_(start, end)] + kind.per_s * seconds
    return _Arcs(cost, np.ascontiguousarray(cost.T), seconds)
