"""Points of the country sample: lockers, relays, stores and home zones sized to the demand of their towns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.samples.history import draw_arrivals, fill_table, split_by_size
from retour.samples.opening import draw_hours, open_weekdays
from retour.samples.places import nearest, numbered, scatter, spread_out

KINDS = ("LOCKER", "RELAY", "STORE")
PREFIXES = {"LOCKER": "LK", "RELAY": "RL", "STORE": "ST"}
KIND_SHARES = (0.50, 0.40, 0.10)
COMPARTMENT_SHARES = np.array([32, 29, 18]) / 79  # S, M, L (Rudy 2025)
USED_SHARE = 0.87
HOME_SHARE = 0.06  # of returns, too heavy or too large for any other point
ZONE_GAP_KM = 35.0
ZONE_MARGIN_KM, ZONE_CIRCUITY = 3.0, 1.45
CONCENTRATION = 0.9  # points per town grow a little slower than its population
STOP_H, PARCEL_H, LINEHAUL_KMH, PAID_H, RESERVE = 0.1, 30 / 3600, 60.0, 7.0, 1.3
FAR_KM = 60.0  # to customers of a hub without shops
VAN = {
    "capacity_parcels": 150, "capacity_l": 10_000, "capacity_kg": 900, "fixed_eur": 45, "emission_line": "van_diesel",
}  # fmt: skip
TRUCK = {
    "capacity_parcels": 450, "capacity_l": 30_000, "capacity_kg": 2700, "fixed_eur": 80, "emission_line": "rigid_7t5",
}  # fmt: skip
TRUCK_FROM_RETURNS = 50_000

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Demand:
    """Towns (with lat, lon, sigma_km, region_id, hub_idx, carried) and tonight's returns of each, shape (t,)."""

    towns: pd.DataFrame
    returns: IntArray


def country_points(
    rng: np.random.Generator, demand: Demand, hubs: pd.DataFrame, *, count: int, night: pd.Timestamp
) -> dict[str, pd.DataFrame]:
    """Return `points` (about `count`), `compartments`, `hours`, `arrivals`, `fill`, `vehicles` and carrier `lanes`."""
    zones = _zones(demand.towns, hubs)
    shops = _shops(rng, demand, hubs, count=count - len(zones))
    room, daily = _room(rng, shops)
    waiting_total = np.floor(shops["fill_share"].to_numpy(float) * room.sum(axis=1)).astype(np.int64)
    waiting = split_by_size(rng, total=waiting_total, room=room)
    hours = draw_hours(rng, shops)
    open_days = open_weekdays(shops["point_id"], hours)
    locker = (shops["kind"] == "LOCKER").to_numpy()
    shops["capacity_parcels"] = pd.Series(room.sum(axis=1)).mask(locker)
    points = pd.concat([shops, zones], ignore_index=True)
    sizes = pd.Series(["S", "M", "L"])
    waited = rng.integers(1, 3, size=len(shops))
    return {
        "points": points.drop(columns=["town", "town_idx", "expected", "fill_share", "hub_m"]),
        "compartments": _compartments(shops.loc[locker, "point_id"], room[locker]),
        "hours": hours,
        "arrivals": draw_arrivals(
            rng, point_ids=shops["point_id"], daily=daily, open_days=open_days, night=night
        ),
        "fill": fill_table(
            rng, point_ids=shops["point_id"], sizes=sizes, parcels=waiting, waited_days=waited, night=night
        ),
        "vehicles": _vehicles(points, hubs, demand),
        "lanes": _labels(points, hubs),
    }


def _shops(rng: np.random.Generator, demand: Demand, hubs: pd.DataFrame, *, count: int) -> pd.DataFrame:
    """Return lockers, relays and stores: where they are and how many parcels are `expected` at each tonight."""
    towns = demand.towns
    pull = towns["population"].to_numpy(float) ** CONCENTRATION
    town_idx = np.sort(rng.choice(len(towns), size=count, p=pull / pull.sum()))
    kind = rng.choice(KINDS, size=count, p=KIND_SHARES)
    home = towns.iloc[town_idx].reset_index(drop=True)
    lat, lon = scatter(
        rng,
        lat=home["lat"].to_numpy(float),
        lon=home["lon"].to_numpy(float),
        sigma_km=0.85 * home["sigma_km"].to_numpy(float),
    )
    share = rng.uniform(0.7, 1.3, size=count)
    share /= np.bincount(town_idx, weights=share, minlength=len(towns))[town_idx]
    shops = home[["town", "region_id", "hub_idx", "carried"]].assign(
        town_idx=town_idx,
        kind=kind,
        lat=lat,
        lon=lon,
        expected=share * demand.returns[town_idx] * (1 - HOME_SHARE),
        fill_share=rng.beta(2, 5, size=count),
        refuses=pd.Series(kind).map(
            {"LOCKER": "BULKY;HAZARDOUS", "RELAY": "BULKY;HAZARDOUS", "STORE": "BULKY"}
        ),
    )
    shops = shops.sort_values(["kind", "town_idx"], kind="stable", ignore_index=True)
    nth = shops.groupby("kind").cumcount() + 1
    shops["point_id"] = shops["kind"].map(PREFIXES) + nth.astype(str).str.zfill(4)
    shops["name"] = shops["kind"].str.capitalize() + " " + shops["town"] + " " + nth.astype(str)
    return _served(shops, hubs)


