"""A plan's nouns: the routes vans are told, what they really do with times and costs, and the limits they break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.pickup.integers import to_eur
from routing.pickup.problem import NOTHING


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
    """One visit: seconds after midnight, load on board after it per `LOAD_UNITS`, and the leg that led to it.

    `wait_s` is the time between arrival and service that is no break; the van drives on at `departure_s`, which is
    after a break taken there once the work is done.
    """

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
    """One trip: leaves the hub, comes back, is unloaded; what it brings home and takes out, per `LOAD_UNITS`.

    The last trip of a van that ends elsewhere ends there, and `unloaded_s` is when it arrives.
    """

    trip_no: int
    departs_s: int
    hub_arrival_s: int
    unloaded_s: int
    load: tuple[float, ...]
    leg_distance_m: int
    leg_duration_s: int
    load_out: tuple[float, ...] = NOTHING


@dataclass(frozen=True)
class ScheduledBreak:
    """A rest, in seconds after midnight, at a place of the problem (its id) and on a trip.

    `clock_break` is the position of the break at a clock time that it is, None of one counted from departure.
    """

    start_s: int
    end_s: int
    place_id: str
    trip_no: int
    clock_break: int | None = None


@dataclass(frozen=True)
class ScheduledRoute:
    """One van's night. `duration_s` is its paid time; `cost_micro` = fixed + distance + time + overtime, micro-euro.

    `overtime_s` is the part of the paid time beyond the usual limit; `time_micro` pays for all of it at the usual
    rate, `overtime_micro` is what overtime costs on top.
    """

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
    breaks: tuple[ScheduledBreak, ...] = ()
    overtime_s: int = 0
    overtime_micro: int = 0

    @property
    def cost_micro(self) -> int:
        """All cost of the route in micro-euro."""
        return self.fixed_micro + self.distance_micro + self.time_micro + self.overtime_micro

    @property
    def cost_eur(self) -> float:
        """All cost of the route in euro."""
        return to_eur(self.cost_micro)

    @property
    def parts_eur(self) -> dict[str, float]:
        """Cost by part in euro: fixed, distance, time, and overtime where there is some."""
        parts = {"fixed": self.fixed_micro, "distance": self.distance_micro, "time": self.time_micro}
        if self.overtime_s:
            parts["overtime"] = self.overtime_micro
        return {name: to_eur(micro) for name, micro in parts.items()}

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
    """Routes with their times and costs, what they leave out, and what they break.

    `unserved` are the stops not visited, except those of which an alternative is; `missing_required` are the
    required ones among them. `parts_micro` gives the objective by part, in micro-euro: fixed, distance, time,
    overtime, balance, compactness, stability, prizes.
    """

    routes: tuple[ScheduledRoute, ...]
    unserved: tuple[str, ...]
    missing_required: tuple[str, ...]
    breaches: tuple[Breach, ...]
    parts_micro: Mapping[str, int] = field(default_factory=dict)

    @property
    def objective_micro(self) -> int:
        """Cost of the routes, of what is not as wished, and of the optional stops left out, in micro-euro."""
        return sum(self.parts_micro.values())

    @property
    def objective_eur(self) -> float:
        """The objective in euro."""
        return to_eur(self.objective_micro)

    @property
    def parts_eur(self) -> dict[str, float]:
        """The objective by part, in euro."""
        return {name: to_eur(micro) for name, micro in self.parts_micro.items()}

    @property
    def feasible(self) -> bool:
        """Whether nothing is broken and every required stop is served."""
        return not self.breaches
