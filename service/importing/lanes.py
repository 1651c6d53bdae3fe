"""Lanes of an imported network: linehaul from hubs to sites by distance, labels from points no van goes to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.facts import rate
from retour.policy import TravelSettings
from retour.travel import great_circle_m
from service.importing.mapping import CarrierPart

DEPARTURE_TO_DOCK_H = 6.0  # loading tonight, unloading in the morning: planning assumption
TRUCK_LINE, LABEL_LINE = "rigid_over_17t", "fr_van_parcels"


def linehaul_lanes(hubs: pd.DataFrame, sites: pd.DataFrame, travel: TravelSettings) -> pd.DataFrame:
    """Return a lane from every hub to every site.

    A parcel pays loading plus its share of a truck at its mean fill: km x EUR/km / (capacity x fill share), rates
    linehaul_eur_per_parcel_min, linehaul_eur_per_km_truck, truck_capacity_parcels and truck_fill_share. Lanes between
    hubs are left out: at a price that grows with distance a transfer never beats the direct lane.
    """
    pairs = hubs[["hub_id", "lat", "lon"]].merge(sites[["site_id", "lat", "lon"]], how="cross", suffixes=("", "_to"))
    km = _road_km(pairs, travel)
    per_km = rate("linehaul_eur_per_km_truck") / (rate("truck_capacity_parcels") * rate("truck_fill_share"))
    return pd.DataFrame({
        "from_id": pairs["hub_id"],
        "to_id": pairs["site_id"],
        "cost_eur_per_parcel": (rate("linehaul_eur_per_parcel_min") + per_km * km).round(3),
        "lead_time_h": (DEPARTURE_TO_DOCK_H + km / rate("truck_speed_kmh")).round(1),
        "emission_line": TRUCK_LINE,
    })  # fmt: skip


def carrier_lanes(points: pd.DataFrame, part: CarrierPart) -> pd.DataFrame:
    """Return a label lane from every point that a carrier empties to its hub (parcel_label rates)."""
    carried = points[points["emptied_by"] == "CARRIER"]
    return pd.DataFrame({
        "from_id": carried["point_id"],
        "to_id": carried["hub_id"],
        "cost_eur_per_parcel": rate("parcel_label_base_eur"),
        "cost_eur_per_kg": rate("parcel_label_eur_per_kg"),
        "lead_time_h": part.lead_time_h,
        "emission_line": LABEL_LINE,
    })  # fmt: skip


def _road_km(pairs: pd.DataFrame, travel: TravelSettings) -> np.ndarray:
    lat, lon, lat_to, lon_to = (pairs[c].to_numpy(float) for c in ("lat", "lon", "lat_to", "lon_to"))
    return great_circle_m(lat, lon, lat_to, lon_to) * travel.circuity / 1000