def _zones(towns: pd.DataFrame, hubs: pd.DataFrame) -> pd.DataFrame:
    """Return home zones of unlimited room that reach every customer of every town."""
    seats = towns.iloc[spread_out(towns, gap_km=ZONE_GAP_KM, most=len(towns))]
    zone_idx, away_m = nearest(towns, seats)
    need_km = away_m / 1000 + np.sqrt(2) * 2 * towns["sigma_km"].to_numpy(float) + ZONE_MARGIN_KM
    reach_km = pd.Series(need_km * ZONE_CIRCUITY).groupby(zone_idx).max()
    zones = seats[["lat", "lon", "region_id", "hub_idx", "carried"]].reset_index(drop=True)
    zones = zones.assign(
        point_id=numbered("HM", len(seats), digits=3),
        name=("Home pickup " + seats["town"]).to_numpy(),
        kind="HOME",
        reach_m=(reach_km.to_numpy() * 1000).round(-2),
    )
    return _served(zones, hubs)


def _served(points: pd.DataFrame, hubs: pd.DataFrame) -> pd.DataFrame:
    hub_id = pd.Series(hubs["hub_id"].to_numpy()[points["hub_idx"]])
    return points.assign(
        emptied_by=np.where(points["carried"], "CARRIER", "VAN"),
        hub_id=hub_id.mask(points["carried"]),
        hub_m=nearest(points, hubs)[1],
    )


def _room(rng: np.random.Generator, shops: pd.DataFrame) -> tuple[IntArray, FloatArray]:
    """Return what each shop holds by size (p, 3) and its parcels a day: USED_SHARE of the free room is expected."""
    expected = shops["expected"].to_numpy(float)
    held = expected / USED_SHARE / (1 - shops["fill_share"].to_numpy(float))
    room = np.maximum(np.round(held[:, None] * COMPARTMENT_SHARES), 1).astype(np.int64)
    return room, expected * rng.uniform(0.5, 0.8, size=len(shops))


def _compartments(lockers: pd.Series, room: IntArray) -> pd.DataFrame:
    return pd.DataFrame({
        "point_id": lockers.repeat(room.shape[1]).to_numpy(),
        "size": ["S", "M", "L"] * len(lockers),
        "count": room.ravel(),
    })  # fmt: skip


def _vehicles(points: pd.DataFrame, hubs: pd.DataFrame, demand: Demand) -> pd.DataFrame:
    """Return vans, or small trucks where nights are large, enough for every hub's work with some reserve."""
    work = _workload(points, demand).reindex(range(len(hubs)), fill_value=0.0)
    kind = TRUCK if demand.returns.sum() > TRUCK_FROM_RETURNS else VAN
    tours = np.maximum(work["parcels"] / kind["capacity_parcels"], work["stops"] * STOP_H / PAID_H)
    linehaul_h = tours * 2 * work["away_km"] * ZONE_CIRCUITY / LINEHAUL_KMH
    hours = work["stops"] * STOP_H + work["parcels"] * PARCEL_H + linehaul_h
    count = np.ceil(RESERVE * np.maximum(hours / PAID_H, tours)).astype(int) + 1
    return pd.DataFrame({
        "vehicle_type_id": hubs["hub_id"] + "-vans",
        "hub_id": hubs["hub_id"],
        "count": count.to_numpy(),
        "shift_start": "12:00",
        "shift_end": "22:00",
        "max_duration_h": 9.0,
        **kind,
    })  # fmt: skip


def _workload(points: pd.DataFrame, demand: Demand) -> pd.DataFrame:
    """Return per hub: parcels to fetch, stops (a home pickup for each return no shop expects), km to a shop."""
    own = demand.returns * (~demand.towns["carried"].to_numpy(bool))
    returns = pd.Series(own).groupby(demand.towns["hub_idx"].to_numpy()).sum()
    shops = points[(points["emptied_by"] == "VAN") & (points["kind"] != "HOME")]
    by_hub = shops.assign(waiting=shops["fill_share"] * shops["expected"]).groupby("hub_idx")
    sums = by_hub[["expected", "waiting"]].sum().reindex(returns.index, fill_value=0.0)
    at_home = (returns - sums["expected"]).clip(lower=0)
    return pd.DataFrame({
        "parcels": returns + sums["waiting"],
        "stops": by_hub.size().reindex(returns.index, fill_value=0) + at_home,
        "away_km": (by_hub["hub_m"].mean() / 1000).reindex(returns.index).fillna(FAR_KM),
    })  # fmt: skip


def _labels(points: pd.DataFrame, hubs: pd.DataFrame) -> pd.DataFrame:
    """Return the carrier's lanes: dearer from a home than from a shop (parcel_label rates, less a discount)."""
    carried = points[points["emptied_by"] == "CARRIER"]
    home = (carried["kind"] == "HOME").to_numpy()
    return pd.DataFrame({
        "from_id": carried["point_id"].to_numpy(),
        "to_id": hubs["hub_id"].to_numpy()[carried["hub_idx"]],
        "cost_eur_per_parcel": np.where(home, 7.5, 4.2),
        "cost_eur_per_kg": np.where(home, 0.45, 0.3),
        "lead_time_h": 36.0,
        "emission_line": "fr_van_parcels",
        "distance_m": (carried["hub_m"].to_numpy(float) * ZONE_CIRCUITY).round(-2),
    })  # fmt: skip
