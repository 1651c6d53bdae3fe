"""The planning price of one more parcel at a point, before any route is known.

Continuous approximation (Daganzo 1984, doi 10.1287/trsc.18.4.331): a parcel pays its share of the line-haul, twice
the distance to the hub over a van's load, and its stop's share of the detour, the mean distance to the nearest
other stops, plus its loading time. Routing replaces it by what the routes really cost.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from retour.facts import emission_lines
from retour.indexed import HOME_IDX
from retour.instance import Instance
from retour.plan import shaped
from retour.pricing import PickupEstimate
from retour.travel import EARTH_RADIUS_M, Places

FloatArray = NDArray[np.float64]
NEIGHBOURS = 2
TYPICAL_VAN_PARCELS = 120.0


def estimate_pickup(instance: Instance) -> PickupEstimate:
    """Return the planning price per parcel of every point: cost in EUR (carbon left out) and CO2e in kg."""
    ix = instance.indexed
    points = instance.places("points")
    per_km, per_hour, kg_per_km, van_parcels = _van_rates(instance)
    load = _typical_load(instance)
    km = _detour_m(points) / 1000 / load + 2 * _hub_distance_m(instance, points) / 1000 / van_parcels
    hours = km / points.speed_kmh + (ix.points.stop_s / load + ix.points.parcel_s) / 3600
    return PickupEstimate(
        cost_eur=np.where(ix.points.van, km * per_km + hours * per_hour, 0.0),
        co2e_kg=np.where(ix.points.van, km * kg_per_km, 0.0),
    )


def pickup_table(instance: Instance, pickup: PickupEstimate) -> pd.DataFrame:
    """Return planning prices of pickup as the result table `pickup`."""
    ids = instance.tables["points"]["point_id"]
    return shaped("pickup", pd.DataFrame({"point_id": ids, "cost_eur": pickup.cost_eur, "co2e_kg": pickup.co2e_kg}))


def stored_pickup(instance: Instance, table: pd.DataFrame) -> PickupEstimate:
    """Return the planning prices of a result table `pickup`, in the order of the instance's points."""
    of_point = table.set_index("point_id").reindex(instance.tables["points"]["point_id"]).fillna(0.0)
    return PickupEstimate(of_point["cost_eur"].to_numpy(float), of_point["co2e_kg"].to_numpy(float))


def _van_rates(instance: Instance) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    vans, rates = instance.tables["vehicles"], instance.rates
    priced = pd.DataFrame(
        {
            "hub_id": vans["hub_id"],
            "per_km": vans["per_km_eur"].fillna(rates["van_eur_per_km"]),
            "per_hour": vans["per_hour_eur"].fillna(rates["driver_eur_per_hour"]),
            "kg_per_km": vans["emission_line"].map(emission_lines()["kg_per_km_mean"]).astype(float),
            "parcels": vans["capacity_parcels"].fillna(TYPICAL_VAN_PARCELS),
        }
    )
    by_hub = priced.groupby("hub_id").mean()
    of_point = by_hub.reindex(instance.tables["points"]["hub_id"]).fillna(by_hub.mean())
    return tuple(of_point[c].to_numpy(float) for c in ("per_km", "per_hour", "kg_per_km", "parcels"))


def _typical_load(instance: Instance) -> FloatArray:
    ix, arrivals = instance.indexed, instance.tables["arrivals"]
    daily = arrivals.groupby("point_id")["parcels"].mean().reindex(ix.points.ids).fillna(0.0).to_numpy(float)
    load = np.maximum.reduce([daily, ix.points.fill_parcels, np.ones(len(daily))])
    return np.where(ix.points.kind == HOME_IDX, 1.0, load)


def _detour_m(points: Places) -> FloatArray:
    sphere = unit_sphere(points.lat, points.lon)
    k = min(NEIGHBOURS + 1, len(points))
    chord, _ = cKDTree(sphere).query(sphere, k=k)
    near = np.atleast_2d(chord.reshape(len(points), k))[:, 1:]
    mean = near.mean(axis=1) if near.shape[1] else np.zeros(len(points))
    return mean * EARTH_RADIUS_M * points.circuity


def _hub_distance_m(instance: Instance, points: Places) -> FloatArray:
    hub_idx, hubs = instance.indexed.points.hub_idx, instance.places("hubs")
    return np.where(hub_idx >= 0, instance.travel.pairs(points, hubs.take(np.maximum(hub_idx, 0))).distance_m, 0.0)


def unit_sphere(lat: FloatArray, lon: FloatArray) -> FloatArray:
    """Return coordinates in degrees as points on the unit sphere, shape (n, 3), for nearest-neighbour trees."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
