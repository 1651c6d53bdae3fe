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
class Tour:
    """One trip: its row of the trip board, and its rows of the round board in driving order."""

    trip: Any
    stops: Sequence[Any]


@dataclass(frozen=True)
class Van:
    """One van: its row of `routes`, its hub's row of `hubs`, what people call the hub, and its tours in order."""

    route: Any
    hub: Any
    hub_name: str
    tours: Sequence[Tour]

    @property
    def stops(self) -> list[Any]:
        """All stops in driving order."""
        return [stop for tour in self.tours for stop in tour.stops]


def vans_of(run: Run, rounds: pd.DataFrame) -> list[Van]:
    """Return the vans of a run in the order of its routes; `rounds` is its round board."""
    routes, hubs = run.table("routes"), run.input("hubs")
    stops: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for stop in rounds.itertuples():
        stops[stop.route_id, stop.trip].append(stop)
    tours: dict[str, list[Tour]] = defaultdict(list)
    for trip in trip_board(routes, run.table("stops"), hubs).itertuples():
        tours[trip.route_id].append(Tour(trip, stops[trip.route_id, trip.trip]))
    base = {hub.hub_id: hub for hub in hubs.itertuples()}
    driving = [route for route in routes.itertuples() if route.route_id in tours]
    return [Van(r, base[r.hub_id], _name(base[r.hub_id]), tours[r.route_id]) for r in driving]


def _name(hub: Any) -> str:
    return hub.name if isinstance(hub.name, str) and hub.name else str(hub.hub_id)
