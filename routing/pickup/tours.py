"""Tours being built: one van and its trips as stop positions, with the cost of driving them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from routing.pickup.driving import best_path
from routing.pickup.integers import IntegerProblem, IntegerType
from routing.pickup.path import trip_legs
from routing.pickup.scheduled import Route
from routing.pickup.wishes import compactness_micro


@dataclass
class Tour:
    """One van under construction; its number is given when it is turned into a route."""

    type_idx: int
    trips: list[list[int]] = field(default_factory=list)

    @property
    def stops(self) -> list[int]:
        """All stop positions, trips joined."""
        return [idx for trip in self.trips for idx in trip]


def tour_cost(integers: IntegerProblem, type_idx: int, trips: Sequence[Sequence[int]]) -> int | None:
    """Cost of one van driving the trips, in micro-euro; None when that breaks a limit. Empty trips do not count.

    Counts what this van costs whatever the others do: driving, overtime, and how scattered its stops are.
    """
    kind = integers.types[type_idx]
    trips = [trip for trip in trips if trip]
    if not trips:
        return 0
    if len(trips) > kind.max_trips or not all(_can_carry(integers, kind, trip) for trip in trips):
        return None
    metres, seconds = trip_legs(integers, kind, trips)
    distance_m = sum(map(sum, metres))
    if distance_m > kind.max_distance_m:
        return None
    path = best_path(integers, kind, trips, seconds)
    if path is None or path.piece.span_s > kind.longest_s:
        return None
    scattered = compactness_micro(integers, [idx for trip in trips for idx in trip])
    return kind.fixed + kind.per_m * distance_m + sum(kind.paid(path.piece.span_s)) + scattered


def _can_carry(integers: IntegerProblem, kind: IntegerType, trip: Sequence[int]) -> bool:
    stops = [integers.stops[idx] for idx in trip]
    if not all(kind.may_serve(stop) for stop in stops) or (kind.linehaul_first and not _linehaul_first(integers, trip)):
        return False
    if not integers.deliveries.any():
        return all(
            sum(amounts) <= limit
            for amounts, limit in zip(zip(*(stop.load for stop in stops), strict=True), kind.capacity, strict=True)
        )
    aboard = integers.deliveries[trip].sum(axis=0)
    after = aboard + (integers.loads[trip] - integers.deliveries[trip]).cumsum(axis=0)
    return bool((np.vstack([aboard, after]) <= kind.capacity).all())


def _linehaul_first(integers: IntegerProblem, trip: Sequence[int]) -> bool:
    """Whether no delivery comes after a pickup, and pickups come with a delivery."""
    gets = [any(integers.stops[idx].delivery) for idx in trip]
    gives = [any(integers.stops[idx].load) for idx in trip]
    return True not in gives or (True in gets and True not in gets[gives.index(True) + 1:])


def to_routes(integers: IntegerProblem, tours: Iterable[Tour]) -> tuple[Route, ...]:
    """Number the vans of each type from 1 and name the stops; empty tours and trips are left out.

    Where stability has a price, numbers are given so that as many stops as possible keep their earlier van.
    """
    driven = [tour for tour in tours if tour.stops]
    routes: list[Route] = []
    numbers = _numbers(integers, driven)
    for tour, number in zip(driven, numbers, strict=True):
        trips = tuple(tuple(integers.source.stops[idx].stop_id for idx in trip) for trip in tour.trips if trip)
        routes.append(Route(integers.source.vehicle_types[tour.type_idx].vehicle_type_id, number, trips))
    return tuple(routes)


def _numbers(integers: IntegerProblem, tours: Sequence[Tour]) -> list[int]:
    """The van number of each tour."""
    of_type: dict[int, list[int]] = {}
    for at, tour in enumerate(tours):
        of_type.setdefault(tour.type_idx, []).append(at)
    numbers = [0] * len(tours)
    for type_idx, mine in of_type.items():
        count = integers.types[type_idx].count
        order: Sequence[int] = range(1, len(mine) + 1)
        if integers.wishes.stability and len(mine) <= count:
            order = _familiar_numbers(integers, type_idx, [tours[at] for at in mine], count)
        for at, number in zip(mine, order, strict=True):
            numbers[at] = number
    return numbers


def _familiar_numbers(integers: IntegerProblem, type_idx: int, tours: Sequence[Tour], count: int) -> list[int]:
    """Numbers from 1 to `count` for the tours of one type, with the most stops on their earlier van."""
    type_id = integers.source.vehicle_types[type_idx].vehicle_type_id
    kept = np.zeros((len(tours), count), dtype=np.int64)
    for row, tour in enumerate(tours):
        for idx in tour.stops:
            earlier_type, number = integers.wishes.earlier.get(idx, ("", 0))
            if earlier_type == type_id and 1 <= number <= count:
                kept[row, number - 1] += 1
    _, columns = linear_sum_assignment(-kept)
    return [int(column) + 1 for column in columns]


def from_routes(integers: IntegerProblem, routes: Iterable[Route]) -> list[Tour]:
    """Tours of the given routes; unknown ids raise `KeyError`."""
    return [
        Tour(
            integers.type_idx[route.vehicle_type_id],
            [[integers.stop_idx[stop_id] for stop_id in trip] for trip in route.trips],
        )
        for route in routes
    ]
