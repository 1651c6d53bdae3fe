"""From one hub's night to the pickup problem of `routing.pickup`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from network_design.replay.drawing import HubNight, Visit
from network_design.replay.settings import Vans
from retour.travel import Places as TravelPlaces
from retour.travel import Travel
from routing.pickup.problem import Depot, PickupProblem, Places, Stop, VehicleType

VAN, LONG_VAN = "van", "van for days"
DAYS_S = 14 * 86_400
DOOR = "door of "
AIR = Travel()
"""Great circle x circuity everywhere."""
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Alone:
    """What each visit takes of a van that makes no other: metres and seconds, shape (visits,), unloading included."""

    metres: IntArray
    seconds: IntArray


def night_problem(night: HubNight, vans: Vans, *, circuity: float, travel: Travel = AIR) -> PickupProblem:
    """Return the pickup problem of a night: every visit is required, and there are vans enough.

    What no van can bring home within a shift is fetched by vans that may be away for days, at the same rates and for
    such visits only: every design has routes, and the far ones are told.
    """
    places = _places(night, vans, circuity)
    legs = travel.matrix(places)
    metres, seconds = (np.rint(legs_of).astype(np.int64) for legs_of in (legs.distance_m, legs.duration_s))
    took = _alone(night, vans, metres, seconds).seconds
    far = took > vans.shift_h * 3600
    straight = travel.matrix_m is None  # roads of a file may be longer than the way round a third place
    return PickupProblem(
        places=Places((night.hub_id, *(visit.stop_id for visit in night.visits)), places.lat, places.lon),
        distance_m=metres,
        duration_s=seconds,
        depots=(Depot(night.hub_id, 0, 0, DAYS_S, math.ceil(vans.unload_s)),),
        stops=tuple(_stop(v, i + 1, night.hub_id, vans, bool(far[i])) for i, v in enumerate(night.visits)),
        vehicle_types=tuple(
            _van(
                name, night.hub_id, vans, shift_s=shift_s,
                count=enough(night, vans, took, mine, shift_s=shift_s) if straight else int(mine.sum()),
            )
            for name, mine, shift_s in ((VAN, ~far, round(vans.shift_h * 3600)), (LONG_VAN, far, DAYS_S))
            if mine.any()
        ),
    )  # fmt: skip


def enough(night: HubNight, vans: Vans, alone_s: IntArray, mine: NDArray[np.bool_], *, shift_s: int) -> int:
    """Return a number of vans with which the visits that are `mine` can surely be made within shifts of `shift_s`.

    A tour takes no longer than its visits one by one. Putting them into the first van with room for both its time and
    its load leaves no two vans that together have less than a shift or a load, so vans are at most twice the shifts and
    loads there are, and one.
    """
    parcels = sum(visit.parcels for visit, own in zip(night.visits, mine.tolist(), strict=True) if own)
    shifts_and_loads = float(alone_s[mine].sum()) / shift_s + parcels / vans.room
    return min(int(mine.sum()), 2 * math.ceil(shifts_and_loads) + 1)


def alone(night: HubNight, vans: Vans, problem: PickupProblem) -> Alone:
    """Return what each visit of a night takes alone."""
    return _alone(night, vans, np.asarray(problem.distance_m), np.asarray(problem.duration_s))


def service_s(visit: Visit, vans: Vans) -> int:
    """Return how long a van stands at a visit, whole seconds."""
    return math.ceil(vans.stop_s + vans.parcel_s * visit.parcels)


def _alone(night: HubNight, vans: Vans, metres: IntArray, seconds: IntArray) -> Alone:
    service = np.array([service_s(visit, vans) for visit in night.visits], dtype=np.int64)
    both_ways = [matrix[0, 1:] + matrix[1:, 0] for matrix in (metres, seconds)]
    return Alone(both_ways[0], both_ways[1] + service + math.ceil(vans.unload_s))


def _places(night: HubNight, vans: Vans, circuity: float) -> TravelPlaces:
    ids = (night.hub_id, *(f"{DOOR}{v.stop_id}" if v.door else v.place_id for v in night.visits))
    lat, lon = (
        np.array([getattr(night, axis), *(getattr(v, axis) for v in night.visits)], dtype=float)
        for axis in ("lat", "lon")
    )
    same = np.ones(len(ids))
    return TravelPlaces(ids, lat, lon, circuity=same * circuity, speed_kmh=same * vans.speed_kmh)


def _stop(visit: Visit, place_idx: int, hub_id: str, vans: Vans, far: bool) -> Stop:
    return Stop(
        stop_id=visit.stop_id,
        place_idx=place_idx,
        load=(float(visit.parcels), 0.0, visit.parcels * vans.parcel_kg, 0.0),
        service_s=service_s(visit, vans),
        hub_id=hub_id,
        vehicle_type_ids=frozenset({LONG_VAN if far else VAN}),
    )


def _van(name: str, hub_id: str, vans: Vans, *, shift_s: int, count: int) -> VehicleType:
    return VehicleType(
        vehicle_type_id=name,
        hub_id=hub_id,
        count=count,
        capacity=(float(vans.capacity_parcels), math.inf, vans.capacity_kg, math.inf),
        shift_start_s=0,
        shift_end_s=shift_s,
        max_duration_s=math.inf,
        fixed_eur=vans.fixed_cost,
        per_km_eur=vans.cost_per_km,
        per_hour_eur=vans.cost_per_h,
        max_trips=vans.trips,
    )
