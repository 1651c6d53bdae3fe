"""Solver integers are made here and nowhere else.

Money becomes micro-euro, loads become thousandths of their unit (loads rounded up, capacities down), so the
evaluator, the bound and every engine add up the very same numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from routing.pickup.problem import LOAD_UNITS, Depot, PickupProblem, Stop, VehicleType

MICRO = 1_000_000
MILLI = 1_000
SECONDS_PER_HOUR = 3_600
UNLIMITED = 1 << 40  # above any sum of loads, seconds or metres, and far from overflowing 64 bits
ANY_TIME = ((0, UNLIMITED),)


def to_micro(eur: float) -> int:
    """Euro as whole micro-euro."""
    return round(eur * MICRO)


def to_eur(micro: float) -> float:
    """Micro-euro as euro."""
    return micro / MICRO


@dataclass(frozen=True)
class IntegerStop:
    """A stop in solver integers; `hub_idx` is None where any hub may serve it; `windows` are sorted, never empty."""

    place_idx: int
    hub_idx: int | None
    load: tuple[int, ...]
    service_s: int
    windows: tuple[tuple[int, int], ...]
    required: bool
    prize: int


@dataclass(frozen=True)
class IntegerType:
    """A vehicle type in solver integers.

    `earliest_s` and `latest_s` are the shift cut to the hub's opening hours; `per_m` and `per_s` are micro-euro
    per metre and per paid second, `fixed` micro-euro per van used.
    """

    place_idx: int
    hub_idx: int
    count: int
    capacity: tuple[int, ...]
    earliest_s: int
    latest_s: int
    max_duration_s: int
    max_distance_m: int
    fixed: int
    per_m: int
    per_s: int
    max_trips: int
    unload_s: int

    def may_serve(self, stop: IntegerStop) -> bool:
        """Whether the stop's hub allows vans of this type."""
        return stop.hub_idx is None or stop.hub_idx == self.hub_idx

    @property
    def working_s(self) -> int:
        """The longest paid time one van can reach."""
        return max(0, min(self.max_duration_s, self.latest_s - self.earliest_s))


@dataclass(frozen=True, eq=False)
class IntegerProblem:
    """The problem with every number whole; positions follow the tuples of `source`."""

    source: PickupProblem
    stops: tuple[IntegerStop, ...]
    types: tuple[IntegerType, ...]
    distance: np.ndarray
    duration: np.ndarray

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
        """Loads as (stops, units)."""
        return np.array([stop.load for stop in self.stops], dtype=np.int64).reshape(-1, len(LOAD_UNITS))

    def legs(self, places: list[int]) -> tuple[list[int], list[int]]:
        """Metres and seconds of the consecutive legs through the given places."""
        start, end = places[:-1], places[1:]
        return self.distance[start, end].tolist(), self.duration[start, end].tolist()


def to_integers(problem: PickupProblem) -> IntegerProblem:
    """The problem in solver integers; it must have passed `check_problem`."""
    hub_idx = {depot.hub_id: idx for idx, depot in enumerate(problem.depots)}
    return IntegerProblem(
        source=problem,
        stops=tuple(_integer_stop(stop, hub_idx) for stop in problem.stops),
        types=tuple(_integer_type(kind, problem.depots, hub_idx) for kind in problem.vehicle_types),
        distance=np.ascontiguousarray(problem.distance_m, dtype=np.int64),
        duration=np.ascontiguousarray(problem.duration_s, dtype=np.int64),
    )


def limiting_units(integers: IntegerProblem) -> list[int]:
    """Positions of the load units that engines must look at.

    A unit can be left out when no set of stops fills a van with it, or when every stop takes a smaller share of
    every van than of another unit: then that other unit is full first.
    """
    totals = integers.loads.sum(axis=0).tolist()
    kinds = [kind for kind in integers.types if kind.count]
    limiting = [unit for unit, total in enumerate(totals) if any(kind.capacity[unit] < total for kind in kinds)]
    for unit in tuple(limiting):
        others = [other for other in limiting if other != unit]
        if any(all(_fills_later(integers, kind, unit, other) for kind in kinds) for other in others):
            limiting = others
    return limiting


def _fills_later(integers: IntegerProblem, kind: IntegerType, unit: int, other: int) -> bool:
    """Whether no stop takes a larger share of the van in `unit` than in `other`."""
    this, that = integers.loads[:, unit].astype(object), integers.loads[:, other].astype(object)
    return kind.capacity[other] > 0 and bool((this * kind.capacity[other] <= that * kind.capacity[unit]).all())


def _integer_stop(stop: Stop, hub_idx: dict[str, int]) -> IntegerStop:
    return IntegerStop(
        place_idx=stop.place_idx,
        hub_idx=None if stop.hub_id is None else hub_idx[stop.hub_id],
        load=tuple(math.ceil(_milli(amount)) for amount in stop.load),
        service_s=int(stop.service_s),
        windows=tuple(sorted((int(start), int(end)) for start, end in stop.windows)) or ANY_TIME,
        required=stop.required,
        prize=0 if stop.required else to_micro(stop.prize_eur),
    )


def _integer_type(kind: VehicleType, depots: tuple[Depot, ...], hub_idx: dict[str, int]) -> IntegerType:
    depot = depots[hub_idx[kind.hub_id]]
    return IntegerType(
        place_idx=depot.place_idx,
        hub_idx=hub_idx[kind.hub_id],
        count=kind.count,
        capacity=tuple(_limit(_milli(amount)) for amount in kind.capacity),
        earliest_s=int(max(kind.shift_start_s, depot.opens_s)),
        latest_s=int(min(kind.shift_end_s, depot.closes_s)),
        max_duration_s=_limit(kind.max_duration_s),
        max_distance_m=_limit(kind.max_distance_m),
        fixed=to_micro(kind.fixed_eur),
        per_m=round(kind.per_km_eur * MICRO / 1_000),
        per_s=round(kind.per_hour_eur * MICRO / SECONDS_PER_HOUR),
        max_trips=kind.max_trips,
        unload_s=int(depot.unload_s),
    )


def _milli(amount: float) -> float:
    """Thousandths, with the noise of binary fractions removed so that 0.1 kg stays 100 g."""
    return round(amount * MILLI, 6)


def _limit(amount: float) -> int:
    return UNLIMITED if amount >= UNLIMITED else math.floor(amount)
