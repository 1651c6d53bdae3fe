"""The schedule as one table: a row per stop with its ETA and what is aboard after it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from service.drivers.clock import local_time

SCHEDULE_COLUMNS = [
    "van", "vehicle_type_id", "hub_id", "trip", "position", "visit_id", "stop", "lat", "lon", "window", "eta", "start",
    "departure", "wait_s", "parcels", "load_parcels", "load_l", "load_kg", "load_hazard_kg", "leg_km", "notes",
]  # fmt: skip
DIGITS = {"lat": 6, "lon": 6, "load_l": 3, "load_kg": 3, "load_hazard_kg": 3, "leg_km": 3}
TIMES = {"eta": "arrival_s", "start": "start_s", "departure": "departure_s"}


def schedule_table(stops: pd.DataFrame, night: date) -> pd.DataFrame:
    """Return SCHEDULE_COLUMNS for every row of a stop list; times are moments on the network's own clock."""
    moments = {name: [local_time(night, s) for s in stops[seconds]] for name, seconds in TIMES.items()}
    named = stops.rename(columns={"route_id": "van", "name": "stop"})
    table = named.assign(**moments, leg_km=stops["distance_m"] / 1000, notes=[" ".join(n) for n in stops["notes"]])
    return table[SCHEDULE_COLUMNS].round(DIGITS)


def schedule_csv(stops: pd.DataFrame, night: date) -> str:
    """Return the schedule as CSV in UTF-8 with a header; moments as `2026-11-23T17:20:00`."""
    return schedule_table(stops, night).to_csv(index=False, date_format="%Y-%m-%dT%H:%M:%S", lineterminator="\n")
