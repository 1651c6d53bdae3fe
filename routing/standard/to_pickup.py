"""A standard instance as a pickup problem, and routes of the one as routes of the other.

A unit of the convention is a metre, a second, a parcel and a micro-euro, so the objective in micro-euro is the cost.
Stops and hubs are called after their location number, vehicle types after their first vehicle: `v12`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from retour.errors import InputError, Issue
from routing.pickup.plane import PlaneMatrix, Rounding
from routing.pickup.problem import NOTHING, Depot, Matrix, PickupProblem, Places, Stop, VehicleType
from routing.pickup.schedule import Route
from routing.standard.convention import Convention
from routing.standard.instance import NEVER, StandardInstance

UNITS_PER_EUR = 1_000_000
UNITS_PER_KM = 1_000


@dataclass(frozen=True)
class VehicleGroup:
    """Vehicles that differ in nothing: the id of their type, and their positions in the instance, from 0."""

    type_id: str
    vehicles: tuple[int, ...]


def vehicle_groups(instance: StandardInstance) -> tuple[VehicleGroup, ...]:
    """The vehicles by type; where the file gives no fleet, as many of the one type as could ever be of use."""
    if not instance.fleet_given:
        return (VehicleGroup("v1", tuple(range(_enough_vehicles(instance)))),)
    alike: dict[tuple[object, ...], list[int]] = {}
    for idx in range(len(instance.vehicles)):
        alike.setdefault(instance.vehicles.row(idx), []).append(idx)
    return tuple(VehicleGroup(f"v{group[0] + 1}", tuple(group)) for group in alike.values())


def to_pickup_problem(instance: StandardInstance) -> PickupProblem:
    """The same problem for our engines; its objective in micro-euro is the cost in the convention's units.

    Demand is picked up, or brought where there are backhauls or release times. Raises `InputError` for reloading
    elsewhere than at a vehicle's own depot, which no engine knows.
    """
    groups = vehicle_groups(instance)
    _refuse_foreign_reloads(instance)
    matrix = _matrix(instance)
    return PickupProblem(
        places=_places(instance),
        distance_m=matrix,
        duration_s=matrix,
        depots=tuple(_depot(instance, location) for location in range(instance.depots)),
        stops=tuple(_stops(instance, groups)),
        vehicle_types=tuple(_vehicle_type(instance, group) for group in groups),
    )


def to_solution(instance: StandardInstance, routes: Iterable[Route]) -> tuple[tuple[int, ...], ...]:
    """Routes in the numbering of `.sol` files: where vehicles differ route k is the k-th vehicle's, empty if unused."""
    rows = {group.type_id: group.vehicles for group in vehicle_groups(instance)}
    by_vehicle: dict[int, tuple[int, ...]] = {}
    for route in routes:
        vehicle = rows[route.vehicle_type_id][route.vehicle_no - 1]
        by_vehicle[vehicle] = _with_reloads(instance, vehicle, route)
    if instance.vehicles_differ:
        return tuple(by_vehicle.get(vehicle, ()) for vehicle in range(len(instance.vehicles)))
    return tuple(by_vehicle[vehicle] for vehicle in sorted(by_vehicle))


def from_solution(instance: StandardInstance, solution: Sequence[Sequence[int]]) -> tuple[Route, ...]:
    """Routes of a `.sol` file as ours, empty ones left out; raises `InputError` for what the instance does not have."""
    places = {vehicle: (group.type_id, number) for group in vehicle_groups(instance)
              for number, vehicle in enumerate(group.vehicles, start=1)}  # fmt: skip
    used = [(number, route) for number, route in enumerate(solution) if any(at >= instance.depots for at in route)]
    if not instance.vehicles_differ:
        used = [(number, route) for number, (_, route) in enumerate(used)]
    if issues := [*_unknown_parts(instance, used, len(places))]:
        raise InputError(issues)
    return tuple(Route(*places[number], _trips(instance, route)) for number, route in used)


