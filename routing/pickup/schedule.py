"""What a set of routes really does: times, loads, costs and every broken limit, by our own arithmetic.

Nothing here knows an engine. A van leaves at the earliest moment at which its paid time (leaving to the end of
its last unloading, waiting included) is as short as its order of stops allows; leaving later could only finish
later, leaving earlier would pay for waiting. Engines minimise the same sum, so their totals match to the
micro-euro.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.pickup.integers import ANY_TIME, MILLI, IntegerProblem, IntegerType, to_eur, to_integers
from routing.pickup.problem import LOAD_UNITS, PickupProblem
from routing.pickup.timing import Piece, end_by, extend, leave_between, shortest


@dataclass(frozen=True)
class Route:
    """What one van is told: its type, its number among `count` (from 1), and the stops of each trip in order."""

    vehicle_type_id: str
    vehicle_no: int
    trips: tuple[tuple[str, ...], ...]

    @property
    def stop_ids(self) -> tuple[str, ...]:
        """All stops in order, trips joined."""
        return tuple(stop_id for trip in self.trips for stop_id in trip)


@dataclass(frozen=True)
class ScheduledStop:
    """One visit: seconds after midnight, load on board after it per `LOAD_UNITS`, and the leg that led to it."""

    stop_id: str
    trip_no: int
    arrival_s: int
    start_s: int
    departure_s: int
    wait_s: int
    load_after: tuple[float, ...]
    leg_distance_m: int
    leg_duration_s: int


@dataclass(frozen=True)
class ScheduledTrip:
    """One trip: leaves the hub, comes back, is unloaded; the load it brings home per `LOAD_UNITS`."""

    trip_no: int
    departs_s: int
    hub_arrival_s: int
    unloaded_s: int
    load: tuple[float, ...]
    leg_distance_m: int
    leg_duration_s: int


@dataclass(frozen=True)
class ScheduledRoute:
    """One van's night. `duration_s` is its paid time; `cost_micro` = fixed + distance + time, in micro-euro."""

    vehicle_type_id: str
    vehicle_no: int
    trips: tuple[ScheduledTrip, ...]
    stops: tuple[ScheduledStop, ...]
    departs_s: int
    returns_s: int
    distance_m: int
    duration_s: int
    fixed_micro: int
    distance_micro: int
    time_micro: int

    @property
    def cost_micro(self) -> int:
        """All cost of the route in micro-euro."""
        return self.fixed_micro + self.distance_micro + self.time_micro

    @property
    def cost_eur(self) -> float:
        """All cost of the route in euro."""
        return to_eur(self.cost_micro)

    @property
    def parts_eur(self) -> dict[str, float]:
        """Cost by part in euro: fixed, distance, time."""
        return {
            "fixed": to_eur(self.fixed_micro),
            "distance": to_eur(self.distance_micro),
            "time": to_eur(self.time_micro),
        }

    def as_route(self) -> Route:
        """The bare order of stops."""
        return Route(
            self.vehicle_type_id,
            self.vehicle_no,
            tuple(tuple(stop.stop_id for stop in self.stops if stop.trip_no == trip.trip_no) for trip in self.trips),
        )


@dataclass(frozen=True)
class Breach:
    """A limit a route breaks: which rule, where, what was found, what is allowed, in which unit."""

    rule: str
    where: str
    found: float
    limit: float
    unit: str

    def __str__(self) -> str:
        """Say it in one sentence."""
        return f"{self.where} breaks {self.rule}: found {self.found:g} {self.unit}, limit {self.limit:g}."


@dataclass(frozen=True)
class Schedule:
    """Routes with their times and costs, what they leave out, and what they break."""

    routes: tuple[ScheduledRoute, ...]
    unserved: tuple[str, ...]
    missing_required: tuple[str, ...]
    breaches: tuple[Breach, ...]
    objective_micro: int

    @property
    def objective_eur(self) -> float:
        """Cost of the routes plus prizes of the optional stops left out, in euro."""
        return to_eur(self.objective_micro)

    @property
    def feasible(self) -> bool:
        """Whether nothing is broken and every required stop is served."""
        return not self.breaches


