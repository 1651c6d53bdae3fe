"""The pickup problem in solver integers: micro-euro, seconds, metres, thousandths of load units, positions for ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from routing.pickup.plane import PlaneMatrix
from routing.pickup.problem import LOAD_UNITS, Break, ClockBreak, Matrix, PickupProblem

MICRO = 1_000_000
MILLI = 1_000
SECONDS_PER_HOUR = 3_600
UNLIMITED = 1 << 40  # above any sum of loads, seconds or metres, and far from overflowing 64 bits
ANY_TIME = ((0, UNLIMITED),)
EARTH_RADIUS_M = 6_371_009.0


def to_micro(eur: float) -> int:
    """Euro as whole micro-euro."""
    return round(eur * MICRO)


def to_eur(micro: float) -> float:
    """Micro-euro as euro."""
    return micro / MICRO


@dataclass(frozen=True)
class IntegerStop:
    """A stop in solver integers; `hub_idx` is None where any hub may serve it; `windows` are sorted, never empty.

    `type_idxs` None allows every vehicle type. `same_van` numbers the groups that ride together, None for none;
    `choice` is the position of the stop's `Choice`, `prize` what that saves when it is met.
    """

    place_idx: int
    hub_idx: int | None
    load: tuple[int, ...]
    service_s: int
    windows: tuple[tuple[int, int], ...]
    required: bool
    prize: int
    delivery: tuple[int, ...]
    release_s: int
    type_idxs: frozenset[int] | None
    same_van: int | None
    choice: int


class Choice(NamedTuple):
    """Stops of which exactly one is visited (`required`), or at most one, which then saves `prize` micro-euro.

    A stop without alternatives is a choice of its own.
    """

    members: tuple[int, ...]
    required: bool
    prize: int


@dataclass(frozen=True)
class IntegerType:
    """A vehicle type in solver integers; `type_idx` is its own position, `place_idx` its hub's place.

    `earliest_s` and `latest_s` are the shift, cut to the hub's opening hours where the van starts and ends there;
    `unload_windows` say when unloading between trips may begin (none where it never fits). `per_m`, `per_s` and
    `overtime_per_s` are micro-euro per metre, per paid second and on top per second of overtime, `fixed` per van.
    """

    type_idx: int
    place_idx: int
    start_place_idx: int
    end_place_idx: int
    hub_idx: int
    count: int
    capacity: tuple[int, ...]
    earliest_s: int
    latest_s: int
    unload_windows: tuple[tuple[int, int], ...]
    max_duration_s: int
    max_overtime_s: int
    max_distance_m: int
    fixed: int
    per_m: int
    per_s: int
    overtime_per_s: int
    max_trips: int
    unload_s: int
    breaks: tuple[Break, ...]
    linehaul_first: bool
    clock_breaks: tuple[ClockBreak, ...] = ()

    def may_serve(self, stop: IntegerStop) -> bool:
        """Whether the stop's hub and the stop itself allow vans of this type."""
        return self.of_its_hub(stop) and (stop.type_idxs is None or self.type_idx in stop.type_idxs)

    def of_its_hub(self, stop: IntegerStop) -> bool:
        """Whether the stop's hub allows vans of this type's hub."""
        return stop.hub_idx is None or stop.hub_idx == self.hub_idx

    @property
    def longest_s(self) -> int:
        """The limit on paid time, overtime included."""
        return min(UNLIMITED, self.max_duration_s + self.max_overtime_s)

    @property
    def working_s(self) -> int:
        """The longest paid time one van can reach."""
        return max(0, min(self.longest_s, self.latest_s - self.earliest_s))

    @property
    def starts_elsewhere(self) -> bool:
        """Whether the night does not begin at the hub."""
        return self.start_place_idx != self.place_idx

    @property
    def ends_elsewhere(self) -> bool:
        """Whether the night does not end at the hub, with an unloading."""
        return self.end_place_idx != self.place_idx

    def paid(self, seconds: int) -> tuple[int, int]:
        """Micro-euro for so many paid seconds: the usual, and on top for overtime."""
        return seconds * self.per_s, max(0, seconds - self.max_duration_s) * self.overtime_per_s


@dataclass(frozen=True)
class IntegerWishes:
    """Wishes in micro-euro: per second of imbalance, per metre from the middle, per stop on another van.

    `earlier` gives the vehicle type id and number of the van that earlier served a stop, by the stop's position.
    """

    balance_per_s: int
    compactness_per_m: int
    stability: int
    earlier: Mapping[int, tuple[str, int]]


