"""Drive one van's route: when to leave, where to rest, every time and load on the way.

A van leaves at the earliest moment at which its paid time (leaving to the end of its last unloading, waiting and
breaks included) is as short as its order of stops allows; leaving later could only finish later, leaving earlier
would pay for waiting. Breaks are those of `routing.pickup.rests`: as few and as late as that paid time allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from routing.pickup.integers import MILLI, IntegerProblem, IntegerType
from routing.pickup.path import Step, Trips, leave_from_s, steps_of, trip_legs
from routing.pickup.problem import Break
from routing.pickup.rests import Rest, RestedPath, best_rested
from routing.pickup.scheduled import Route, ScheduledBreak, ScheduledRoute, ScheduledStop, ScheduledTrip
from routing.pickup.timing import Pieces, end_by, extend, leave_between, shortest


def best_path(
    integers: IntegerProblem, kind: IntegerType, trips: Trips, seconds: list[list[int]], *, latest_s: int | None = None
) -> RestedPath | None:
    """When the van should leave, how long it is paid, where it rests; None when windows, shift or breaks forbid it.

    `trips` holds stop positions, none of them empty; `seconds` are those of `trip_legs`. The limit on paid time is
    not looked at. `latest_s` replaces the end of the shift.
    """
    ends_s = kind.latest_s if latest_s is None else latest_s
    leave = leave_between(leave_from_s(integers, kind, trips), ends_s)
    steps = steps_of(integers, kind, trips, seconds)
    pieces: Pieces = leave
    for step in steps:
        pieces = extend(pieces, travel_s=step.travel_s, service_s=step.service_s, windows=step.windows)
    best = shortest(end_by(pieces, latest_s=ends_s))
    rested = not kind.clock_breaks and (best is None or all(best.span_s <= rule.within_s for rule in kind.breaks))
    if best is None or rested:
        return None if best is None else RestedPath(best, ())
    return best_rested(
        leave, steps, kind.breaks, latest_s=ends_s, clock_breaks=kind.clock_breaks, earliest_s=kind.earliest_s
    )


def drive(integers: IntegerProblem, route: Route) -> tuple[ScheduledRoute, list[tuple[int, int]]]:
    """The route as it is driven, and the periods (start_s, end_s) without work: waits and breaks, joined.

    Where no departure keeps every limit the van leaves as early as it may, is served late where it comes late, and
    rests when it would otherwise be under way too long.
    """
    kind = integers.types[integers.type_idx[route.vehicle_type_id]]
    trips = [[integers.stop_idx[stop_id] for stop_id in trip] for trip in route.trips if trip]
    metres, seconds = trip_legs(integers, kind, trips)
    steps = steps_of(integers, kind, trips, seconds)
    path = best_path(integers, kind, trips, seconds)
    departs_s = leave_from_s(integers, kind, trips) if path is None else path.piece.early_s
    rests = _rests_in_need(steps, kind.breaks, departs_s) if path is None else path.rests
    clock = _Clock.run(steps, rests, departs_s)
    return _scheduled(integers, kind, route, trips, (metres, seconds), clock), clock.idle()


@dataclass
class _Clock:
    """The times of each step: arrival, start and end of its work, when the van goes on, and the rests taken there."""

    departs_s: int
    arrival_s: list[int] = field(default_factory=list)
    start_s: list[int] = field(default_factory=list)
    done_s: list[int] = field(default_factory=list)
    leave_s: list[int] = field(default_factory=list)
    rests: list[tuple[Rest, int, int]] = field(default_factory=list)  # with start and end

    @classmethod
    def run(cls, steps: Sequence[Step], rests: Sequence[Rest], departs_s: int) -> _Clock:
        """Drive the steps from the given departure, resting where told."""
        clock, now_s = cls(departs_s), departs_s
        at = {(rest.step, rest.before_work): rest for rest in rests}
        for number, step in enumerate(steps):
            clock.arrival_s.append(now_s + step.travel_s)
            now_s = clock._rest(at.get((number, True)), now_s + step.travel_s)
            clock.start_s.append(service_start(step.windows, now_s))
            clock.done_s.append(clock.start_s[-1] + step.service_s)
            now_s = clock._rest(at.get((number, False)), clock.done_s[-1])
            clock.leave_s.append(now_s)
        return clock

    def _rest(self, rest: Rest | None, now_s: int) -> int:
        if rest is None:
            return now_s
        begins_s = service_start(rest.windows, now_s)
        end_s = max(begins_s + rest.duration_s, rest.end_s)
        self.rests.append((rest, begins_s, end_s))
        return end_s

    def idle(self) -> list[tuple[int, int]]:
        """Periods without driving or work, in order; those that touch are joined."""
        joined: list[tuple[int, int]] = []
        for arrival_s, start_s, done_s, leave_s in zip(
            self.arrival_s, self.start_s, self.done_s, self.leave_s, strict=True
        ):
            for begin_s, end_s in ((arrival_s, start_s), (done_s, leave_s)):
                if joined and joined[-1][1] == begin_s:
                    joined[-1] = joined[-1][0], end_s
                elif end_s > begin_s:
                    joined.append((begin_s, end_s))
        return joined


def service_start(windows: Sequence[tuple[int, int]], arrival_s: int) -> int:
    """When service begins: in the first window that is still to be met, at once where there is none."""
    return next((max(arrival_s, opens_s) for opens_s, closes_s in windows if arrival_s <= closes_s), arrival_s)


def _rests_in_need(steps: Sequence[Step], breaks: Sequence[Break], departs_s: int) -> list[Rest]:
    """Rests taken only when the next leg or work would make a stretch too long; a plan that is late all the same."""
    rests: list[Rest] = []
    since_s, now_s = [departs_s] * len(breaks), departs_s
    for number, step in enumerate(steps):
        for before_work, work_s in ((False, step.travel_s), (True, step.service_s)):
            due = [
                rule.duration_s
                for rule, last_s in zip(breaks, since_s, strict=True)
                if now_s + work_s - last_s > rule.within_s and now_s > last_s
            ]
            where = number if before_work else number - 1
            if due and where >= 0:
                now_s += max(due)
                rests.append(Rest(where, before_work, max(due), 0))
                since_s = [
                    now_s if rule.duration_s <= max(due) else last_s
                    for rule, last_s in zip(breaks, since_s, strict=True)
                ]
            now_s = (service_start(step.windows, now_s) if before_work else now_s) + work_s
    return rests


def _scheduled(
    integers: IntegerProblem,
    kind: IntegerType,
    route: Route,
    trips: list[list[int]],
    legs: tuple[list[list[int]], list[list[int]]],
    clock: _Clock,
) -> ScheduledRoute:
    visits: list[ScheduledStop] = []
    done: list[ScheduledTrip] = []
    step = 0
    for trip_no, (trip, metres, seconds) in enumerate(zip(trips, *legs, strict=True), start=1):
        left_s = clock.departs_s if trip_no == 1 else clock.leave_s[step]
        step += trip_no > 1
        visits += _visits(integers, trip, (trip_no, step), (metres, seconds), clock)
        step += len(trip)
        out, home = _sums(integers.deliveries[trip]), _sums(integers.loads[trip])
        done.append(ScheduledTrip(
            trip_no, left_s, clock.arrival_s[step], clock.done_s[step], home, metres[-1], seconds[-1], out
        ))
        step += 1
    distance_m, returns_s = sum(map(sum, legs[0])), clock.done_s[-1]
    time_micro, overtime_micro = kind.paid(returns_s - clock.departs_s)
    return ScheduledRoute(
        vehicle_type_id=route.vehicle_type_id,
        vehicle_no=route.vehicle_no,
        trips=tuple(done),
        stops=tuple(visits),
        departs_s=clock.departs_s,
        returns_s=returns_s,
        distance_m=distance_m,
        duration_s=returns_s - clock.departs_s,
        fixed_micro=kind.fixed,
        distance_micro=distance_m * kind.per_m,
        time_micro=time_micro,
        breaks=tuple(_breaks(integers, kind, trips, clock)),
        overtime_s=max(0, returns_s - clock.departs_s - kind.max_duration_s),
        overtime_micro=overtime_micro,
    )


def _visits(
    integers: IntegerProblem,
    trip: list[int],
    numbers: tuple[int, int],
    legs: tuple[list[int], list[int]],
    clock: _Clock,
) -> Iterator[ScheduledStop]:
    """The visits of one trip; `numbers` are the trip's number and the step of its first stop."""
    trip_no, first = numbers
    load = [sum(amounts) for amounts in zip(*(integers.stops[idx].delivery for idx in trip), strict=True)]
    rested = {rest.step: end_s - start_s for rest, start_s, end_s in clock.rests if rest.before_work}
    for step, (idx, leg_m, leg_s) in enumerate(zip(trip, *legs, strict=False), start=first):
        stop = integers.stops[idx]
        load = [
            aboard - given + taken for aboard, given, taken in zip(load, stop.delivery, stop.load, strict=True)
        ]
        arrival_s, start_s = clock.arrival_s[step], clock.start_s[step]
        yield ScheduledStop(
            stop_id=integers.source.stops[idx].stop_id,
            trip_no=trip_no,
            arrival_s=arrival_s,
            start_s=start_s,
            departure_s=clock.leave_s[step],
            wait_s=start_s - arrival_s - rested.get(step, 0),
            load_after=tuple(amount / MILLI for amount in load),
            leg_distance_m=leg_m,
            leg_duration_s=leg_s,
        )


def _sums(amounts: np.ndarray) -> tuple[float, ...]:
    return tuple(amount / MILLI for amount in amounts.sum(axis=0).tolist())


def _breaks(
    integers: IntegerProblem, kind: IntegerType, trips: list[list[int]], clock: _Clock
) -> Iterator[ScheduledBreak]:
    """The rests with their places; one at the hub between trips belongs to the trip it follows."""
    if not clock.rests:
        return
    where: list[tuple[int, int]] = []
    for trip_no, trip in enumerate(trips, start=1):
        if trip_no > 1:
            where.append((kind.place_idx, trip_no - 1))
        where += [(integers.stops[idx].place_idx, trip_no) for idx in trip]
        where.append((kind.place_idx if trip_no < len(trips) else kind.end_place_idx, trip_no))
    for rest, start_s, end_s in clock.rests:
        place_idx, trip_no = where[rest.step]
        yield ScheduledBreak(start_s, end_s, integers.source.places.ids[place_idx], trip_no, rest.clock_break)
