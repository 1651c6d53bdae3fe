"""Routes and stops of a run as GeoJSON, for any map: a line per route from its hub and back, a point per stop."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from service.run import Run

if TYPE_CHECKING:
    import geopandas


def write_geojson(run: Run) -> None:
    """Write `routes.geojson` into the run's folder (WGS 84, [lon, lat]; straight lines between stops)."""
    collection = {"type": "FeatureCollection", "features": _drawn(run) if run.manifest.tables["routes"].rows else []}
    run.geojson.write_text(json.dumps(collection, separators=(",", ":")) + "\n", encoding="utf-8")


def _drawn(run: Run) -> list[dict[str, Any]]:
    import geopandas
    from shapely.geometry import LineString, Point

    routes, stops = run.table("routes"), located_stops(run)
    hubs = run.input("hubs").set_index("hub_id")[["lon", "lat"]]
    lines = [LineString(path) for path in paths(routes, stops, hubs).values()]
    spots = [Point(xy) for xy in stops[["lon", "lat"]].itertuples(index=False)]
    return [
        *_features(geopandas.GeoDataFrame(routes.assign(feature="route"), geometry=lines, crs="EPSG:4326")),
        *_features(geopandas.GeoDataFrame(stops.assign(feature="stop"), geometry=spots, crs="EPSG:4326")),
    ]


def located_stops(run: Run) -> pd.DataFrame:
    """Return the stops in driving order with `lon`, `lat` of where the van goes: the point, or the customer's home."""
    stops, points = run.table("stops"), run.input("points").set_index("point_id")
    returns = run.input("returns", ["return_id", "lon", "lat"]).set_index("return_id")
    home = stops["visit_id"].where(stops["visit_id"].str.startswith("home:")).str.removeprefix("home:")
    for axis in ("lon", "lat"):
        stops[axis] = home.map(returns[axis]).fillna(stops["point_id"].map(points[axis])).astype(float)
    return stops.sort_values(["route_id", "position"], ignore_index=True)


def paths(routes: pd.DataFrame, stops: pd.DataFrame, hubs: pd.DataFrame) -> dict[str, list[tuple[float, float]]]:
    """Return each route's [lon, lat] corners in the order of `routes`: hub, stops, hub, again for every trip."""
    found = {}
    for route in routes.itertuples():
        hub = tuple(hubs.loc[route.hub_id, ["lon", "lat"]])
        corners = [hub]
        for _, trip in stops[stops["route_id"] == route.route_id].groupby("trip"):
            corners += [*trip[["lon", "lat"]].itertuples(index=False, name=None), hub]
        found[route.route_id] = corners if len(corners) > 1 else [hub, hub]
    return found


def _features(frame: geopandas.GeoDataFrame) -> list[dict[str, Any]]:
    plain = frame.drop(columns=["lon", "lat"], errors="ignore")
    found: list[dict[str, Any]] = plain.to_geo_dict(na="drop", drop_id=True)["features"]
    return found
