"""Tonight's routes and their stops with names and times a driver reads."""

from __future__ import annotations

import pandas as pd

from retour.brought import brought
from service.geojson import located_stops
from service.reading.points import HOME_PREFIX
from service.run import Run
from service.text import clock

ROUTE_COLUMNS = [
    "route_id",
    "vehicle_type_id",
    "hub",
    "trips",
    "stops",
    "parcels",
    "leaves",
    "back",
    "hours",
    "km",
    "cost_eur",
    "co2e_kg",
]
STOP_COLUMNS = [
    "route_id",
    "position",
    "trip",
    "arrives",
    "leaves",
    "name",
    "visit_id",
    "parcels",
    "out_parcels",
    "load_parcels",
    "load_kg",
    "km",
    "lat",
    "lon",
]


def route_board(run: Run) -> pd.DataFrame:
    """Return ROUTE_COLUMNS for every route, in the stored order; times as HH:MM, `hours` paid, `km` driven."""
    routes, hubs = run.table("routes"), run.input("hubs").set_index("hub_id")
    return routes.assign(
        hub=routes["hub_id"].map(hubs["name"]).fillna(routes["hub_id"]),
        leaves=routes["start_s"].map(clock),
        back=routes["end_s"].map(clock),
        hours=routes["duration_s"] / 3600,
        km=routes["distance_m"] / 1000,
    )[ROUTE_COLUMNS]


def stop_board(run: Run) -> pd.DataFrame:
    """Return STOP_COLUMNS for every stop in driving order; `km` from the previous stop, times as HH:MM."""
    stops = located_stops(run)
    return stops.assign(
        name=stop_names(run, stops),
        arrives=stops["arrival_s"].map(clock),
        leaves=stops["departure_s"].map(clock),
        km=stops["distance_m"] / 1000,
        **brought(stops),
    )[STOP_COLUMNS]


def stop_names(run: Run, stops: pd.DataFrame) -> pd.Series:
    """Return what people call each stop: the point's name, else its id; a home is called after its return."""
    names = run.input("points", ["point_id", "name"]).set_index("point_id")["name"]
    home = stops["visit_id"].where(stops["visit_id"].str.startswith(HOME_PREFIX)).str.removeprefix(HOME_PREFIX)
    return ("Home of " + home).fillna(stops["point_id"].map(names)).fillna(stops["point_id"])