def evaluate(problem: PickupProblem | IntegerProblem, routes: Sequence[Route]) -> Schedule:
    """Times, loads, costs and breaches of the given routes; unknown ids raise `KeyError`."""
    integers = problem if isinstance(problem, IntegerProblem) else to_integers(problem)
    routes = [route for route in routes if route.stop_ids]
    evaluated = [_evaluate_route(integers, route) for route in routes]
    served = Counter(stop_id for route in routes for stop_id in route.stop_ids)
    left_out = [idx for stop_id, idx in integers.stop_idx.items() if not served[stop_id]]
    missing = [integers.source.stops[idx].stop_id for idx in left_out if integers.stops[idx].required]
    breaches = [breach for _, found in evaluated for breach in found]
    breaches += _plan_breaches(integers, routes, served, missing)
    return Schedule(
        routes=tuple(route for route, _ in evaluated),
        unserved=tuple(integers.source.stops[idx].stop_id for idx in left_out),
        missing_required=tuple(missing),
        breaches=tuple(breaches),
        objective_micro=sum(route.cost_micro for route, _ in evaluated)
        + sum(integers.stops[idx].prize for idx in left_out),
    )


def best_piece(integers: IntegerProblem, kind: IntegerType, trips: Sequence[Sequence[int]]) -> Piece | None:
    """When the van should leave and how long it is paid (see the module); None when windows or shift forbid it.

    `trips` holds stop positions, none of them empty; the limit on paid time is not looked at.
    """
    pieces = leave_between(kind.earliest_s, kind.latest_s)
    for trip in trips:
        *out_s, home_s = trip_legs(integers, kind, trip)[1]
        for idx, leg_s in zip(trip, out_s, strict=True):
            stop = integers.stops[idx]
            pieces = extend(pieces, travel_s=leg_s, service_s=stop.service_s, windows=stop.windows)
        pieces = extend(pieces, travel_s=home_s, service_s=kind.unload_s, windows=ANY_TIME)
    return shortest(end_by(pieces, latest_s=kind.latest_s))


