"""Split a problem into parts that share no van and no stop, and put their answers together again."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from routing.pickup.problem import PickupProblem, Stop


def split_by_hub(problem: PickupProblem) -> list[PickupProblem]:
    """One problem per hub when every stop belongs to one, else the problem as it is.

    A stop that may go anywhere belongs to the only hub with vans, if there is only one. Stops of a hub without
    vans make a part of their own. Places and matrices are shared, positions stay valid.
    """
    manned = sorted({kind.hub_id for kind in problem.vehicle_types if kind.count})
    stops = [_settle(stop, manned) for stop in problem.stops]
    if any(stop.hub_id is None for stop in stops) or len({stop.hub_id for stop in stops} | set(manned)) < 2:
        return [dataclasses.replace(problem, stops=tuple(stops))]
    parts = [_part(problem, stops, depot.hub_id) for depot in problem.depots]
    return [part for part in parts if part.stops]


def _settle(stop: Stop, manned: list[str]) -> Stop:
    if stop.hub_id is None and len(manned) == 1:
        return dataclasses.replace(stop, hub_id=manned[0])
    return stop


def _part(problem: PickupProblem, stops: list[Stop], hub_id: str) -> PickupProblem:
    return dataclasses.replace(
        problem,
        depots=tuple(depot for depot in problem.depots if depot.hub_id == hub_id),
        stops=tuple(stop for stop in stops if stop.hub_id == hub_id),
        vehicle_types=tuple(kind for kind in problem.vehicle_types if kind.hub_id == hub_id),
    )


def put_together(parts: Sequence[PickupProblem]) -> PickupProblem:
    """One problem of several parts of the same night."""
    return dataclasses.replace(
        parts[0],
        depots=tuple(depot for part in parts for depot in part.depots),
        stops=tuple(stop for part in parts for stop in part.stops),
        vehicle_types=tuple(kind for part in parts for kind in part.vehicle_types),
    )


def without_stops(problem: PickupProblem, stop_ids: set[str]) -> PickupProblem:
    """The problem without the given stops."""
    return dataclasses.replace(
        problem, stops=tuple(stop for stop in problem.stops if stop.stop_id not in stop_ids)
    )
