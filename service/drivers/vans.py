"""The vans of a run, each with its trips and stops at hand: what its manifest and its GPX are written from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from service.drivers.trips import trip_board
from service.run import Run


@dataclass(frozen=True)
class Trip:
    """One trip: its `row` of the trip board, and its rows of the stop list in driving order."""

    row: Any
    stops: Sequence[Any]


@dataclass(frozen=True)
class Van:
    """One van: its row of `routes`, its hub's row of `hubs`, what people call the hub, and its trips in order."""

    route: Any
    hub: Any
    hub_name: str
    trips: Sequence[Trip]

    @property
    def stops(self) -> list[Any]:
        """All stops in driving order."""
        return [stop for trip in self.trips for stop in trip.stops]


def vans_of(run: Run, stops: pd.DataFrame) -> list[Van]:
    """Return the vans of a run in the order of its routes; `stops` is its stop list."""
    routes, hubs = run.table("routes"), run.input("hubs")
    stops_of: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for stop in stops.itertuples():
        stops_of[stop.route_id, stop.trip].append(stop)
    trips_of: dict[str, list[Trip]] = defaultdict(list)
    for row in trip_board(routes, run.table("stops"), hubs).itertuples():
        trips_of[row.route_id].append(Trip(row, stops_of[row.route_id, row.trip]))
    base = {hub.hub_id: hub for hub in hubs.itertuples()}
    driving = [route for route in routes.itertuples() if route.route_id in trips_of]
    return [Van(r, base[r.hub_id], _name(base[r.hub_id]), trips_of[r.route_id]) for r in driving]


def _name(hub: Any) -> str:
    return hub.name if isinstance(hub.name, str) and hub.name else str(hub.hub_id)
