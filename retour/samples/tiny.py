"""The network a person can solve by hand: 6 points, 2 hubs, 3 sites, 12 returns, every number round.

The map is a grid in road kilometres around Lyon, with distances from right triangles (3-4-5, 6-8-10, 8-15-17);
the network's circuity of 1.25 turns it into coordinates. `tiny.txt` holds the tables, `data/tiny/README.md` the story.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.policy import Fee, NetworkSettings, Policy, Service, TravelSettings
from retour.samples.typed_in import typed_in
from retour.vocabulary import PointKind

ORIGIN_LAT, ORIGIN_LON = 45.73, 4.83
CIRCUITY = 1.25
KM_PER_DEGREE = 111.19508
DECIMALS = 6
NIGHT = "2026-11-23"
HISTORY_DAYS = 28

SETTINGS = NetworkSettings(
    name="tiny",
    tonight=NIGHT,
    travel=TravelSettings(circuity=CIRCUITY, speed_kmh=30, source="chosen: 2 minutes per road kilometre"),
    description="Twelve returns around Lyon that can be planned by hand.",
    attribution="Invented.",
)

POLICY = Policy(
    name="tiny",
    fees=(
        Fee(kind=PointKind.RELAY, eur=1),
        Fee(kind=PointKind.LOCKER, eur=1),
        Fee(kind=PointKind.STORE, eur=0),
        Fee(kind=PointKind.HOME, eur=4),
    ),
    service=Service(process_days=1),
)

# Parcels a day from Monday to Sunday, every week alike; the shops are closed on Sunday.
WEEK = {
    "P1": (8, 9, 9, 8, 10, 11, 8),
    "P2": (3, 3, 3, 3, 3, 3, 3),
    "P3": (2, 2, 2, 2, 3, 3, 0),
    "P4": (1, 1, 1, 1, 1, 1, 0),
    "P5": (3, 3, 3, 3, 4, 5, 0),
}


def tiny_tables() -> dict[str, pd.DataFrame]:
    """Return every table of the tiny network as typed in: nothing is drawn."""
    return {name: _placed(frame) for name, frame in typed_in("tiny").items()} | {"arrivals": _history()}


def _placed(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn road kilometres east and north of the origin into degrees, where a table has them."""
    if "x_km" not in frame:
        return frame
    x_km, y_km = (frame[c].astype(float).to_numpy() for c in ("x_km", "y_km"))
    lat = ORIGIN_LAT + y_km / CIRCUITY / KM_PER_DEGREE
    lon = ORIGIN_LON + x_km / CIRCUITY / (KM_PER_DEGREE * np.cos(np.radians(lat)))
    return frame.assign(lat=lat.round(DECIMALS), lon=lon.round(DECIMALS))


def _history() -> pd.DataFrame:
    days = pd.date_range(end=pd.Timestamp(NIGHT) - pd.Timedelta(days=1), periods=HISTORY_DAYS)
    rows = [(point, day, WEEK[point][day.weekday()]) for point in WEEK for day in days]
    return pd.DataFrame(rows, columns=["point_id", "date", "parcels"])