@dataclass(frozen=True, eq=False)
class IntegerProblem:
    """The problem with every number whole; positions follow the tuples of `source`."""

    source: PickupProblem
    stops: tuple[IntegerStop, ...]
    types: tuple[IntegerType, ...]
    choices: tuple[Choice, ...]
    wishes: IntegerWishes
    distance: Matrix
    duration: Matrix

    @cached_property
    def stop_idx(self) -> dict[str, int]:
        """Position of every stop id."""
        return {stop.stop_id: idx for idx, stop in enumerate(self.source.stops)}

    @cached_property
    def type_idx(self) -> dict[str, int]:
        """Position of every vehicle type id."""
        return {kind.vehicle_type_id: idx for idx, kind in enumerate(self.source.vehicle_types)}

    @cached_property
    def stop_places(self) -> np.ndarray:
        """Place of every stop."""
        return np.array([stop.place_idx for stop in self.stops], dtype=np.int64)

    @cached_property
    def loads(self) -> np.ndarray:
        """Loads picked up, as (stops, units)."""
        return np.array([stop.load for stop in self.stops], dtype=np.int64).reshape(-1, len(LOAD_UNITS))

    @cached_property
    def deliveries(self) -> np.ndarray:
        """Loads delivered, as (stops, units)."""
        return np.array([stop.delivery for stop in self.stops], dtype=np.int64).reshape(-1, len(LOAD_UNITS))

    @cached_property
    def demands(self) -> np.ndarray:
        """Everything whose sum over a trip the capacity limits: loads, then deliveries where there are any."""
        return np.hstack([self.loads, self.deliveries]) if self.deliveries.any() else self.loads

    def rooms(self, kind: IntegerType) -> tuple[int, ...]:
        """The capacity per column of `demands`."""
        return kind.capacity * (self.demands.shape[1] // len(LOAD_UNITS))

    @cached_property
    def required(self) -> np.ndarray:
        """Which stops must be visited themselves, whatever alternatives others have; (stops,) of bool."""
        return np.array([
            stop.required and len(self.choices[stop.choice].members) == 1 for stop in self.stops
        ], dtype=bool)

    @cached_property
    def chosen_among(self) -> bool:
        """Whether some stop has alternatives."""
        return len(self.choices) < len(self.stops)

    @cached_property
    def together(self) -> dict[int, tuple[int, ...]]:
        """The stops of each group that rides in one van."""
        groups: dict[int, list[int]] = {}
        for idx, stop in enumerate(self.stops):
            if stop.same_van is not None:
                groups.setdefault(stop.same_van, []).append(idx)
        return {group: tuple(members) for group, members in groups.items()}

    @cached_property
    def crow_m(self) -> tuple[np.ndarray, np.ndarray]:
        """Where every stop lies, x and y in metres (see `crow_of`)."""
        return self.crow_of(self.stop_places)

    def crow_of(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where places lie, x and y in metres: in the matrix's own plane, else in that of the mean latitude."""
        if isinstance(self.distance, PlaneMatrix):
            return self.distance.x[places] * self.distance.scale, self.distance.y[places] * self.distance.scale
        lat, lon = np.radians(self.source.places.lat), np.radians(self.source.places.lon)
        east = EARTH_RADIUS_M * np.cos(lat.mean() if len(lat) else 0.0)
        return lon[places] * east, lat[places] * EARTH_RADIUS_M

    def legs(self, places: list[int]) -> tuple[list[int], list[int]]:
        """Metres and seconds of the consecutive legs through the given places."""
        start, end = places[:-1], places[1:]
        metres = self.distance[start, end].tolist()
        return metres, metres if self.duration is self.distance else self.duration[start, end].tolist()


def limiting_units(integers: IntegerProblem) -> list[int]:
    """Positions of the load units that engines must look at.

    A unit can be left out when no set of stops fills a van with it, or when every stop takes a smaller share of
    every van than of another unit, both of what it gives and of what it gets: then that other unit is full first.
    """
    totals = (integers.loads.sum(axis=0) + integers.deliveries.sum(axis=0)).tolist()
    kinds = [kind for kind in integers.types if kind.count]
    limiting = [unit for unit, total in enumerate(totals) if any(kind.capacity[unit] < total for kind in kinds)]
    for unit in tuple(limiting):
        others = [other for other in limiting if other != unit]
        if any(all(_fills_later(integers, kind, unit, other) for kind in kinds) for other in others):
            limiting = others
    return limiting


def _fills_later(integers: IntegerProblem, kind: IntegerType, unit: int, other: int) -> bool:
    """Whether no stop takes a larger share of the van in `unit` than in `other`."""
    both = np.vstack([integers.loads, integers.deliveries]).astype(object)
    this, that = both[:, unit], both[:, other]
    return kind.capacity[other] > 0 and bool((this * kind.capacity[other] <= that * kind.capacity[unit]).all())
