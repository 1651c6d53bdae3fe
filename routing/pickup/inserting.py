"""Where a stop could be put into a finished plan: every gap with its detour, and what a van then really does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from routing.pickup.integers import IntegerProblem, IntegerType, to_eur, to_integers
from routing.pickup.overrides import Van
from routing.pickup.problem import NO_WISHES, PickupProblem, VehicleType, Wishes
from routing.pickup.schedule import Route, Schedule, evaluate

OF_THE_PLAN = ("required", "alternatives", "same_van", "fleet")  # rules that one van alone says nothing about


class Gap(NamedTuple):
    """A leg of a van, between two places: on a trip before its stop `before`, or as a trip of its own (`alone`)."""

    van: Van
    type_idx: int
    trip: int
    before: int
    start: int
    end: int
    alone: bool


@dataclass(frozen=True)
class Insertion:
    """A van's route with one stop more, and what the evaluator says of it; `added_eur` counts what this van costs."""

    van: Van
    problem: PickupProblem
    route: Route
    schedule: Schedule
    added_eur: float

    @property
    def broken(self) -> tuple[str, ...]:
        """The rules the van breaks, each once."""
        return tuple(dict.fromkeys(b.rule for b in self.schedule.breaches if b.rule not in OF_THE_PLAN))

    def under(self, problem: PickupProblem) -> Insertion:
        """The same route where other limits hold."""
        return replace(self, problem=problem, schedule=evaluate(problem, [self.route]))


