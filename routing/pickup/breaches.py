"""Which limits a plan breaks, each as a `Breach`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from routing.pickup.integers import MILLI, Choice, IntegerProblem, IntegerType
from routing.pickup.problem import LOAD_UNITS
from routing.pickup.rests import back_for, before_leaving_s
from routing.pickup.scheduled import Breach, Route, ScheduledRoute, ScheduledStop, ScheduledTrip


def route_breaches(
    integers: IntegerProblem, route: ScheduledRoute, idle: Sequence[tuple[int, int]]
) -> Iterator[Breach]:
    """What one van breaks; `idle` are its periods (start_s, end_s) without driving or work."""
    kind = integers.types[integers.type_idx[route.vehicle_type_id]]
    where = f"van {route.vehicle_type_id!r} no. {route.vehicle_no}"
    yield from _night(kind, route, where)
    for trip in route.trips:
        visits = [visit for visit in route.stops if visit.trip_no == trip.trip_no]
        yield from _loads(kind, trip, visits, f"{where} trip {trip.trip_no}")
        yield from _times_at_hub(integers, kind, route, trip, f"{where} trip {trip.trip_no}")
        if kind.linehaul_first:
            yield from _linehaul(integers, visits, f"{where} trip {trip.trip_no}")
    yield from _breaks(kind, route, idle, where)
    yield from _clock_breaks(kind, route, where)
    for visit in route.stops:
        yield from _visit(integers, kind, visit, f"{where} at stop {visit.stop_id!r}")


def _night(kind: IntegerType, route: ScheduledRoute, where: str) -> Iterator[Breach]:
    if route.returns_s > kind.latest_s:
        yield Breach("shift", where, route.returns_s, kind.latest_s, "s after midnight")
    if route.duration_s > kind.longest_s:
        yield Breach("max_duration", where, route.duration_s, kind.longest_s, "s")
    if route.distance_m > kind.max_distance_m:
        yield Breach("max_distance", where, route.distance_m, kind.max_distance_m, "m")
    if len(route.trips) > kind.max_trips:
        yield Breach("max_trips", where, len(route.trips), kind.max_trips, "trips")


def _loads(kind: IntegerType, trip: ScheduledTrip, visits: list[ScheduledStop], where: str) -> Iterator[Breach]:
    """The most that is ever aboard, from leaving with all deliveries to coming back with all pickups."""
    aboard = [trip.load_out, *(visit.load_after for visit in visits)]
    for unit, found, limit in zip(LOAD_UNITS, map(max, zip(*aboard, strict=True)), kind.capacity, strict=True):
        if round(found * MILLI) > limit:
            yield Breach("capacity", where, found, limit / MILLI, unit)


def _times_at_hub(
    integers: IntegerProblem, kind: IntegerType, route: ScheduledRoute, trip: ScheduledTrip, where: str
) -> Iterator[Breach]:
    """Unloading while the hub is closed, where the shift does not say it already."""
    depot = integers.source.depots[kind.hub_idx]
    last = trip.trip_no == len(route.trips)
    begins_s = trip.unloaded_s - kind.unload_s
    if last and kind.ends_elsewhere:
        return
    if begins_s < depot.opens_s:
        yield Breach("hub_hours", where, begins_s, depot.opens_s, "s after midnight")
    elif trip.unloaded_s > depot.closes_s and kind.ends_elsewhere:
        yield Breach("hub_hours", where, trip.unloaded_s, depot.closes_s, "s after midnight")


def _linehaul(integers: IntegerProblem, visits: list[ScheduledStop], where: str) -> Iterator[Breach]:
    stops = [integers.stops[integers.stop_idx[visit.stop_id]] for visit in visits]
    gets, gives = [any(stop.delivery) for stop in stops], [any(stop.load) for stop in stops]
    first_pickup = gives.index(True) if True in gives else len(stops)
    if late := sum(gets[first_pickup + 1:]):
        yield Breach("linehaul_first", where, late, 0, "deliveries after a pickup")
    if True in gives and True not in gets:
        yield Breach("linehaul_first", where, 0, 1, "deliveries on a trip with pickups")


def _breaks(
    kind: IntegerType, route: ScheduledRoute, idle: Sequence[tuple[int, int]], where: str
) -> Iterator[Breach]:
    for rule in kind.breaks:
        rests = [(start_s, end_s) for start_s, end_s in idle if end_s - start_s >= rule.duration_s]
        begins, ends = [route.departs_s, *(end_s for _, end_s in rests)], [*(start_s for start_s, _ in rests)]
        longest_s = max(end - begin for begin, end in zip(begins, [*ends, route.returns_s], strict=True))
        if longest_s > rule.within_s:
            unit = f"s under way without a break of {rule.duration_s} s"
            yield Breach("break", where, longest_s, rule.within_s, unit)


def _clock_breaks(kind: IntegerType, route: ScheduledRoute, where: str) -> Iterator[Breach]:
    """Breaks at clock times that are neither taken nor possible before the route or after it."""
    taken = {rest.clock_break for rest in route.breaks}
    for at, rule in enumerate(kind.clock_breaks):
        before = before_leaving_s(rule, earliest_s=kind.earliest_s) <= route.departs_s
        after = route.returns_s <= back_for(rule, latest_s=kind.latest_s)
        if at not in taken and not before and not after:
            windows = ", ".join(f"{opens_s} to {closes_s}" for opens_s, closes_s in rule.windows)
            unit = f"breaks of {rule.duration_s} s begun from {windows} s after midnight"
            yield Breach("clock_break", where, 0, 1, unit)


def _visit(integers: IntegerProblem, kind: IntegerType, visit: ScheduledStop, where: str) -> Iterator[Breach]:
    stop = integers.stops[integers.stop_idx[visit.stop_id]]
    last_s = max(closes_s for _, closes_s in stop.windows)
    if visit.start_s > last_s:
        yield Breach("window", where, visit.start_s, last_s, "s after midnight")
    if not kind.of_its_hub(stop):
        yield Breach("hub", where, 1, 0, "visits by another hub")
    elif not kind.may_serve(stop):
        yield Breach("vehicle_type", where, 1, 0, "visits by a type that is not allowed")


def plan_breaches(
    integers: IntegerProblem, routes: Sequence[Route], served: Counter[str], missing: Sequence[Choice]
) -> Iterator[Breach]:
    """What the vans break together; `served` counts the visits per stop, `missing` are required and not visited."""
    names = [stop.stop_id for stop in integers.source.stops]
    for stop_id, times in served.items():
        if times > 1:
            yield Breach("served_once", f"stop {stop_id!r}", times, 1, "visits")
    for choice in missing:
        yield Breach("required", _any_of([names[idx] for idx in choice.members]), 0, 1, "visits")
    yield from _alternatives(integers, served)
    yield from _same_van(integers, routes)
    for (type_id, vehicle_no), times in Counter((route.vehicle_type_id, route.vehicle_no) for route in routes).items():
        count = integers.types[integers.type_idx[type_id]].count
        if times > 1:
            yield Breach("one_route_per_van", f"van {type_id!r} no. {vehicle_no}", times, 1, "routes")
        if not 1 <= vehicle_no <= count:
            yield Breach("fleet", f"van {type_id!r} no. {vehicle_no}", vehicle_no, count, "vans")


def _alternatives(integers: IntegerProblem, served: Counter[str]) -> Iterator[Breach]:
    for choice in integers.choices:
        visited = [
            stop_id for idx in choice.members if served[stop_id := integers.source.stops[idx].stop_id]
        ] if len(choice.members) > 1 else []
        if len(visited) > 1:
            group = integers.source.stops[choice.members[0]].alternative_of
            yield Breach("alternatives", f"alternatives of {group!r}", len(visited), 1, "stops visited")


def _same_van(integers: IntegerProblem, routes: Sequence[Route]) -> Iterator[Breach]:
    vans: dict[str, set[tuple[str, int]]] = {}
    for route in routes:
        for stop_id in route.stop_ids if integers.together else ():
            group = integers.source.stops[integers.stop_idx[stop_id]].same_van
            if group is not None:
                vans.setdefault(group, set()).add((route.vehicle_type_id, route.vehicle_no))
    for group, found in vans.items():
        if len(found) > 1:
            yield Breach("same_van", f"group {group!r}", len(found), 1, "vans")


def _any_of(stop_ids: list[str]) -> str:
    return f"stop {stop_ids[0]!r}" if len(stop_ids) == 1 else f"one of the stops {', '.join(map(repr, stop_ids))}"
