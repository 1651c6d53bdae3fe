"""Routes and stops of a run as GeoJSON, for any map: a line per route, a point per stop and break."""

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

    routes, stops, ends = run.table("routes"), located_stops(run), end_places(run)
    lines = [LineString(path) for path in paths(routes, stops, ends).values()]
    spots = [Point(xy) for xy in stops[["lon", "lat"]].itertuples(index=False)]
    at = stops[["route_id", "position", "lon", "lat"]]
    rests = run.table("rests").merge(at, on=["route_id", "position"], how="left")
    for axis in ("lon", "lat"):
        rests[axis] = rests[axis].astype(float).fillna(rests["place_id"].map(ends[axis]))
    pauses = [Point(xy) for xy in rests[["lon", "lat"]].itertuples(index=False)]
    found = [
        *_features(geopandas.GeoDataFrame(routes.assign(feature="route"), geometry=lines, crs="EPSG:4326")),
        *_features(geopandas.GeoDataFrame(stops.assign(feature="stop"), geometry=spots, crs="EPSG:4326")),
    ]
    resting = geopandas.GeoDataFrame(rests.assign(feature="break"), geometry=pauses, crs="EPSG:4326")
    return [*found, *(_features(resting) if pauses else [])]


def end_places(run: Run) -> pd.DataFrame:
    """Return hubs and garages by id with `name` (else the id), `lon`, `lat`: where vans begin and end their trips."""
    kept = [(t, key) for t, key in (("hubs", "hub_id"), ("garages", "garage_id")) if t in run.manifest.inputs]
    frames = [run.input(table).rename(columns={key: "place_id"}) for table, key in kept]
    places = pd.concat([frame[["place_id", "name", "lon", "lat"]] for frame in frames if len(frame)])
    named = places["name"].where(places["name"].astype(object).map(bool)).fillna(places["place_id"])
    return places.assign(name=named).set_index("place_id")


def located_stops(run: Run) -> pd.DataFrame:
    """Return the stops in driving order with `lon`, `lat` of where the van goes: the point, or the customer's home."""
    stops, points = run.table("stops"), run.input("points").set_index("point_id")
    returns = run.input("returns", ["return_id", "lon", "lat"]).set_index("return_id")
    home = stops["visit_id"].where(stops["visit_id"].str.startswith("home:")).str.removeprefix("home:")
    for axis in ("lon", "lat"):
        stops[axis] = home.map(returns[axis]).fillna(stops["point_id"].map(points[axis])).astype(float)
    return stops.sort_values(["route_id", "position"], ignore_index=True)


def paths(routes: pd.DataFrame, stops: pd.DataFrame, ends: pd.DataFrame) -> dict[str, list[tuple[float, float]]]:
    """Return each route's [lon, lat] corners in the order of `routes`: hub, stops, hub, again for every trip.

    `ends` locates hubs and garages (`end_places`); a night that begins or ends elsewhere does so here.
    """
    at = dict(zip(ends.index, zip(ends["lon"].tolist(), ends["lat"].tolist(), strict=True), strict=True))
    found = {}
    trips: dict[str, list[list[tuple[float, float]]]] = {}
    for (route_id, _), trip in stops.groupby(["route_id", "trip"]):
        trips.setdefault(str(route_id), []).append(list(zip(trip["lon"].tolist(), trip["lat"].tolist(), strict=True)))
    for route in routes.itertuples():
        hub, start, end = (
            at[place if isinstance(place, str) else route.hub_id]
            for place in (route.hub_id, getattr(route, "starts_at", None), getattr(route, "ends_at", None))
        )
        *earlier, last = trips.get(route.route_id, [[]])
        found[route.route_id] = [start, *(spot for trip in earlier for spot in (*trip, hub)), *last, end]
    return found


def _features(frame: geopandas.GeoDataFrame) -> list[dict[str, Any]]:
    plain = frame.drop(columns=["lon", "lat"], errors="ignore")
    found: list[dict[str, Any]] = plain.to_geo_dict(na="drop", drop_id=True)["features"]
    return found