class Gaps:
    """All gaps of a plan, as arrays, so that the detours to one stop take a few operations on all of them."""

    def __init__(self, integers: IntegerProblem, routes: Sequence[Route], *, vans_enough: bool = False) -> None:
        """Look at the routes, and at one unused van of each type; `vans_enough`: also where all are in use."""
        self.integers = integers
        wishes = Wishes(compactness_per_km_eur=integers.source.wishes.compactness_per_km_eur)
        self.problem = replace(
            integers.source, distance_m=integers.distance, duration_s=integers.duration,
            wishes=wishes if wishes.compactness_per_km_eur else NO_WISHES,
        )  # fmt: skip
        self.routes = {Van(r.vehicle_type_id, r.vehicle_no): r for r in routes if r.stop_ids}
        self.gaps = [*self._driven(), *self._unused(vans_enough)]
        self._costs: dict[Van, int] = {}
        kinds = [integers.types[gap.type_idx] for gap in self.gaps]
        self._start = np.array([gap.start for gap in self.gaps], dtype=np.int64)
        self._end = np.array([gap.end for gap in self.gaps], dtype=np.int64)
        self._type = np.array([gap.type_idx for gap in self.gaps], dtype=np.int64)
        self._per_m = np.array([kind.per_m for kind in kinds], dtype=float)
        self._per_s = np.array([kind.per_s for kind in kinds], dtype=float)
        self._fixed = np.array(
            [0 if gap.van in self.routes else kind.fixed for gap, kind in zip(self.gaps, kinds, strict=True)], float
        )
        self._home = {stop: van for van, route in self.routes.items() for stop in route.stop_ids}

    def cheapest(self, stop_idx: int) -> list[Gap]:
        """The gaps on vans that may serve the stop, the least detour first, by rates of the van."""
        stop, here = self.integers.stops[stop_idx], self.integers.stops[stop_idx].place_idx
        allowed = np.array([kind.may_serve(stop) for kind in self.integers.types], dtype=bool)
        open_ = allowed[self._type] if len(self.gaps) else np.zeros(0, dtype=bool)
        if (company := self._company(stop_idx)) is not None:
            open_ &= np.array([gap.van == company for gap in self.gaps], dtype=bool)
        chosen = np.flatnonzero(open_)
        start, end = self._start[chosen], self._end[chosen]
        metres, seconds = (
            matrix[start, here] + matrix[here, end] - matrix[start, end]
            for matrix in (self.integers.distance, self.integers.duration)
        )
        micro = self._per_m[chosen] * metres + self._per_s[chosen] * seconds + self._fixed[chosen]
        return [self.gaps[position] for position in chosen[np.argsort(micro, kind="stable")].tolist()]

    def insertion(self, stop_idx: int, gap: Gap) -> Insertion:
        """What the van does with the stop in that gap."""
        stop_id = self.problem.stops[stop_idx].stop_id
        before = self.routes.get(gap.van, Route(*gap.van, ()))
        trips = [list(trip) for trip in before.trips]
        if gap.alone:
            trips.insert(gap.trip, [stop_id])
        else:
            trips[gap.trip].insert(gap.before, stop_id)
        route = Route(gap.van.vehicle_type_id, 1, tuple(map(tuple, trips)))
        problem = self._one_van(gap.type_idx, route)
        schedule = evaluate(problem, [route])
        added_micro = _of_van(schedule) - self._cost(gap.van, gap.type_idx)
        return Insertion(gap.van, problem, route, schedule, to_eur(added_micro))

    def _cost(self, van: Van, type_idx: int) -> int:
        if van not in self._costs:
            route = replace(self.routes[van], vehicle_no=1) if van in self.routes else None
            schedule = None if route is None else evaluate(self._one_van(type_idx, route), [route])
            self._costs[van] = 0 if schedule is None else _of_van(schedule)
        return self._costs[van]

    def _one_van(self, type_idx: int, route: Route) -> PickupProblem:
        """The problem of one van and its stops."""
        stops = tuple(self.problem.stops[self.integers.stop_idx[stop]] for stop in route.stop_ids)
        kind: VehicleType = replace(self.problem.vehicle_types[type_idx], count=1)
        stops = tuple(replace(stop, vehicle_type_ids=None) for stop in stops)
        return replace(self.problem, stops=stops, vehicle_types=(kind,))

    def _company(self, stop_idx: int) -> Van | None:
        """The van on which the group of the stop rides; None where it has none, or none is under way."""
        group = self.integers.stops[stop_idx].same_van
        members = () if group is None else self.integers.together[group]
        found = (self._home.get(self.problem.stops[idx].stop_id) for idx in members)
        return next((van for van in found if van is not None), None)

    def _driven(self) -> Iterator[Gap]:
        for van, route in self.routes.items():
            kind = self.integers.types[self.integers.type_idx[van.vehicle_type_id]]
            for trip_no, trip in enumerate(route.trips):
                path = self._path(kind, trip, first=trip_no == 0, last=trip_no == len(route.trips) - 1)
                for before, (start, end) in enumerate(zip(path, path[1:], strict=False)):
                    yield Gap(van, kind.type_idx, trip_no, before, start, end, False)
            if len(route.trips) < kind.max_trips:
                for trip_no in range(len(route.trips) + 1):
                    yield Gap(van, kind.type_idx, trip_no, 0, kind.place_idx, kind.place_idx, True)

    def _path(self, kind: IntegerType, trip: Sequence[str], *, first: bool, last: bool) -> list[int]:
        stops = [self.integers.stops[self.integers.stop_idx[stop]].place_idx for stop in trip]
        start = kind.start_place_idx if first else kind.place_idx
        return [start, *stops, kind.end_place_idx if last else kind.place_idx]

    def _unused(self, vans_enough: bool) -> Iterator[Gap]:
        for kind, asked in zip(self.integers.types, self.problem.vehicle_types, strict=True):
            numbers = range(1, kind.count + (2 if vans_enough and kind.count else 1))
            free = [n for n in numbers if Van(asked.vehicle_type_id, n) not in self.routes]
            if free:
                van = Van(asked.vehicle_type_id, free[0])
                yield Gap(van, kind.type_idx, 0, 0, kind.start_place_idx, kind.end_place_idx, True)


def _of_van(schedule: Schedule) -> int:
    """What one van costs, prizes left out, in micro-euro."""
    return schedule.objective_micro - schedule.parts_micro["prizes"]


def as_integers(problem: PickupProblem | IntegerProblem) -> IntegerProblem:
    """The problem in solver integers."""
    return problem if isinstance(problem, IntegerProblem) else to_integers(problem)
