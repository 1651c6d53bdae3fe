"""Manifests to print: a sheet per van that its driver follows, fills in and signs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from service.manifest import Manifest
from service.templating import template


def manifests_html(
    manifest: Manifest, routes: pd.DataFrame, trips: pd.DataFrame, rounds: pd.DataFrame, hubs: pd.DataFrame
) -> str:
    """Return one HTML page, a printed sheet per van; `trips` and `rounds` are the run's trip and round boards."""
    names = hubs.set_index("hub_id")["name"]
    hub = routes["hub_id"].map(names).fillna(routes["hub_id"])
    vans = list(_vans(routes.assign(hub=hub), trips, rounds))
    return template("manifests.html.j2").render(m=manifest, vans=vans)


def _vans(routes: pd.DataFrame, trips: pd.DataFrame, rounds: pd.DataFrame) -> Iterator[dict[str, Any]]:
    trips_of = {str(van): rows for van, rows in trips.groupby("route_id")}
    rounds_of = {str(van): rows for van, rows in rounds.groupby("route_id")}
    for route in routes.to_dict("records"):
        own, stops = trips_of[route["route_id"]], rounds_of[route["route_id"]]
        calls = {trip: rows.to_dict("records") for trip, rows in stops.groupby("trip")}
        yield {
            **route,
            "tours": [{**trip, "calls": calls[trip["trip"]]} for trip in own.to_dict("records")],
            "totals": {
                **own[["parcels", "volume_l", "weight_kg", "hazard_kg"]].sum().to_dict(),
                "wait_s": int(stops["wait_s"].sum()),
                "service_s": int(stops["service_s"].sum()),
            },
        }
