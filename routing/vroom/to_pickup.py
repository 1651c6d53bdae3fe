"""A VROOM problem as a pickup problem.

VROOM serves as much priority as it can, then as many jobs, then costs little; it pays for travel only. So every job
is optional with a prize above any travel, and the distance of our problem is whatever a vehicle is paid for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from retour.errors import InputError, Issue
from routing.pickup.problem import LOAD_UNITS, ClockBreak, Depot, PickupProblem, Places, Stop, VehicleType
from routing.standard.instance import NEVER
from routing.vroom.problem import VroomJob, VroomProblem, VroomVehicle
from routing.vroom.reading import break_windows
from routing.vroom.words import VehicleWords

MICRO_PER_EUR = 1_000_000
PER_KM = 1_000
SECONDS_PER_HOUR = 3_600
METRES_PER_KM = 1_000


@dataclass(frozen=True, eq=False)
class Pricing:
    """What vehicles are paid for: `metric`, (places, places), times `rate(vehicle)`, in micro-euro.

    `micro_per_cost` micro-euro are one unit of VROOM's cost. `limited` is the vehicle's limit on the metric.
    """

    metric: np.ndarray
    rate: Callable[[VehicleWords], int]
    micro_per_cost: int
    limited: str | None


@dataclass(frozen=True, eq=False)
class VroomCase:
    """The pickup problem, its pricing, the vehicles of each type, and what leaving jobs out costs in micro-euro."""

    problem: PickupProblem
    pricing: Pricing
    vehicles_of: dict[str, tuple[VroomVehicle, ...]]
    prizes: dict[str, int]


def to_case(vroom: VroomProblem) -> VroomCase:
    """The same problem for our engines; raises `InputError` for costs or limits that no single metric can express."""
    pricing = _pricing(vroom)
    _check_limits(vroom, pricing)
    groups = _groups(vroom)
    nowhere = len(vroom.durations)  # a place at no distance from any other: where open routes begin or end
    is_open = any(vehicle.start is None or vehicle.end is None for vehicle in vroom.vehicles)
    prizes = _prizes(vroom, pricing)
    kinds = tuple(_type(type_id, group, vroom, pricing, nowhere) for type_id, group in groups.items())
    hubs = {kind.hub_id: int(kind.hub_id) for kind in kinds}
    problem = PickupProblem(
        places=_places(vroom, is_open),
        distance_m=_table(pricing.metric, is_open),
        duration_s=_table(vroom.durations, is_open),
        depots=tuple(Depot(hub_id, place, 0, NEVER, unload_s=0) for hub_id, place in sorted(hubs.items())),
        stops=tuple(_stop(job, groups, prizes, vroom) for job in vroom.jobs),
        vehicle_types=kinds,
    )
    return VroomCase(problem, pricing, groups, prizes)


def _pricing(vroom: VroomProblem) -> Pricing:
    rates = {(vehicle.words.costs.per_hour, vehicle.words.costs.per_km) for vehicle in vroom.vehicles}
    if vroom.costs is not None:
        return Pricing(vroom.costs, lambda vehicle: 1, 1, None)
    if all(per_km == 0 for _, per_km in rates):
        scale = 1 if all(per_hour % SECONDS_PER_HOUR == 0 for per_hour, _ in rates) else SECONDS_PER_HOUR
        return Pricing(
            vroom.durations, lambda vehicle: vehicle.costs.per_hour * scale // SECONDS_PER_HOUR, scale,
            "max_travel_time",
        )  # fmt: skip
    metres = _metres(vroom)
    if all(per_hour == 0 for per_hour, _ in rates):
        scale = 1 if all(per_km % METRES_PER_KM == 0 for _, per_km in rates) else METRES_PER_KM
        return Pricing(metres, lambda vehicle: vehicle.costs.per_km * scale // METRES_PER_KM, scale, "max_distance")
    if len(rates) > 1:
        message = "they differ in costs per hour and per km at once; give all the same two, or one kind of cost only."
        raise InputError([Issue(vroom.name, None, "vehicles", message)])
    [(per_hour, per_km)] = rates
    both = per_hour * vroom.durations / SECONDS_PER_HOUR + per_km * metres / METRES_PER_KM
    return Pricing(np.rint(both).astype(np.int64), lambda vehicle: 1, 1, None)


def _metres(vroom: VroomProblem) -> np.ndarray:
    if vroom.distances is None:
        message = "costs per km need distances; add matrices.<profile>.distances."
        raise InputError([Issue(vroom.name, None, "vehicles", message)])
    return vroom.distances


def _check_limits(vroom: VroomProblem, pricing: Pricing) -> None:
    """Refuse a limit on travel time where distance is paid, and the other way round: a route has one metric."""
    issues = [
        Issue(vroom.name, None, f"vehicles[{number}].{limit}", "not known beside costs of another kind; take it out.")
        for number, vehicle in enumerate(vroom.vehicles)
        for limit in ("max_travel_time", "max_distance")
        if limit != pricing.limited and getattr(vehicle.words, limit) is not None
    ]
    if issues:
        raise InputError(issues)


def _groups(vroom: VroomProblem) -> dict[str, tuple[VroomVehicle, ...]]:
    """Vehicles that differ in nothing, under the id of the first."""
    alike: dict[object, list[VroomVehicle]] = {}
    for vehicle in vroom.vehicles:
        words = vehicle.words.model_dump(exclude={"id", "description"}, exclude_none=True)
        key = (vehicle.start, vehicle.end, repr(sorted(words.items())))
        alike.setdefault(key, []).append(vehicle)
    return {str(group[0].words.id): tuple(group) for group in alike.values()}


def _type(
    type_id: str, group: tuple[VroomVehicle, ...], vroom: VroomProblem, pricing: Pricing, nowhere: int
) -> VehicleType:
    vehicle, words = group[0], group[0].words
    start = nowhere if vehicle.start is None else vehicle.start
    end = nowhere if vehicle.end is None else vehicle.end
    opens, closes = words.time_window or (0, NEVER)
    limit = None if pricing.limited is None else getattr(words, pricing.limited)
    return VehicleType(
        vehicle_type_id=type_id,
        hub_id=str(start),
        count=len(group),
        capacity=_capacity(words, vroom),
        shift_start_s=opens,
        shift_end_s=max(closes, opens + 1),
        max_duration_s=math.inf,
        fixed_eur=words.costs.fixed * pricing.micro_per_cost / MICRO_PER_EUR,
        per_km_eur=pricing.rate(words) * PER_KM / MICRO_PER_EUR,
        per_hour_eur=0.0,
        max_distance_m=math.inf if limit is None else float(limit),
        end_place_idx=None if end == start else end,
        clock_breaks=tuple(ClockBreak(pause.service, break_windows(pause, words)) for pause in words.breaks),
    )


def _dimensions(vroom: VroomProblem) -> int:
    amounts = [*(v.words.capacity for v in vroom.vehicles), *(a for j in vroom.jobs for a in (j.words.delivery,
               j.words.pickup))]  # fmt: skip
    return max((len(amount) for amount in amounts), default=0)


def _capacity(words: VehicleWords, vroom: VroomProblem) -> tuple[float, ...]:
    """Capacities, then the number of tasks; a vehicle without capacity carries nothing, as in VROOM."""
    used = _dimensions(vroom)
    capacity = tuple(map(float, words.capacity)) or (0.0,) * used
    tasks = math.inf if words.max_tasks is None else float(words.max_tasks)
    return (*capacity, tasks, *(math.inf,) * len(LOAD_UNITS))[: len(LOAD_UNITS)]


def _stop(
    job: VroomJob, groups: dict[str, tuple[VroomVehicle, ...]], prizes: dict[str, int], vroom: VroomProblem
) -> Stop:
    used, words = _dimensions(vroom), job.words
    serving = frozenset(type_id for type_id, group in groups.items() if words.skills <= group[0].words.skills)
    pickup = (*(words.pickup or (0,) * used), 1)
    delivery = (*(words.delivery or (0,) * used), 0)
    return Stop(
        stop_id=str(words.id),
        place_idx=job.place,
        load=_padded(pickup),
        delivery=_padded(delivery),
        service_s=job.service_s,
        windows=words.time_windows,
        required=False,
        prize_eur=prizes[str(words.id)] / MICRO_PER_EUR,
        vehicle_type_ids=None if len(serving) == len(groups) else serving,
    )


def _padded(amounts: tuple[int, ...]) -> tuple[float, ...]:
    """Amounts, then one task, cut or filled to our units; without room for it the task limits nothing."""
    return tuple(map(float, (*amounts, *(0,) * len(LOAD_UNITS))[: len(LOAD_UNITS)]))


def _prizes(vroom: VroomProblem, pricing: Pricing) -> dict[str, int]:
    """A job is worth more than any plan costs; a unit of priority more than all jobs without any."""
    dearest = int(pricing.metric.max(initial=0)) * max(pricing.rate(vehicle.words) for vehicle in vroom.vehicles)
    used = min(len(vroom.vehicles), len(vroom.jobs))
    fixed = sorted((vehicle.words.costs.fixed for vehicle in vroom.vehicles), reverse=True)[:used]
    any_plan = dearest * (len(vroom.jobs) + used) + sum(fixed) * pricing.micro_per_cost + 1
    all_jobs = len(vroom.jobs) + 1
    return {str(job.words.id): any_plan * (1 + all_jobs * job.words.priority) for job in vroom.jobs}


def _places(vroom: VroomProblem, is_open: bool) -> Places:
    known = [(0.0, 0.0) if place is None else place for place in vroom.coordinates] + [(0.0, 0.0)] * is_open
    lon, lat = np.array(known, dtype=np.float64).reshape(-1, 2).T
    return Places(tuple(map(str, range(len(known)))), lat=lat.copy(), lon=lon.copy())


def _table(matrix: np.ndarray, is_open: bool) -> np.ndarray:
    return np.pad(matrix, (0, int(is_open))) if is_open else matrix
