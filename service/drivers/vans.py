"""The vans of a run, each with its trips and stops at hand: what its manifest and its GPX are written from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from service.drivers.rests import Rest, rests_after_trips
from service.drivers.trips import trip_board
from service.geojson import end_places
from service.run import Run


@dataclass(frozen=True)
class Trip:
    """One trip: its `row` of the trip board, its rows of the stop list in order, the breaks after its last stop.

    `leaves` and `ends` are what people call the places where it begins and ends.
    """

    row: Any
    stops: Sequence[Any]
    rests: Sequence[Rest]
    leaves: str
    ends: str


@dataclass(frozen=True)
class Van:
    """One van: its row of `routes`, its hub's row of `hubs`, what people call the hub, and its trips in order.

    `start` and `end` are the places (`name`, `lat`, `lon`) where its night begins and ends: the hub, or elsewhere.
    """

    route: Any
    hub: Any
    hub_name: str
    trips: Sequence[Trip]
    start: Any
    end: Any

    @property
    def ends_elsewhere(self) -> bool:
        """Whether the night ends away from the hub, with what the last trip took still aboard."""
        return isinstance(self.route.ends_at, str)

    @property
    def stops(self) -> list[Any]:
        """All stops in driving order."""
        return [stop for trip in self.trips for stop in trip.stops]


def vans_of(run: Run, stops: pd.DataFrame) -> list[Van]:
    """Return the vans of a run in the order of its routes; `stops` is its stop list."""
    routes, hubs, ends, rests = run.table("routes"), run.input("hubs"), end_places(run), rests_after_trips(run)
    stops_of: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for stop in stops.itertuples():
        stops_of[stop.route_id, stop.trip].append(stop)
    rows_of: dict[str, list[Any]] = defaultdict(list)
    for row in trip_board(routes, run.table("stops"), hubs, run.table("rests")).itertuples():
        rows_of[row.route_id].append(row)
    base = {hub.hub_id: hub for hub in hubs.itertuples()}
    vans = []
    for route in (r for r in routes.itertuples() if r.route_id in rows_of):
        rows = rows_of[route.route_id]
        places = (_or(route.starts_at, route), route.hub_id, _or(route.ends_at, route))
        start, hub, end = (ends.loc[place_id] for place_id in places)
        trips = [
            Trip(
                row, stops_of[row.route_id, row.trip], rests.get((row.route_id, row.trip), ()),
                leaves=str((start if row is rows[0] else hub)["name"]),
                ends=str((end if row is rows[-1] else hub)["name"]),
            )
            for row in rows
        ]  # fmt: skip
        vans.append(Van(route, base[route.hub_id], str(hub["name"]), trips, start, end))
    return vans


def _or(place_id: Any, route: Any) -> str:
    """Return the place, or the van's hub where none is told."""
    return place_id if isinstance(place_id, str) else str(route.hub_id)
