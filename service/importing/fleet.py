"""Vans of an imported network: as many as the mapping says, or as many as the expected parcels need."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from retour.clock import seconds
from retour.facts import rate
from retour.pickup_estimate import unit_sphere
from retour.policy import TravelSettings
from retour.travel import EARTH_RADIUS_M
from service.importing.mapping import VansPart

NEIGHBOURS = 2

FloatArray = NDArray[np.float64]


def vehicle_table(
    part: VansPart, hubs: pd.DataFrame, points: pd.DataFrame, *, daily: FloatArray, hub_km: FloatArray, nights: float,
    travel: TravelSettings,
) -> pd.DataFrame:  # fmt: skip
    """Return one van type per hub.

    `daily` (p,) are parcels a day per point, `hub_km` (p,) road kilometres to its hub, `nights` the mean number of
    nights between two visits.
    """
    needed = _needed(part, points, daily=daily, hub_km=hub_km, nights=nights, travel=travel)
    count = [part.at_hub.get(h, part.per_hub or max(1, int(needed.get(h, 1)))) for h in hubs["hub_id"]]
    return pd.DataFrame({
        "vehicle_type_id": "van-" + hubs["hub_id"],
        "hub_id": hubs["hub_id"],
        "count": count,
        "capacity_parcels": part.capacity_parcels,
        "capacity_l": part.capacity_l,
        "capacity_kg": part.capacity_kg,
        "shift_start": part.shift_start,
        "shift_end": part.shift_end,
        "fixed_eur": part.fixed_eur,
        "per_km_eur": part.per_km_eur,
        "per_hour_eur": part.per_hour_eur,
        "emission_line": part.emission_line,
        "max_trips": part.max_trips,
    })  # fmt: skip


def _needed(
    part: VansPart,
    points: pd.DataFrame,
    *,
    daily: FloatArray,
    hub_km: FloatArray,
    nights: float,
    travel: TravelSettings,
) -> pd.Series:
    """Return vans by hub: what fits into them and what fits into their shift, whichever asks for more.

    In the long run a night takes away what a night brings: each point's daily parcels, at a stop every `nights`. The
    stops of one night lie as far apart as near neighbours, times the root of `nights` (Daganzo 1984,
    doi 10.1287/trsc.18.4.331); a van goes out to its stops and back once per load.
    """
    detour_km = neighbour_km(points) * np.sqrt(nights) * travel.circuity
    stop_s = rate("stop_park_s") + detour_km / travel.speed_kmh * 3600
    work = pd.DataFrame({"hub_id": points["hub_id"], "parcels": daily, "km": hub_km * daily})
    work["work_s"] = daily * rate("stop_parcel_s") + stop_s / nights
    by_hub = work.groupby("hub_id")[["parcels", "km", "work_s"]].sum()
    tours = by_hub["parcels"] / part.capacity_parcels
    there_s = 2 * by_hub["km"] / by_hub["parcels"].clip(lower=1e-9) / travel.speed_kmh * 3600
    paid_s = by_hub["work_s"] + tours * (there_s + rate("hub_unload_s"))
    shift_s = seconds(part.shift_end) - seconds(part.shift_start)
    return np.ceil(part.headroom * np.maximum(tours / part.max_trips, paid_s / shift_s))


def neighbour_km(points: pd.DataFrame) -> FloatArray:
    """Return the mean great-circle kilometres from each point to the two nearest others, shape (p,)."""
    sphere = unit_sphere(points["lat"].to_numpy(float), points["lon"].to_numpy(float))
    near = min(NEIGHBOURS + 1, len(points))
    chord = cKDTree(sphere).query(sphere, k=near)[0].reshape(len(points), near)
    return chord[:, 1:].sum(axis=1) / max(1, near - 1) * EARTH_RADIUS_M / 1000
