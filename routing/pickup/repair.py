"""Make a plan keep every limit: take out what breaks one, put required stops back where they fit, drop what costs
more than it is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.pickup.integers import IntegerProblem
from routing.pickup.schedule import Route
from routing.pickup.tours import Tour, from_routes, to_routes, tour_cost

MAX_MISSING = 60  # required stops a plan may lack to be worth repairing
MAX_FAILURES = 25  # required stops that found no room before the rest is not tried any more


def repair(integers: IntegerProblem, routes: Sequence[Route]) -> tuple[Route, ...]:
    """The given routes, changed as little as needed to break no limit.

    Required stops may stay unserved: where no room is found, or all of them where more than `MAX_MISSING` lack.
    """
    tours = _strip(integers, from_routes(integers, routes))
    served = {idx for tour in tours for idx in tour.stops}
    if sum(stop.required and idx not in served for idx, stop in enumerate(integers.stops)) <= MAX_MISSING:
        place_required(integers, tours)
    drop_unprofitable(integers, tours)
    return to_routes(integers, tours)


def _strip(integers: IntegerProblem, tours: list[Tour]) -> list[Tour]:
    """Tours within the fleet, every stop once, every limit kept; stops that break one are taken out."""
    left = [kind.count for kind in integers.types]
    seen: set[int] = set()
    kept = []
    for tour in tours:
        if not left[tour.type_idx]:
            continue
        left[tour.type_idx] -= 1
        fresh = [[idx for idx in dict.fromkeys(trip) if idx not in seen] for trip in tour.trips]
        if tour_cost(integers, tour.type_idx, fresh) is None:
            fresh = _feasible_part(integers, tour.type_idx, fresh)
        seen.update(idx for trip in fresh for idx in trip)
        kept.append(Tour(tour.type_idx, [trip for trip in fresh if trip]))
    return kept


def _feasible_part(integers: IntegerProblem, type_idx: int, trips: list[list[int]]) -> list[list[int]]:
    """As many of the stops as fit, in their order, required ones first."""
    kept: set[int] = set()

    def only(chosen: set[int]) -> list[list[int]]:
        return [[idx for idx in trip if idx in chosen] for trip in trips]

    in_order = [idx for trip in trips for idx in trip]
    for idx in sorted(in_order, key=lambda idx: not integers.stops[idx].required):
        if tour_cost(integers, type_idx, only(kept | {idx})) is not None:
            kept.add(idx)
    return only(kept)


def place_required(integers: IntegerProblem, tours: list[Tour]) -> None:
    """Put unserved required stops where they add least, using free vans and, last, giving up optional stops."""
    served = {idx for tour in tours for idx in tour.stops}
    failures = 0
    for idx, stop in enumerate(integers.stops):
        if stop.required and idx not in served and failures < MAX_FAILURES:
            failures += not (_place(integers, tours, idx) or _make_room(integers, tours, idx))


def _place(integers: IntegerProblem, tours: list[Tour], idx: int) -> bool:
    options = [*_additions(integers, tours, idx), *_new_tours(integers, tours, idx)]
    if not options:
        return False
    _, position, tour = min(options, key=lambda option: option[:2])
    tours[position:position + 1] = [tour]
    return True


def _additions(integers: IntegerProblem, tours: list[Tour], idx: int) -> Iterator[tuple[int, int, Tour]]:
    """Every way to add the stop to a tour: (added cost, position of the tour, tour with the stop)."""
    for position, tour in enumerate(tours):
        if not integers.types[tour.type_idx].may_serve(integers.stops[idx]):
            continue
        before = tour_cost(integers, tour.type_idx, tour.trips) or 0
        for trips in _with_stop(tour.trips, idx):
            after = tour_cost(integers, tour.type_idx, trips)
            if after is not None:
                yield after - before, position, Tour(tour.type_idx, trips)


def _with_stop(trips: list[list[int]], idx: int) -> Iterator[list[list[int]]]:
    for trip_no, trip in enumerate(trips):
        for place in range(len(trip) + 1):
            yield [*trips[:trip_no], [*trip[:place], idx, *trip[place:]], *trips[trip_no + 1:]]
    for trip_no in range(len(trips) + 1):
        yield [*trips[:trip_no], [idx], *trips[trip_no:]]


def _new_tours(integers: IntegerProblem, tours: list[Tour], idx: int) -> Iterator[tuple[int, int, Tour]]:
    for type_idx, kind in enumerate(integers.types):
        used = sum(tour.type_idx == type_idx and bool(tour.stops) for tour in tours)
        if used < kind.count and (cost := tour_cost(integers, type_idx, [[idx]])) is not None:
            yield cost, len(tours), Tour(type_idx, [[idx]])


def _make_room(integers: IntegerProblem, tours: list[Tour], idx: int) -> bool:
    """Serve the stop in place of optional stops of one tour; False where that is not possible."""
    for position, tour in enumerate(tours):
        needed = [[other for other in trip if integers.stops[other].required] for trip in tour.trips]
        bare = Tour(tour.type_idx, [trip for trip in needed if trip])
        if len(bare.stops) == len(tour.stops):
            continue
        options = list(_additions(integers, [bare], idx))
        if options:
            tours[position] = _refill(integers, min(options, key=lambda option: option[0])[2], tour)
            return True
    return False


def _refill(integers: IntegerProblem, tour: Tour, before: Tour) -> Tour:
    """Put back the optional stops of `before` that still fit."""
    for idx in before.stops:
        if idx not in tour.stops and (options := list(_additions(integers, [tour], idx))):
            tour = min(options, key=lambda option: option[0])[2]
    return tour


def drop_unprofitable(integers: IntegerProblem, tours: list[Tour]) -> None:
    """Take out optional stops that cost more than their prize, alone or as a whole tour, in place."""
    for tour in tours:
        cost = tour_cost(integers, tour.type_idx, tour.trips) or 0
        for idx in [idx for idx in tour.stops if not integers.stops[idx].required]:
            shorter = [[other for other in trip if other != idx] for trip in tour.trips]
            without = tour_cost(integers, tour.type_idx, shorter)
            if without is not None and cost - without >= integers.stops[idx].prize:
                tour.trips, cost = [trip for trip in shorter if trip], without
        if _is_optional(integers, tour) and cost >= sum(integers.stops[idx].prize for idx in tour.stops):
            tour.trips = []


def _is_optional(integers: IntegerProblem, tour: Tour) -> bool:
    return not any(integers.stops[idx].required for idx in tour.stops)
