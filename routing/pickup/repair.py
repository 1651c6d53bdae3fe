"""Make a plan keep every limit: take out what breaks one, put required stops back where they fit, drop what costs
more than it is worth."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from routing.pickup.integers import Choice, IntegerProblem, IntegerType
from routing.pickup.path import trip_legs
from routing.pickup.scheduled import Route
from routing.pickup.tours import Tour, from_routes, to_routes, tour_cost

MAX_MISSING = 60  # required stops a plan may lack to be worth repairing
LARGE = 1_000  # stops; above it stops are put back into a few tours nearby only
NEARBY_TOURS, NEARBY_PLACES = 12, 12
MAX_FAILURES = 25  # required stops that found no room before the rest is not tried any more


def repair(integers: IntegerProblem, routes: Sequence[Route]) -> tuple[Route, ...]:
    """The given routes, changed as little as needed to break no limit.

    Required stops may stay unserved: where no room is found, or all of them where more than `MAX_MISSING` lack.
    """
    tours = _strip(integers, from_routes(integers, routes))
    if len(missing_choices(integers, tours)) <= MAX_MISSING:
        place_required(integers, tours)
    drop_unprofitable(integers, tours)
    return to_routes(integers, tours)


def missing_choices(integers: IntegerProblem, tours: Sequence[Tour]) -> list[Choice]:
    """The required choices that no tour meets."""
    met = {integers.stops[idx].choice for tour in tours for idx in tour.stops}
    return [choice for number, choice in enumerate(integers.choices) if choice.required and number not in met]


def _strip(integers: IntegerProblem, tours: list[Tour]) -> list[Tour]:
    """Tours within the fleet, every choice met once, every limit kept; stops that break one are taken out."""
    left = [kind.count for kind in integers.types]
    met: set[int] = set()
    home = _homes(integers, tours)
    kept = []
    for position, tour in enumerate(tours):
        if not left[tour.type_idx]:
            continue
        left[tour.type_idx] -= 1
        fresh = [_first_visits(integers, trip, met, home, position) for trip in tour.trips]
        if tour_cost(integers, tour.type_idx, fresh) is None:
            fresh = _feasible_part(integers, tour.type_idx, fresh)
        met.update(integers.stops[idx].choice for trip in fresh for idx in trip)
        kept.append(Tour(tour.type_idx, [trip for trip in fresh if trip]))
    return kept


def _first_visits(
    integers: IntegerProblem, trip: list[int], met: set[int], home: dict[int, int], position: int
) -> list[int]:
    """The stops of the trip whose choice is not met yet and whose company rides on this tour; notes what it meets."""
    fresh = []
    for idx in trip:
        stop = integers.stops[idx]
        if stop.choice not in met and (stop.same_van is None or home[stop.same_van] == position):
            met.add(stop.choice)
            fresh.append(idx)
    return fresh


def _homes(integers: IntegerProblem, tours: Sequence[Tour]) -> dict[int, int]:
    """For every group that rides together, the position of the tour with most of it."""
    aboard: dict[int, Counter[int]] = {}
    for position, tour in enumerate(tours):
        for idx in tour.stops if integers.together else ():
            group = integers.stops[idx].same_van
            if group is not None:
                aboard.setdefault(group, Counter())[position] += 1
    return {group: found.most_common(1)[0][0] for group, found in aboard.items()}


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
    failures = 0
    for choice in missing_choices(integers, tours):
        if failures < MAX_FAILURES:
            placed = _place(integers, tours, choice.members) or any(
                _make_room(integers, tours, idx) or _gather(integers, tours, idx) for idx in choice.members
            )
            failures += not placed


def _place(integers: IntegerProblem, tours: list[Tour], members: Sequence[int]) -> bool:
    options = [
        option for idx in members for option in (*_additions(integers, tours, idx), *_new_tours(integers, tours, idx))
    ]
    if not options:
        return False
    _, position, tour = min(options, key=lambda option: option[:2])
    tours[position:position + 1] = [tour]
    return True


def _home(integers: IntegerProblem, tours: Sequence[Tour], idx: int) -> int | None:
    """Position of the tour on which the company of the stop rides; None when there is none."""
    company = set(integers.together.get(-1 if (group := integers.stops[idx].same_van) is None else group, ())) - {idx}
    return next((at for at, tour in enumerate(tours) if company & set(tour.stops)), None) if company else None


def _additions(integers: IntegerProblem, tours: list[Tour], idx: int) -> Iterator[tuple[int, int, Tour]]:
    """Ways to add the stop to a tour: (added cost, position of the tour, tour with the stop).

    All of them, or on large nights those into the tours nearby with the shortest detours.
    """
    home = _home(integers, tours, idx)
    large = len(integers.stops) > LARGE
    for position in _nearby(integers, tours, idx) if large else range(len(tours)):
        tour = tours[position]
        if home not in (None, position) or not integers.types[tour.type_idx].may_serve(integers.stops[idx]):
            continue
        before = tour_cost(integers, tour.type_idx, tour.trips) or 0
        longer = _with_stop(tour.trips, idx)
        for trips in _shortest_detours(integers, tour, longer) if large else longer:
            after = tour_cost(integers, tour.type_idx, trips)
            if after is not None:
                yield after - before, position, Tour(tour.type_idx, trips)


def _nearby(integers: IntegerProblem, tours: Sequence[Tour], idx: int) -> list[int]:
    """The tours that serve the stops nearest to this one, and all tours of its company."""
    if len(tours) == 1:
        return [0]
    tour_of = {other: position for position, tour in enumerate(tours) for other in tour.stops}
    ways = integers.duration[integers.stops[idx].place_idx, integers.stop_places]
    near: dict[int, None] = {}
    if (home := _home(integers, tours, idx)) is not None:
        near[home] = None
    for other in np.argsort(ways, kind="stable").tolist():
        if other in tour_of:
            near[tour_of[other]] = None
        if len(near) >= NEARBY_TOURS:
            break
    return list(near)


def _shortest_detours(
    integers: IntegerProblem, tour: Tour, longer: Iterator[list[list[int]]]
) -> list[list[list[int]]]:
    kind = integers.types[tour.type_idx]
    return heapq.nsmallest(
        NEARBY_PLACES, longer, key=lambda trips: sum(map(sum, trip_legs(integers, kind, trips)[0]))
    )


def _with_stop(trips: list[list[int]], idx: int) -> Iterator[list[list[int]]]:
    for trip_no, trip in enumerate(trips):
        for place in range(len(trip) + 1):
            yield [*trips[:trip_no], [*trip[:place], idx, *trip[place:]], *trips[trip_no + 1:]]
    for trip_no in range(len(trips) + 1):
        yield [*trips[:trip_no], [idx], *trips[trip_no:]]


def _new_tours(integers: IntegerProblem, tours: list[Tour], idx: int) -> Iterator[tuple[int, int, Tour]]:
    if _home(integers, tours, idx) is not None:
        return
    for type_idx, kind in enumerate(integers.types):
        used = sum(tour.type_idx == type_idx and bool(tour.stops) for tour in tours)
        if used < kind.count and (cost := tour_cost(integers, type_idx, [[idx]])) is not None:
            yield cost, len(tours), Tour(type_idx, [[idx]])


def _make_room(integers: IntegerProblem, tours: list[Tour], idx: int) -> bool:
    """Serve the stop in place of optional stops of one tour; False where that is not possible."""
    home = _home(integers, tours, idx)
    for position in _nearby(integers, tours, idx) if len(integers.stops) > LARGE else range(len(tours)):
        tour = tours[position]
        if home not in (None, position):
            continue
        needed = [[other for other in trip if integers.stops[other].required] for trip in tour.trips]
        bare = Tour(tour.type_idx, [trip for trip in needed if trip])
        if len(bare.stops) == len(tour.stops):
            continue
        options = list(_additions(integers, [bare], idx))
        if options:
            tours[position] = _refill(integers, min(options, key=lambda option: option[0])[2], tour)
            return True
    return False


def _gather(integers: IntegerProblem, tours: list[Tour], idx: int) -> bool:
    """Move the stop's whole company to one van that has room for all of it, in place; False where none has."""
    group = integers.stops[idx].same_van
    aboard = {other for tour in tours for other in tour.stops}
    company = [] if group is None else [other for other in integers.together[group] if other in aboard]
    if not company:
        return False
    without = [Tour(tour.type_idx, [[s for s in trip if s not in company] for trip in tour.trips]) for tour in tours]
    without = [Tour(tour.type_idx, [trip for trip in tour.trips if trip]) for tour in without]
    if any(tour_cost(integers, tour.type_idx, tour.trips) is None for tour in without):
        return False
    fresh = [Tour(type_idx) for type_idx, kind in enumerate(integers.types) if _free(kind, without, type_idx)]
    options = []
    for position, tour in enumerate([*without, *fresh]):
        full = _with_all(integers, tour, [*company, idx])
        if full is not None:
            before = tour_cost(integers, tour.type_idx, tour.trips) or 0
            options.append(((tour_cost(integers, tour.type_idx, full.trips) or 0) - before, position, full))
    if not options:
        return False
    _, position, full = min(options, key=lambda option: option[:2])
    tours[:] = [*without, *fresh]
    tours[position] = full
    tours[:] = [tour for tour in tours if tour.stops]
    return True


def _free(kind: IntegerType, tours: Sequence[Tour], type_idx: int) -> bool:
    return sum(tour.type_idx == type_idx and bool(tour.stops) for tour in tours) < kind.count


def _with_all(integers: IntegerProblem, tour: Tour, stops: Sequence[int]) -> Tour | None:
    """The tour with all the stops, each where it then adds least; None when one does not fit."""
    for idx in stops:
        options = list(_additions(integers, [tour], idx))
        if not options:
            return None
        tour = min(options, key=lambda option: option[0])[2]
    return tour


def _refill(integers: IntegerProblem, tour: Tour, before: Tour) -> Tour:
    """Put back the optional stops of `before` that still fit and whose choice is not met."""
    for idx in before.stops:
        met = {integers.stops[other].choice for other in tour.stops}
        if integers.stops[idx].choice not in met and (options := list(_additions(integers, [tour], idx))):
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
