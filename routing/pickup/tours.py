"""Tours being built: one van and its trips as stop positions, with the cost of driving them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from routing.pickup.integers import IntegerProblem
from routing.pickup.schedule import Route, best_piece, trip_legs


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
    """Cost of one van driving the trips, in micro-euro; None when that breaks a limit. Empty trips do not count."""
    kind = integers.types[type_idx]
    trips = [trip for trip in trips if trip]
    if not trips:
        return 0
    if len(trips) > kind.max_trips or not all(_can_carry(integers, type_idx, trip) for trip in trips):
        return None
    distance_m = sum(sum(trip_legs(integers, kind, trip)[0]) for trip in trips)
    if distance_m > kind.max_distance_m:
        return None
    piece = best_piece(integers, kind, trips)
    if piece is None or piece.span_s > kind.max_duration_s:
        return None
    return kind.fixed + kind.per_m * distance_m + kind.per_s * piece.span_s


def _can_carry(integers: IntegerProblem, type_idx: int, trip: Sequence[int]) -> bool:
    kind = integers.types[type_idx]
    loads = (integers.stops[idx].load for idx in trip)
    return all(kind.may_serve(integers.stops[idx]) for idx in trip) and all(
        sum(amounts) <= limit for amounts, limit in zip(zip(*loads, strict=True), kind.capacity, strict=True)
    )


def to_routes(integers: IntegerProblem, tours: Iterable[Tour]) -> tuple[Route, ...]:
    """Number the vans of each type from 1 and name the stops; empty tours and trips are left out."""
    used = [0] * len(integers.types)
    routes = []
    for tour in tours:
        trips = tuple(tuple(integers.source.stops[idx].stop_id for idx in trip) for trip in tour.trips if trip)
        if trips:
            used[tour.type_idx] += 1
            type_id = integers.source.vehicle_types[tour.type_idx].vehicle_type_id
            routes.append(Route(type_id, used[tour.type_idx], trips))
    return tuple(routes)


def from_routes(integers: IntegerProblem, routes: Iterable[Route]) -> list[Tour]:
    """Tours of the given routes; unknown ids raise `KeyError`."""
    return [
        Tour(
            integers.type_idx[route.vehicle_type_id],
            [[integers.stop_idx[stop_id] for stop_id in trip] for trip in route.trips],
        )
        for route in routes
    ]
