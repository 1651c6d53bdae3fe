"""Independent checker of standard instances: what a solution costs and every rule it breaks.

It reads the instance and the routes as a `.sol` file numbers them, and shares nothing with the solvers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from routing.standard.instance import StandardInstance

Route = Sequence[int]


@dataclass(frozen=True)
class StandardViolation:
    """One broken rule: `ids` are routes (`route 3`) and location numbers, `found` and `limit` are in `unit`."""

    rule: str
    ids: tuple[str, ...]
    found: int
    limit: int
    unit: str
    message: str

    def __str__(self) -> str:
        """Say it in one sentence."""
        return self.message


@dataclass(frozen=True)
class Checked:
    """`cost` in the convention's units, None where a route names locations that do not exist; what is broken."""

    cost: int | None
    violations: tuple[StandardViolation, ...]

    @property
    def feasible(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations


def check_solution(instance: StandardInstance, routes: Sequence[Route]) -> Checked:
    """Cost and violations of routes of location numbers; the k-th route is the k-th vehicle's, empty if unused.

    A depot inside a route is a reload. The cost is unit cost x distance, plus the fixed cost of each vehicle used,
    plus the prizes of locations left out.
    """
    unknown = list(_unknown_locations(instance, routes))
    if unknown:
        return Checked(None, tuple(unknown))
    driven = [
        _Driven(instance, number, _without_ends(instance, number, route))
        for number, route in _used(routes)
        if max(route) >= instance.depots
    ]
    broken = [*_visits(instance, driven), *_fleet(instance, driven)]
    for route in driven:
        broken += route.violations()
    visited = {location for route in driven for location in route.clients}
    left_out = [location for location in range(instance.depots, instance.locations) if location not in visited]
    cost = sum(route.cost for route in driven) + int(instance.prize[left_out].sum())
    return Checked(cost, tuple(broken))


def _used(routes: Sequence[Route]) -> Iterator[tuple[int, Route]]:
    return ((number, route) for number, route in enumerate(routes, start=1) if len(route))


def _unknown_locations(instance: StandardInstance, routes: Sequence[Route]) -> Iterator[StandardViolation]:
    last = instance.locations - 1
    for number, route in _used(routes):
        for location in route:
            if not 0 <= location <= last:
                message = f"Route {number} visits location {location}, which does not exist; they go from 0 to {last}."
                yield StandardViolation("known_location", _ids(number, location), location, last, "location", message)


def _without_ends(instance: StandardInstance, number: int, route: Route) -> list[int]:
    """The route without the vehicle's own depot at its ends, where some files write it."""
    depot, inner = _vehicle_depot(instance, number), [int(location) for location in route]
    start = 1 if inner[0] == depot else 0
    end = len(inner) - (1 if len(inner) > 1 and inner[-1] == depot else 0)
    return inner[start:end]


def _vehicle_idx(instance: StandardInstance, number: int) -> int:
    return min(number, len(instance.vehicles)) - 1


def _vehicle_depot(instance: StandardInstance, number: int) -> int:
    return int(instance.vehicles.depot[_vehicle_idx(instance, number)])


def _visits(instance: StandardInstance, driven: Sequence[_Driven]) -> Iterator[StandardViolation]:
    times = Counter(location for route in driven for location in route.clients)
    for location in range(instance.depots, instance.locations):
        if times[location] > 1:
            message = f"Location {location} is visited {times[location]} times; once is enough."
            yield StandardViolation("visited_once", (str(location),), times[location], 1, "visits", message)
        if not times[location] and instance.prize[location] == 0:
            message = f"Location {location} is not visited, and it has no prize that would let it be left out."
            yield StandardViolation("required", (str(location),), 0, 1, "visits", message)


def _fleet(instance: StandardInstance, driven: Sequence[_Driven]) -> Iterator[StandardViolation]:
    count = len(instance.vehicles)
    if not instance.fleet_given:
        return
    if instance.vehicles_differ:
        for route in driven:
            if route.number > count:
                message = f"Route {route.number} has no vehicle; the file has {count}."
                yield StandardViolation("fleet", _ids(route.number), route.number, count, "vehicles", message)
    elif len(driven) > count:
        message = f"{len(driven)} routes are driven; the file has {count} vehicles."
        yield StandardViolation("fleet", (), len(driven), count, "vehicles", message)


def _ids(number: int, *locations: int) -> tuple[str, ...]:
    return f"route {number}", *map(str, locations)


class _Driven:
    """One vehicle's route, driven as early as possible."""

    def __init__(self, instance: StandardInstance, number: int, inner: list[int]) -> None:
        self.instance, self.number, self.inner = instance, number, inner
        self.vehicle = _vehicle_idx(instance, number)
        self.depot = int(instance.vehicles.depot[self.vehicle])
        self.path = np.array([self.depot, *inner, self.depot])
        self.legs = instance.distances(start=self.path[:-1], end=self.path[1:])
        self.clients = [location for location in inner if location >= instance.depots]
        self.trips = self._trips()

    @property
    def cost(self) -> int:
        vehicles = self.instance.vehicles
        return int(vehicles.fixed_cost[self.vehicle] + vehicles.unit_distance_cost[self.vehicle] * self.legs.sum())

    def _trips(self) -> list[list[int]]:
        trips: list[list[int]] = [[]]
        for location in self.inner:
            if location < self.instance.depots:
                trips.append([])
            else:
                trips[-1].append(location)
        return trips

    def violations(self) -> Iterator[StandardViolation]:
        yield from self._allowed()
        yield from self._reloads()
        for trip_no, trip in enumerate(self.trips, start=1):
            yield from self._load(trip_no, trip)
            if self.instance.linehaul_first:
                yield from self._linehaul(trip)
        yield from self._limit("max_distance", int(self.legs.sum()), "distance units")
        yield from self._times()

    def _allowed(self) -> Iterator[StandardViolation]:
        allowed = self.instance.vehicles.allowed[self.vehicle]
        for location in self.clients:
            if allowed is not None and location not in allowed:
                message = f"Route {self.number} visits location {location}, which its vehicle may not serve."
                yield StandardViolation("allowed", _ids(self.number, location), 1, 0, "visits", message)

    def _reloads(self) -> Iterator[StandardViolation]:
        vehicles, done = self.instance.vehicles, len(self.trips) - 1
        places = vehicles.reload_depots[self.vehicle]
        most = int(vehicles.max_reloads[self.vehicle]) if places else 0
        if done > most:
            message = f"Route {self.number} reloads {done} times; its vehicle may do so {most} times."
            yield StandardViolation("reloads", _ids(self.number), done, most, "reloads", message)
        for location in self.inner:
            if location < self.instance.depots and places and location not in places:
                message = f"Route {self.number} reloads at depot {location}, where its vehicle may not."
                yield StandardViolation("reload_depot", _ids(self.number, location), 1, 0, "reloads", message)

    def _load(self, trip_no: int, trip: list[int]) -> Iterator[StandardViolation]:
        capacity = int(self.instance.vehicles.capacity[self.vehicle])
        brought, fetched = self.instance.demand[trip], self.instance.backhaul[trip]
        aboard = brought.sum() + np.concatenate([[0], np.cumsum(fetched - brought)])
        most = int(aboard.max())
        if most > capacity:
            message = f"Route {self.number} trip {trip_no} carries {most}; its vehicle holds {capacity}."
            yield StandardViolation("capacity", _ids(self.number), most, capacity, "load units", message)

    def _linehaul(self, trip: list[int]) -> Iterator[StandardViolation]:
        demand, backhaul = self.instance.demand, self.instance.backhaul
        for before, after in pairwise(trip):
            if backhaul[before] and demand[after]:
                message = f"Route {self.number} brings goods to location {after} after fetching some at {before}."
                yield StandardViolation("linehaul_first", _ids(self.number, before, after), 1, 0, "visits", message)
        if trip and not demand[trip].any() and backhaul[trip].any():
            message = f"Route {self.number} only fetches goods; a route must bring some first."
            yield StandardViolation("backhaul_alone", _ids(self.number), len(trip), 0, "visits", message)

    def _limit(self, rule: str, found: int, unit: str) -> Iterator[StandardViolation]:
        limit = int(getattr(self.instance.vehicles, rule)[self.vehicle])
        if found > limit:
            noun = {"max_distance": "is long", "max_duration": "takes"}[rule]
            message = f"Route {self.number} {noun} {found} units; its vehicle is allowed {limit}."
            yield StandardViolation(rule, _ids(self.number), found, limit, unit, message)

    def _releases(self) -> Iterator[int]:
        """For each departure from a depot, when the last goods of its trip are there."""
        return (int(self.instance.release[trip].max(initial=0)) for trip in self.trips)

    def _times(self) -> Iterator[StandardViolation]:
        """Drive as early as possible; on time everywhere, the vehicle then leaves as late as changes nothing."""
        opens, closes, service = self.instance.opens, self.instance.closes, self.instance.service
        releases, late = self._releases(), False
        now = max(int(opens[self.depot]), next(releases))
        if now > closes[self.depot]:
            late = True
            yield self._late(self.depot, now)
        for position, location in enumerate(self.path[1:].tolist()):
            at_depot, at_end = location < self.instance.depots, position == len(self.legs) - 1
            now = max(now + int(self.legs[position]), int(opens[location]))
            if now > closes[location]:
                late = True
                yield self._late(location, now)
            now += 0 if at_depot else int(service[location])
            now = max(now, next(releases)) if at_depot and not at_end else now
        if not late:
            yield from self._limit("max_duration", now - self._latest_departure(now), "time units")

    def _late(self, location: int, arrival: int) -> StandardViolation:
        limit = int(self.instance.closes[location])
        noun = "depot" if location < self.instance.depots else "location"
        message = f"Route {self.number} reaches {noun} {location} at {arrival}; it closes at {limit}."
        return StandardViolation("time_window", _ids(self.number, location), arrival, limit, "time units", message)

    def _latest_departure(self, home: int) -> int:
        """When to leave at the latest and still be home by then, on time everywhere."""
        latest = home
        for position in range(len(self.legs) - 1, -1, -1):
            location = int(self.path[position])
            stay = 0 if location < self.instance.depots else int(self.instance.service[location])
            latest = min(latest - int(self.legs[position]) - stay, int(self.instance.closes[location]))
        return latest