def _enough_vehicles(instance: StandardInstance) -> int:
    """No more routes than this can be needed: of two that fit one vehicle together, none would be driven apart.

    That holds where nothing but capacity limits a route; else a vehicle per client is enough.
    """
    vehicles = instance.vehicles
    timed = instance.closes.min() < NEVER or vehicles.max_duration[0] < NEVER or vehicles.max_distance[0] < NEVER
    capacity = int(vehicles.capacity[0])
    if timed or capacity == 0:
        return instance.clients
    total = int(instance.demand.sum() + instance.backhaul.sum())
    return max(1, min(instance.clients, 2 * total // capacity + 1))


def _refuse_foreign_reloads(instance: StandardInstance) -> None:
    vehicles = instance.vehicles
    foreign = [idx for idx, depots in enumerate(vehicles.reload_depots) if set(depots) - {int(vehicles.depot[idx])}]
    if foreign:
        names = ", ".join(str(idx + 1) for idx in foreign[:5]) + (" and more" if len(foreign) > 5 else "")
        message = f"vehicles {names} reload at a depot that is not their own; give them their own depot there."
        raise InputError([Issue(f"{instance.name} VEHICLES_RELOAD_DEPOT_SECTION", None, None, message)])


def _matrix(instance: StandardInstance) -> Matrix:
    if instance.weights is not None:
        return instance.weights
    assert instance.xy is not None  # one of the two is given
    rounding = Rounding.DOWN if instance.convention is Convention.DIMACS else Rounding.NEAREST
    x, y = np.ascontiguousarray(instance.xy.T)
    return PlaneMatrix(x, y, scale=float(instance.convention.scale), rounding=rounding)


def _places(instance: StandardInstance) -> Places:
    """Coordinates of the plane stand in for degrees: nothing here measures on the globe."""
    xy = np.zeros((instance.locations, 2)) if instance.xy is None else instance.xy
    return Places(tuple(map(str, range(instance.locations))), lat=xy[:, 1].copy(), lon=xy[:, 0].copy())


def _depot(instance: StandardInstance, location: int) -> Depot:
    return Depot(str(location), location, int(instance.opens[location]), int(instance.closes[location]), unload_s=0)


def _stops(instance: StandardInstance, groups: Sequence[VehicleGroup]) -> Iterable[Stop]:
    brought = bool(instance.backhaul.any() or instance.release.any())
    allowed = [instance.vehicles.allowed[min(group.vehicles[0], len(instance.vehicles) - 1)] for group in groups]
    for at in range(instance.depots, instance.locations):
        demand, backhaul, prize = int(instance.demand[at]), int(instance.backhaul[at]), int(instance.prize[at])
        serving = [group.type_id for group, some in zip(groups, allowed, strict=True) if some is None or at in some]
        always_open = instance.opens[at] == 0 and instance.closes[at] >= NEVER
        yield Stop(
            stop_id=str(at),
            place_idx=at,
            load=_parcels(backhaul if brought else demand),
            delivery=_parcels(demand if brought else 0),
            service_s=int(instance.service[at]),
            windows=() if always_open else ((int(instance.opens[at]), int(instance.closes[at])),),
            required=prize == 0,
            prize_eur=prize / UNITS_PER_EUR,
            release_s=int(instance.release[at]),
            vehicle_type_ids=None if len(serving) == len(groups) else frozenset(serving),
        )


def _parcels(amount: int) -> tuple[float, ...]:
    return float(amount), *NOTHING[1:]


def _vehicle_type(instance: StandardInstance, group: VehicleGroup) -> VehicleType:
    vehicles, row = instance.vehicles, min(group.vehicles[0], len(instance.vehicles) - 1)
    depot = int(vehicles.depot[row])
    reloads = min(int(vehicles.max_reloads[row]), instance.clients - 1) if vehicles.reload_depots[row] else 0
    return VehicleType(
        vehicle_type_id=group.type_id,
        hub_id=str(depot),
        count=len(group.vehicles),
        capacity=(_limit(vehicles.capacity[row]), *(math.inf,) * (len(NOTHING) - 1)),
        shift_start_s=int(instance.opens[depot]),
        shift_end_s=int(instance.closes[depot]),
        max_duration_s=_limit(vehicles.max_duration[row]),
        max_distance_m=_limit(vehicles.max_distance[row]),
        fixed_eur=int(vehicles.fixed_cost[row]) / UNITS_PER_EUR,
        per_km_eur=int(vehicles.unit_distance_cost[row]) * UNITS_PER_KM / UNITS_PER_EUR,
        per_hour_eur=0.0,
        max_trips=reloads + 1,
        linehaul_first=instance.linehaul_first,
    )


def _limit(amount: int) -> float:
    return math.inf if amount >= NEVER else float(amount)


def _with_reloads(instance: StandardInstance, vehicle: int, route: Route) -> tuple[int, ...]:
    depot = int(instance.vehicles.depot[min(vehicle, len(instance.vehicles) - 1)])
    path: list[int] = []
    for trip in route.trips:
        path += [depot] * bool(path) + [int(stop_id) for stop_id in trip]
    return tuple(path)


def _unknown_parts(
    instance: StandardInstance, used: Sequence[tuple[int, Sequence[int]]], vehicles: int
) -> Iterable[Issue]:
    last = instance.locations - 1
    for number, route in used:
        if number >= vehicles:
            message = f"route {number + 1} has no vehicle; {instance.name} has {vehicles}."
            yield Issue("start", None, None, message)
        for location in route:
            if not 0 <= location <= last:
                message = f"route {number + 1} names location {location}; those of {instance.name} end at {last}."
                yield Issue("start", None, None, message)


def _trips(instance: StandardInstance, route: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    trips: list[tuple[str, ...]] = [()]
    for location in route:
        if location < instance.depots:
            trips.append(())
        else:
            trips[-1] += (str(location),)
    return tuple(trip for trip in trips if trip)
