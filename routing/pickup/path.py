"""What a van does one after another on its tour, as steps with times: waits for a release, stops, ways home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from routing.pickup.integers import ANY_TIME, UNLIMITED, IntegerProblem, IntegerType

Trips = Sequence[Sequence[int]]
"""Stop positions per trip, no trip empty."""


class Step(NamedTuple):
    """Drive for `travel_s`, then work for `service_s`, beginning inside one of `windows`."""

    travel_s: int
    service_s: int
    windows: Sequence[tuple[int, int]]


def trip_legs(
    integers: IntegerProblem, kind: IntegerType, trips: Trips
) -> tuple[list[list[int]], list[list[int]]]:
    """Metres and seconds of the legs of each trip: from the hub (or the start) through its stops and back (or home)."""
    places = [kind.start_place_idx]
    for trip in trips:
        places += [integers.stops[idx].place_idx for idx in trip]
        places.append(kind.place_idx)
    places[-1] = kind.end_place_idx
    metres, seconds = integers.legs(places)
    ends = [0]
    for trip in trips:
        ends.append(ends[-1] + len(trip) + 1)
    cuts = list(zip(ends, ends[1:], strict=False))
    return [metres[start:end] for start, end in cuts], [seconds[start:end] for start, end in cuts]


def release_s(integers: IntegerProblem, trip: Sequence[int]) -> int:
    """When the trip may leave at the earliest, in view of what it brings."""
    return max(integers.stops[idx].release_s for idx in trip)


def leave_from_s(integers: IntegerProblem, kind: IntegerType, trips: Trips) -> int:
    """When the van may leave for its first trip at the earliest."""
    return max(kind.earliest_s, release_s(integers, trips[0]))


def steps_of(integers: IntegerProblem, kind: IntegerType, trips: Trips, seconds: list[list[int]]) -> list[Step]:
    """The steps of the van; `seconds` are those of `trip_legs`.

    Every trip is its stops and the way home with unloading; a further trip begins with a step of its own at the
    hub, which waits for the release of what it brings.
    """
    steps: list[Step] = []
    for number, (trip, (*out_s, home_s)) in enumerate(zip(trips, seconds, strict=True), start=1):
        if number > 1:
            steps.append(Step(0, 0, ((release_s(integers, trip), UNLIMITED),)))
        for idx, leg_s in zip(trip, out_s, strict=True):
            stop = integers.stops[idx]
            steps.append(Step(leg_s, stop.service_s, stop.windows))
        if number == len(trips) and kind.ends_elsewhere:
            steps.append(Step(home_s, 0, ANY_TIME))
        else:
            steps.append(Step(home_s, kind.unload_s, kind.unload_windows))
    return steps
