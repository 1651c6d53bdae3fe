"""The schedule as one table: a row per stop with its ETA and what is aboard after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from service.drivers.clock import local_time
from service.drivers.vans import Van

SCHEDULE_COLUMNS = [
    "van", "vehicle_type_id", "hub_id", "trip", "position", "visit_id", "stop", "lat", "lon", "window", "eta", "start",
    "departure", "wait_s", "parcels", "out_parcels", "load_parcels", "load_l", "load_kg", "load_hazard_kg", "leg_km",
    "notes", "breaks", "starts_at", "ends_at",
]  # fmt: skip
DIGITS = {"lat": 6, "lon": 6, "load_l": 3, "load_kg": 3, "load_hazard_kg": 3, "leg_km": 3}
TIMES = {"eta": "arrival_s", "start": "start_s", "departure": "departure_s"}


def schedule_table(stops: pd.DataFrame, vans: Sequence[Van], night: date) -> pd.DataFrame:
    """Return SCHEDULE_COLUMNS for every row of a stop list; times are moments on the network's own clock.

    `breaks` holds those at the stop and, in the row of a trip's last stop, those after it at the hub.
    """
    moments = {name: [local_time(night, s) for s in stops[seconds]] for name, seconds in TIMES.items()}
    named = stops.rename(columns={"route_id": "van", "name": "stop"})
    table = named.assign(**moments, leg_km=stops["distance_m"] / 1000, notes=[" ".join(n) for n in stops["notes"]])
    ends = {v.route.route_id: (_or_hub(v, v.route.starts_at), _or_hub(v, v.route.ends_at)) for v in vans}
    after = {(v.route.route_id, t.stops[-1].position): t.rests for v in vans for t in v.trips}
    table["breaks"] = [
        "; ".join(map(str, [*s.rests_before, *s.rests_after, *after.get((s.route_id, s.position), ())]))
        for s in stops.itertuples()
    ]
    table["starts_at"], table["ends_at"] = (stops["route_id"].map(lambda r, i=i: ends[r][i]) for i in (0, 1))
    return table[SCHEDULE_COLUMNS].round(DIGITS)


def _or_hub(van: Van, place_id: object) -> str:
    return place_id if isinstance(place_id, str) else str(van.route.hub_id)


def schedule_csv(stops: pd.DataFrame, vans: Sequence[Van], night: date) -> str:
    """Return the schedule as CSV in UTF-8 with a header; moments as `2026-11-23T17:20:00`."""
    return schedule_table(stops, vans, night).to_csv(index=False, date_format="%Y-%m-%dT%H:%M:%S", lineterminator="\n")
