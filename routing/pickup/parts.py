"""Split a problem into parts that share no van, no stop and no tie, and put their answers together again."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from routing.pickup.plane import PlaneMatrix
from routing.pickup.problem import PickupProblem, Places, Stop


def split_by_hub(problem: PickupProblem) -> list[PickupProblem]:
    """One problem per hub when every stop belongs to one, else the problem as it is.

    A stop that may go anywhere belongs to the only hub whose vans may serve it, if there is only one. Stops of a hub
    without vans make a part of their own. Hubs stay together whose stops are alternatives of each other or must ride
    in one van; a price on balance looks at all vans and keeps everything together. Places and matrices are shared,
    positions stay valid.
    """
    hub_of = {kind.vehicle_type_id: kind.hub_id for kind in problem.vehicle_types if kind.count}
    manned = sorted(set(hub_of.values()))
    stops = [_settle(stop, manned, hub_of) for stop in problem.stops]
    whole = dataclasses.replace(problem, stops=tuple(stops))
    tied = problem.wishes.balance_per_hour_eur > 0 or any(stop.hub_id is None for stop in stops)
    if tied or len({stop.hub_id for stop in stops} | set(manned)) < 2:
        return [whole]
    parts = [_part(problem, stops, hubs) for hubs in _groups_of_hubs(problem, stops)]
    return [part for part in parts if part.stops]


def _settle(stop: Stop, manned: list[str], hub_of: dict[str, str]) -> Stop:
    if stop.hub_id is not None:
        return stop
    hubs = set(manned)
    if stop.vehicle_type_ids is not None:
        hubs = {hub_of[type_id] for type_id in stop.vehicle_type_ids if type_id in hub_of}
    return dataclasses.replace(stop, hub_id=hubs.pop()) if len(hubs) == 1 else stop


def _groups_of_hubs(problem: PickupProblem, stops: list[Stop]) -> list[set[str]]:
    """Hubs that must be planned together, in the order of the depots."""
    group_of = {depot.hub_id: {depot.hub_id} for depot in problem.depots}
    for name in ("alternative_of", "same_van"):
        first: dict[str, str] = {}
        for stop in stops:
            tie, hub_id = getattr(stop, name), str(stop.hub_id)
            if tie is not None and (other := first.setdefault(tie, hub_id)) != hub_id:
                joined = group_of[other] | group_of[hub_id]
                group_of.update(dict.fromkeys(joined, joined))
    return list({id(group): group for group in group_of.values()}.values())


def _part(problem: PickupProblem, stops: list[Stop], hubs: set[str]) -> PickupProblem:
    kinds = tuple(kind for kind in problem.vehicle_types if kind.hub_id in hubs)
    ours = frozenset(kind.vehicle_type_id for kind in kinds)
    return dataclasses.replace(
        problem,
        depots=tuple(depot for depot in problem.depots if depot.hub_id in hubs),
        stops=tuple(_of_types(stop, ours) for stop in stops if stop.hub_id in hubs),
        vehicle_types=kinds,
    )


def _of_types(stop: Stop, ours: frozenset[str]) -> Stop:
    """The stop without the types that another part has."""
    if stop.vehicle_type_ids is None:
        return stop
    return dataclasses.replace(stop, vehicle_type_ids=stop.vehicle_type_ids & ours)


def put_together(parts: Sequence[PickupProblem]) -> PickupProblem:
    """One problem of several parts of the same night."""
    return dataclasses.replace(
        parts[0],
        depots=tuple(depot for part in parts for depot in part.depots),
        stops=tuple(stop for part in parts for stop in part.stops),
        vehicle_types=tuple(kind for part in parts for kind in part.vehicle_types),
    )


def with_own_places(problem: PickupProblem) -> PickupProblem:
    """The same problem with no places but those it uses, so that an engine copies only their part of the matrices."""
    if isinstance(problem.distance_m, PlaneMatrix) or isinstance(problem.duration_s, PlaneMatrix):
        return problem  # takes no memory
    ends = [idx for kind in problem.vehicle_types for idx in (kind.start_place_idx, kind.end_place_idx)]
    used = {depot.place_idx for depot in problem.depots} | {stop.place_idx for stop in problem.stops}
    kept = np.array(sorted(used | {idx for idx in ends if idx is not None}), dtype=np.int64)
    now = {int(idx): position for position, idx in enumerate(kept)}
    places, grid, replace = problem.places, np.ix_(kept, kept), dataclasses.replace
    return replace(
        problem,
        places=Places(tuple(places.ids[idx] for idx in kept), places.lat[kept], places.lon[kept]),
        distance_m=problem.distance_m[grid],
        duration_s=problem.duration_s[grid],
        depots=tuple(replace(depot, place_idx=now[depot.place_idx]) for depot in problem.depots),
        stops=tuple(replace(stop, place_idx=now[stop.place_idx]) for stop in problem.stops),
        vehicle_types=tuple(
            replace(
                kind,
                start_place_idx=None if kind.start_place_idx is None else now[kind.start_place_idx],
                end_place_idx=None if kind.end_place_idx is None else now[kind.end_place_idx],
            )
            for kind in problem.vehicle_types
        ),
    )


def without_stops(problem: PickupProblem, stop_ids: set[str]) -> PickupProblem:
    """The problem without the given stops."""
    return dataclasses.replace(
        problem, stops=tuple(stop for stop in problem.stops if stop.stop_id not in stop_ids)
    )
