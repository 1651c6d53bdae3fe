"""A pickup problem as VROOM's input; what VROOM cannot express is refused, never dropped."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from retour.errors import InputError, Issue
from routing.pickup.integers import UNLIMITED, IntegerProblem, limiting_units, to_integers
from routing.pickup.problem import NO_WISHES, NOTHING, PickupProblem, Stop, VehicleType

METRES_PER_KM = 1_000
SECONDS_PER_HOUR = 3_600
MOST_COST = (1 << 31) - 1
PROFILE = "van"


@dataclass(frozen=True)
class VroomExport:
    """`record` is VROOM's input, `micro_per_cost` micro-euro are one unit of its cost.

    Job and vehicle ids count from 1; `stop_ids[k]` is job k + 1, `vans[k]` is vehicle k + 1: its type and number.
    """

    record: dict[str, Any]
    micro_per_cost: int
    stop_ids: tuple[str, ...]
    vans: tuple[tuple[str, int], ...]


def to_vroom(problem: PickupProblem) -> VroomExport:
    """The problem in VROOM's words; raises `InputError` with every feature VROOM 1.14 lacks.

    VROOM pays for travel alone: an hourly cost is handed on only where nobody can wait and service costs all vans
    the same, and then VROOM's total lacks the paid service and unloading.
    """
    if issues := [Issue("VROOM export", None, where, f"{what}.") for where, what in _lacking(problem)]:
        raise InputError(issues)
    integers = to_integers(problem)
    units = limiting_units(integers)
    durations, distances = _rows(problem.duration_s), _rows(problem.distance_m)
    longest = max((max(row) for table in (durations, distances) for row in table if row), default=0)
    unit, choosy = _cost_unit(integers, longest=longest), _choosy(problem)
    vans = tuple((kind.vehicle_type_id, no) for kind in problem.vehicle_types for no in range(1, kind.count + 1))
    record = {
        "vehicles": list(_vehicles(problem, integers, units=units, unit=unit, choosy=choosy)),
        "jobs": [
            _job(number, stop, integers, units=units, choosy=choosy)
            for number, stop in enumerate(problem.stops, start=1)
        ],
        "matrices": {PROFILE: {"durations": durations, "distances": distances}},
    }
    return VroomExport(record, unit, tuple(stop.stop_id for stop in problem.stops), vans)


def _lacking(problem: PickupProblem) -> Iterator[tuple[str, str]]:
    if problem.wishes != NO_WISHES:
        yield "wishes", "VROOM knows no price of balance, compactness or stability"
    waits = any(stop.windows for stop in problem.stops)
    for stop in problem.stops:
        yield from _lacking_for_stop(stop)
    for kind in problem.vehicle_types:
        yield from _lacking_for_vans(kind, waits)
    hourly = {kind.per_hour_eur for kind in problem.vehicle_types}
    if len(hourly) > 1 and any(stop.service_s for stop in problem.stops):
        yield "vehicle types", "their hourly costs differ, and VROOM pays no hours of service"


def _lacking_for_stop(stop: Stop) -> Iterator[tuple[str, str]]:
    where = f"stop {stop.stop_id!r}"
    if not stop.required and stop.prize_eur:
        yield where, "VROOM knows no prizes in money"
    if stop.release_s:
        yield where, "VROOM knows no release times"
    if stop.alternative_of is not None:
        yield where, "VROOM knows no alternatives"
    if stop.same_van is not None:
        yield where, "VROOM knows no stops that share a van"


def _lacking_for_vans(kind: VehicleType, waits: bool) -> Iterator[tuple[str, str]]:
    where = f"vehicle type {kind.vehicle_type_id!r}"
    if kind.max_trips > 1:
        yield where, "VROOM knows one trip per van"
    if kind.clock_breaks:
        yield where, "breaks at clock times are not handed on"
    if kind.breaks:
        yield where, "VROOM knows no breaks counted from departure"
    if kind.max_overtime_s:
        yield where, "VROOM knows no overtime"
    if kind.linehaul_first:
        yield where, "VROOM cannot keep deliveries before pickups"
    if kind.per_hour_eur and waits:
        yield where, "VROOM pays no hours of waiting"
    if kind.max_duration_s < kind.shift_end_s - kind.shift_start_s:
        yield where, "VROOM limits travel time, not the length of a shift"


def _cost_unit(integers: IntegerProblem, *, longest: int) -> int:
    """Micro-euro per unit of VROOM's cost: fine enough that no metre is lost, unless VROOM's 32 bits could overflow."""
    kinds = integers.types
    fine = math.gcd(*(rate for kind in kinds for rate in (kind.fixed, kind.per_m, kind.per_s))) or 1
    coarse = math.gcd(*(rate for kind in kinds for rate in
                        (kind.fixed, kind.per_m * METRES_PER_KM, kind.per_s * SECONDS_PER_HOUR))) or 1  # fmt: skip
    used = min(len(integers.stops), sum(kind.count for kind in kinds))
    dearest = max((kind.per_m + kind.per_s for kind in kinds), default=0) * longest * (len(integers.stops) + used)
    dearest += max((kind.fixed for kind in kinds), default=0) * used
    return fine if dearest // fine <= MOST_COST else coarse


def _vehicles(
    problem: PickupProblem, integers: IntegerProblem, *, units: list[int], unit: int, choosy: dict[int, Stop]
) -> Iterator[dict[str, Any]]:
    places = {depot.hub_id: depot.place_idx for depot in problem.depots}
    number = 0
    for kind, whole in zip(problem.vehicle_types, integers.types, strict=True):
        start, end = (places[kind.hub_id] if place is None else place
                      for place in (kind.start_place_idx, kind.end_place_idx))  # fmt: skip
        unload_s = whole.unload_s if kind.end_place_idx is None else 0
        record: dict[str, Any] = {
            "profile": PROFILE, "start_index": start, "end_index": end,
            "capacity": [whole.capacity[dimension] for dimension in units],
            "costs": {"fixed": whole.fixed // unit, "per_hour": whole.per_s * SECONDS_PER_HOUR // unit,
                      "per_km": whole.per_m * METRES_PER_KM // unit},
            "skills": [number for number, stop in choosy.items() if _may_serve(kind, stop)],
        }  # fmt: skip
        if whole.latest_s < UNLIMITED or whole.earliest_s:
            record["time_window"] = [whole.earliest_s, whole.latest_s - unload_s]
        if kind.max_distance_m < math.inf:
            record["max_distance"] = whole.max_distance_m
        for _ in range(kind.count):
            number += 1
            yield {"id": number, **record}


def _job(
    number: int, stop: Stop, integers: IntegerProblem, *, units: list[int], choosy: dict[int, Stop]
) -> dict[str, Any]:
    whole = integers.stops[number - 1]
    record: dict[str, Any] = {"id": number, "description": stop.stop_id, "location_index": stop.place_idx,
                              "service": stop.service_s}  # fmt: skip
    if units:
        record["pickup"] = [whole.load[dimension] for dimension in units]
        if stop.delivery != NOTHING:
            record["delivery"] = [whole.delivery[dimension] for dimension in units]
    if stop.windows:
        record["time_windows"] = [list(window) for window in stop.windows]
    if number in choosy:
        record["skills"] = [number]
    return record


def _choosy(problem: PickupProblem) -> dict[int, Stop]:
    """Stops that not every van may serve, by job id: those that may have the id as a skill."""
    return {
        number: stop
        for number, stop in enumerate(problem.stops, start=1)
        if not all(_may_serve(kind, stop) for kind in problem.vehicle_types)
    }


def _may_serve(kind: VehicleType, stop: Stop) -> bool:
    own_hub = stop.hub_id is None or stop.hub_id == kind.hub_id
    return own_hub and (stop.vehicle_type_ids is None or kind.vehicle_type_id in stop.vehicle_type_ids)


def _rows(matrix: Any) -> list[list[int]]:
    places = np.arange(matrix.shape[0])
    return [matrix[place, places].tolist() for place in places.tolist()]
