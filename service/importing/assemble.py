"""Every table of an imported network: places from the source, the rest from the mapping, the facts and a seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.facts import rate
from retour.vocabulary import EmptiedBy, PointKind
from service.importing import demand
from service.importing.fleet import vehicle_table
from service.importing.hubs import hub_table, nearest_hub
from service.importing.lanes import carrier_lanes, linehaul_lanes
from service.importing.mapping import FillPart, HomePart, Mapping
from service.importing.point_rows import PointRows
from service.importing.residents import Residents, point_weights
from service.importing.sites import site_tables

SIZES = ("S", "M", "L")
UNLIMITED_ROOM = 200
LOOSE_SPLIT = (0.6, 0.3, 0.1)  # of parcels lying loose in a shop: planning assumption

Tables = dict[str, pd.DataFrame]
FloatArray = NDArray[np.float64]


def network_tables(rows: PointRows, residents: Sequence[Residents], said: Mapping, *, seed: int) -> Tables:
    """Return every table of the network."""
    rng = np.random.default_rng(seed)
    weight = point_weights(said.demand, rows.points, residents)
    hubs = hub_table(said.hubs, rows.points, weight, rng=rng)
    points, hub_km = _with_hubs(rows.points, hubs, said)
    daily = demand.daily_parcels(said.demand, weight, pd.Timestamp(said.network.night))
    vehicles = vehicle_table(
        said.vans, hubs, points, daily=daily, hub_km=hub_km, nights=mean_nights(said.fill), travel=said.network.travel
    )
    return {
        **_places(points, hubs, weight, said),
        "hours": rows.hours,
        "compartments": rows.compartments,
        "vehicles": vehicles,
        **_goods(rng, points, rows, weight, daily, said),
    }


def size_table() -> pd.DataFrame:
    """Return the sizes S, M and L of the facts (InPost's A, B and C)."""
    volume = [rate(f"locker_volume_{s.lower()}_l") for s in SIZES]
    return pd.DataFrame({"size": SIZES, "volume_l": volume, "max_weight_kg": rate("locker_max_weight_kg")})


def home_zones(part: HomePart, hubs: pd.DataFrame) -> pd.DataFrame:
    """Return one HOME point per hub, for what no locker or shop may take; none when `per_hub` is 0."""
    zones = hubs if part.per_hub else hubs.head(0)
    return pd.DataFrame({
        "point_id": "home-" + zones["hub_id"],
        "name": "Home pickup from " + zones["hub_id"],
        "kind": PointKind.HOME, "lat": zones["lat"], "lon": zones["lon"],
        "emptied_by": EmptiedBy.VAN, "hub_id": zones["hub_id"],
        "capacity_parcels": part.per_hub, "reach_m": part.reach_km * 1000,
    })  # fmt: skip


def mean_nights(part: FillPart) -> float:
    """Return the mean number of nights between two visits that the shares imply."""
    shares = np.array(part.nights_since_emptied)
    return float(np.average(np.arange(1, len(shares) + 1), weights=shares))


def _places(points: pd.DataFrame, hubs: pd.DataFrame, weight: FloatArray, said: Mapping) -> Tables:
    lat, lon = (float(np.average(points[axis], weights=weight)) for axis in ("lat", "lon"))
    sites = site_tables(said.sites, centre=(lat, lon), returns=said.demand.returns)
    lanes = [linehaul_lanes(hubs, sites["sites"], said.network.travel), carrier_lanes(points, said.points.carrier)]
    zones = home_zones(said.home_pickup, hubs)
    return {
        "points": pd.concat([t for t in (points, zones) if len(t)], ignore_index=True),
        "sizes": size_table(),
        "hubs": hubs,
        **sites,
        "lanes": pd.concat([t for t in lanes if len(t)], ignore_index=True),
    }


def _goods(
    rng: np.random.Generator,
    points: pd.DataFrame,
    rows: PointRows,
    weight: FloatArray,
    daily: FloatArray,
    said: Mapping,
) -> Tables:
    night = pd.Timestamp(said.network.night)
    returns = demand.draw_returns(rng, said.demand, points, weight, night=night, country=said.network.country)
    arrivals = demand.drop_off_history(rng, points, rows.hours, daily, night=night)
    room = places_by_size(points, rows.compartments)
    fill = demand.fill_tonight(rng, said.fill, points, arrivals, room, sizes=SIZES, night=night)
    return {"returns": returns, **demand.goods_tables(returns), "arrivals": arrivals, "fill": fill}


def places_by_size(points: pd.DataFrame, compartments: pd.DataFrame) -> NDArray[np.int64]:
    """Return places for parcels by size (p, s): the compartments, else the capacity split by LOOSE_SPLIT."""
    boxes = compartments.pivot_table(index="point_id", columns="size", values="count", aggfunc="sum")
    room = boxes.reindex(index=points["point_id"], columns=list(SIZES)).to_numpy(float)
    held = points["capacity_parcels"].astype(float).fillna(UNLIMITED_ROOM).to_numpy(float)
    loose = np.floor(held[:, None] * np.array(LOOSE_SPLIT))
    return np.where(np.isnan(room), loose, room).astype(np.int64)


def _with_hubs(points: pd.DataFrame, hubs: pd.DataFrame, said: Mapping) -> tuple[pd.DataFrame, FloatArray]:
    hub_id, hub_km = nearest_hub(points, hubs, said.network.travel)
    far = hub_km > (said.points.carrier.beyond_km or np.inf)
    refuses = {kind: ";".join(tags) for kind, tags in said.points.refuses.items()}
    full = points.drop(columns="by_carrier").assign(
        emptied_by=np.where(far | points["by_carrier"], EmptiedBy.CARRIER, EmptiedBy.VAN),
        hub_id=hub_id,
        capacity_parcels=points["kind"].map(said.points.capacity),
        refuses=points["kind"].map(refuses),
    )
    return full, hub_km