def trip_legs(
    integers: IntegerProblem, kind: IntegerType, trip: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Metres and seconds of the legs of one trip, from the hub through the stops and back."""
    places = [integers.stops[idx].place_idx for idx in trip]
    return integers.legs([kind.place_idx, *places, kind.place_idx])


def _evaluate_route(integers: IntegerProblem, route: Route) -> tuple[ScheduledRoute, list[Breach]]:
    kind = integers.types[integers.type_idx[route.vehicle_type_id]]
    trips = [[integers.stop_idx[stop_id] for stop_id in trip] for trip in route.trips if trip]
    piece = best_piece(integers, kind, trips)
    scheduled = _drive(integers, kind, route, trips, kind.earliest_s if piece is None else piece.early_s)
    where = f"van {route.vehicle_type_id!r} no. {route.vehicle_no}"
    breaches = [*_limit_breaches(kind, scheduled, where), *_stop_breaches(integers, kind, scheduled, where)]
    return scheduled, breaches


def _drive(
    integers: IntegerProblem, kind: IntegerType, route: Route, trips: list[list[int]], departs_s: int
) -> ScheduledRoute:
    """Drive the route from the given departure; late arrivals are served late."""
    now_s, stops, done = departs_s, [], []
    for trip_no, trip in enumerate(trips, start=1):
        visits, home = _drive_trip(integers, kind, trip_no, trip, now_s)
        stops += visits
        done.append(home)
        now_s = home.unloaded_s
    distance_m = sum(stop.leg_distance_m for stop in stops) + sum(trip.leg_distance_m for trip in done)
    return ScheduledRoute(
        vehicle_type_id=route.vehicle_type_id,
        vehicle_no=route.vehicle_no,
        trips=tuple(done),
        stops=tuple(stops),
        departs_s=departs_s,
        returns_s=now_s,
        distance_m=distance_m,
        duration_s=now_s - departs_s,
        fixed_micro=kind.fixed,
        distance_micro=distance_m * kind.per_m,
        time_micro=(now_s - departs_s) * kind.per_s,
    )


def _drive_trip(
    integers: IntegerProblem, kind: IntegerType, trip_no: int, trip: list[int], left_s: int
) -> tuple[list[ScheduledStop], ScheduledTrip]:
    now_s, load, visits = left_s, (0,) * len(LOAD_UNITS), []
    (*out_m, home_m), (*out_s, home_s) = trip_legs(integers, kind, trip)
    for idx, leg_m, leg_s in zip(trip, out_m, out_s, strict=True):
        stop, arrival_s = integers.stops[idx], now_s + leg_s
        start_s = _service_start(stop.windows, arrival_s)
        now_s = start_s + stop.service_s
        load = tuple(carried + more for carried, more in zip(load, stop.load, strict=True))
        visits.append(
            ScheduledStop(
                stop_id=integers.source.stops[idx].stop_id,
                trip_no=trip_no,
                arrival_s=arrival_s,
                start_s=start_s,
                departure_s=now_s,
                wait_s=start_s - arrival_s,
                load_after=_amounts(load),
                leg_distance_m=leg_m,
                leg_duration_s=leg_s,
            )
        )
    back_s = now_s + home_s
    return visits, ScheduledTrip(trip_no, left_s, back_s, back_s + kind.unload_s, _amounts(load), home_m, home_s)


def _service_start(windows: Sequence[tuple[int, int]], arrival_s: int) -> int:
    return next((max(arrival_s, opens_s) for opens_s, closes_s in windows if arrival_s <= closes_s), arrival_s)


def _amounts(load: tuple[int, ...]) -> tuple[float, ...]:
    return tuple(amount / MILLI for amount in load)


def _limit_breaches(kind: IntegerType, route: ScheduledRoute, where: str) -> Iterator[Breach]:
    if route.returns_s > kind.latest_s:
        yield Breach("shift", where, route.returns_s, kind.latest_s, "s after midnight")
    if route.duration_s > kind.max_duration_s:
        yield Breach("max_duration", where, route.duration_s, kind.max_duration_s, "s")
    if route.distance_m > kind.max_distance_m:
        yield Breach("max_distance", where, route.distance_m, kind.max_distance_m, "m")
    if len(route.trips) > kind.max_trips:
        yield Breach("max_trips", where, len(route.trips), kind.max_trips, "trips")
    for trip in route.trips:
        for unit, found, limit in zip(LOAD_UNITS, trip.load, kind.capacity, strict=True):
            if round(found * MILLI) > limit:
                yield Breach("capacity", f"{where} trip {trip.trip_no}", found, limit / MILLI, unit)


def _stop_breaches(
    integers: IntegerProblem, kind: IntegerType, route: ScheduledRoute, where: str
) -> Iterator[Breach]:
    for visit in route.stops:
        stop = integers.stops[integers.stop_idx[visit.stop_id]]
        last_s = max(closes_s for _, closes_s in stop.windows)
        if visit.start_s > last_s:
            yield Breach("window", f"{where} at stop {visit.stop_id!r}", visit.start_s, last_s, "s after midnight")
        if not kind.may_serve(stop):
            yield Breach("hub", f"{where} at stop {visit.stop_id!r}", 1, 0, "visits by another hub")


def _plan_breaches(
    integers: IntegerProblem, routes: Sequence[Route], served: Counter[str], missing: list[str]
) -> Iterator[Breach]:
    for stop_id, times in served.items():
        if times > 1:
            yield Breach("served_once", f"stop {stop_id!r}", times, 1, "visits")
    for stop_id in missing:
        yield Breach("required", f"stop {stop_id!r}", 0, 1, "visits")
    for (type_id, vehicle_no), times in Counter((route.vehicle_type_id, route.vehicle_no) for route in routes).items():
        count = integers.types[integers.type_idx[type_id]].count
        if times > 1:
            yield Breach("one_route_per_van", f"van {type_id!r} no. {vehicle_no}", times, 1, "routes")
        if not 1 <= vehicle_no <= count:
            yield Breach("fleet", f"van {type_id!r} no. {vehicle_no}", vehicle_no, count, "vans")
