"""The pickup problem in plain nouns: who may drive where tonight, before any engine sees it.

Times are whole seconds after midnight of the planning day and may exceed 86,400 for the hours after the next
midnight. Distances are whole metres. Loads are given per entry of `LOAD_UNITS`, in that order.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

LOAD_UNITS = ("parcels", "volume_l", "weight_kg", "hazard_kg")


@dataclass(frozen=True, eq=False)
class Places:
    """Everywhere a van may be: `ids` and, in the same order, latitude and longitude in degrees."""

    ids: tuple[str, ...]
    lat: np.ndarray
    lon: np.ndarray


@dataclass(frozen=True)
class Depot:
    """A hub as vans see it: open from `opens_s` to `closes_s`; emptying a van takes `unload_s` after each trip.

    The last unloading must be over when the hub closes.
    """

    hub_id: str
    place_idx: int
    opens_s: int
    closes_s: int
    unload_s: int


@dataclass(frozen=True)
class Stop:
    """One point to empty: `load` per `LOAD_UNITS`, `service_s` on the spot, service begins inside one window.

    `windows` may hold several (start_s, end_s), both ends included; none means any time. An optional stop is
    worth `prize_eur`; `hub_id` None lets any hub take it.
    """

    stop_id: str
    place_idx: int
    load: tuple[float, ...]
    service_s: int
    windows: tuple[tuple[int, int], ...] = ()
    required: bool = True
    prize_eur: float = 0.0
    hub_id: str | None = None


@dataclass(frozen=True)
class VehicleType:
    """`count` equal vans of one hub; `capacity` per `LOAD_UNITS` and trip, `math.inf` where nothing limits.

    A van starts at its hub, makes at most `max_trips` trips, unloads at the hub after each, and is paid from
    leaving to the end of its last unloading.
    """

    vehicle_type_id: str
    hub_id: str
    count: int
    capacity: tuple[float, ...]
    shift_start_s: int
    shift_end_s: int
    max_duration_s: float
    fixed_eur: float
    per_km_eur: float
    per_hour_eur: float
    max_trips: int = 1
    max_distance_m: float = math.inf


@dataclass(frozen=True, eq=False)
class PickupProblem:
    """One night of pickups; `distance_m` and `duration_s` are whole numbers, (places, places), from row to column."""

    places: Places
    distance_m: np.ndarray
    duration_s: np.ndarray
    depots: tuple[Depot, ...]
    stops: tuple[Stop, ...]
    vehicle_types: tuple[VehicleType, ...]


def check_problem(problem: PickupProblem) -> list[str]:
    """Every defect of the problem, a sentence each; empty when it can be handed to an engine."""
    defects = [*_matrix_defects(problem), *_reference_defects(problem)]
    for depot in problem.depots:
        defects += _depot_defects(depot)
    for stop in problem.stops:
        defects += _stop_defects(stop)
    for vehicle_type in problem.vehicle_types:
        defects += _vehicle_defects(vehicle_type)
    return defects


def _matrix_defects(problem: PickupProblem) -> Iterator[str]:
    size = len(problem.places.ids)
    for name, matrix in (("distance_m", problem.distance_m), ("duration_s", problem.duration_s)):
        if matrix.shape != (size, size):
            yield f"{name} has shape {matrix.shape}; {size} places need ({size}, {size})."
        elif not np.issubdtype(matrix.dtype, np.integer):
            yield f"{name} holds {matrix.dtype}; it must hold whole numbers."
        elif size and matrix.min() < 0:
            yield f"{name} holds {matrix.min()}; no entry may be negative."


def _reference_defects(problem: PickupProblem) -> Iterator[str]:
    hubs = {depot.hub_id for depot in problem.depots}
    size = len(problem.places.ids)
    yield from _duplicates("depot", [depot.hub_id for depot in problem.depots])
    yield from _duplicates("stop", [stop.stop_id for stop in problem.stops])
    yield from _duplicates("vehicle type", [kind.vehicle_type_id for kind in problem.vehicle_types])
    for name, place_idx in [
        *((f"depot {depot.hub_id!r}", depot.place_idx) for depot in problem.depots),
        *((f"stop {stop.stop_id!r}", stop.place_idx) for stop in problem.stops),
    ]:
        if not 0 <= place_idx < size:
            yield f"{name} is at place {place_idx}; places run from 0 to {size - 1}."
    for stop in problem.stops:
        if stop.hub_id is not None and stop.hub_id not in hubs:
            yield f"stop {stop.stop_id!r} wants unknown hub {stop.hub_id!r}."
    for kind in problem.vehicle_types:
        if kind.hub_id not in hubs:
            yield f"vehicle type {kind.vehicle_type_id!r} belongs to unknown hub {kind.hub_id!r}."


def _duplicates(noun: str, ids: list[str]) -> Iterator[str]:
    for key, times in Counter(ids).items():
        if times > 1:
            yield f"{noun} {key!r} is given {times} times; ids must be unique."


def _depot_defects(depot: Depot) -> Iterator[str]:
    where = f"depot {depot.hub_id!r}"
    if not 0 <= depot.opens_s < depot.closes_s:
        yield f"{where} opens at {depot.opens_s} s and closes at {depot.closes_s} s; it must open before it closes."
    if depot.unload_s < 0:
        yield f"{where} has unload_s {depot.unload_s}; it must be 0 or more."


def _stop_defects(stop: Stop) -> Iterator[str]:
    where = f"stop {stop.stop_id!r}"
    yield from _load_defects(where, "load", stop.load, finite=True)
    if stop.service_s < 0:
        yield f"{where} has service_s {stop.service_s}; it must be 0 or more."
    if not (math.isfinite(stop.prize_eur) and stop.prize_eur >= 0):
        yield f"{where} has prize_eur {stop.prize_eur}; it must be 0 or more."
    for start_s, end_s in stop.windows:
        if not 0 <= start_s <= end_s:
            yield f"{where} has a window from {start_s} s to {end_s} s; it must not close before it opens."


def _vehicle_defects(kind: VehicleType) -> Iterator[str]:
    where = f"vehicle type {kind.vehicle_type_id!r}"
    yield from _load_defects(where, "capacity", kind.capacity, finite=False)
    if not 0 <= kind.shift_start_s < kind.shift_end_s:
        yield f"{where} works from {kind.shift_start_s} s to {kind.shift_end_s} s; the shift must start before it ends."
    if kind.max_trips < 1:
        yield f"{where} has max_trips {kind.max_trips}; it must be 1 or more."
    if kind.count < 0:
        yield f"{where} has count {kind.count}; it must be 0 or more."
    for name in ("max_duration_s", "max_distance_m"):
        value = getattr(kind, name)
        if math.isnan(value) or value < 0:
            yield f"{where} has {name} {value}; it must be 0 or more."
    for name in ("fixed_eur", "per_km_eur", "per_hour_eur"):
        value = getattr(kind, name)
        if not (math.isfinite(value) and value >= 0):
            yield f"{where} has {name} {value}; it must be 0 or more."


def _load_defects(where: str, name: str, amounts: tuple[float, ...], *, finite: bool) -> Iterator[str]:
    if len(amounts) != len(LOAD_UNITS):
        yield f"{where} gives {len(amounts)} numbers as {name}; one per unit is needed: {', '.join(LOAD_UNITS)}."
        return
    for unit, amount in zip(LOAD_UNITS, amounts, strict=True):
        if math.isnan(amount) or amount < 0 or (finite and math.isinf(amount)):
            yield f"{where} has {name} {amount} {unit}; it must be 0 or more."
