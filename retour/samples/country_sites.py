"""Recovery sites of the country sample: thirty of five sorts near the hubs, their processes and lanes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour import facts
from retour.samples.class_groups import with_classes
from retour.samples.country_points import Demand
from retour.samples.places import air_m, nearest

CIRCUITY = 1.3
HUBS_ON, SITES_ON = 4, 3  # how many other hubs, and sites of each sort, a hub has a lane to
EVEN_SHARE = 0.4
PER_KG_SHARE = 0.03  # of the price per parcel, for each kilogram


def sites(sorts: pd.DataFrame, hubs: pd.DataFrame) -> pd.DataFrame:
    """Return the `sites` table: every sort spread over the hubs."""
    sorts = sorts.astype({"first_hub": int, "sites": int})
    rows = sorts.loc[sorts.index.repeat(sorts["sites"])]
    nth = rows.groupby("sort").cumcount()
    hub_idx = (rows["first_hub"] + nth * len(hubs) // rows["sites"]) % len(hubs)
    seat = hubs.iloc[hub_idx.to_numpy()]
    shift = 0.02 * (1 + rows["first_hub"].to_numpy())
    return pd.DataFrame({
        "sort": rows["sort"].to_numpy(),
        "site_id": [f"{s}-{i}" for s, i in zip(rows["sort"], nth + 1, strict=True)],
        "name": rows["label"].to_numpy() + seat["name"].str.removeprefix("Hub").to_numpy(),
        "lat": (seat["lat"].to_numpy(float) - shift).round(4),
        "lon": (seat["lon"].to_numpy(float) + shift / 2).round(4),
        "region_id": "middle",
        "operator": rows["operator"].to_numpy(),
        "certificates": rows["certificates"].to_numpy(),
    })  # fmt: skip


def processes(
    rng: np.random.Generator, process_sorts: pd.DataFrame, sites: pd.DataFrame, demand: Demand
) -> pd.DataFrame:
    """Return the `processes` table: every process at every site of its sort, sized to the towns around, unequally."""
    table = with_classes(process_sorts).merge(sites[["sort", "site_id"]], on="sort")
    around = table["site_id"].map(_share_around(sites, demand))
    size = rng.uniform(0.7, 1.3, size=len(table)) * around * demand.returns.sum() / 1000
    hours, items = (pd.to_numeric(table[c]) * size for c in ("hours", "items"))
    nth = table["site_id"].str.rsplit("-").str[-1]
    return table.assign(
        process_id=table["process"] + "-" + nth,
        capacity_h=np.maximum(hours.round(1), 0.5).where(hours.notna()),
        capacity_items=np.ceil(items + 1),
    )


def lanes(hubs: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Return lanes from every hub to its nearest hubs and sites of each sort, priced as shares of a truck."""
    hub_ends = hubs.rename(columns={"hub_id": "to_id"})
    to_hubs = _nearest_ends(hubs, hub_ends, count=HUBS_ON + 1)
    to_sites = [
        _nearest_ends(hubs, part.rename(columns={"site_id": "to_id"}), count=SITES_ON)
        for _, part in sites.groupby("sort")
    ]
    table = pd.concat([to_hubs[to_hubs["from_id"] != to_hubs["to_id"]], *to_sites], ignore_index=True)
    km = table["km"]
    load = facts.rate("truck_capacity_parcels") * facts.rate("truck_fill_share")
    price = facts.rate("linehaul_eur_per_parcel_min") + facts.rate("linehaul_eur_per_km_truck") * km / load
    return table.assign(
        cost_eur_per_parcel=price.round(2),
        cost_eur_per_kg=(price * PER_KG_SHARE).round(3),
        lead_time_h=np.select([km < 250, km < 600], [12.0, 24.0], 36.0),
        emission_line="fr_artic40",
        distance_m=(1000 * km).round(-2),
    )


def _share_around(sites: pd.DataFrame, demand: Demand) -> pd.Series:
    """Return each site's part of its sort: of the returns nearest to it, evened out by EVEN_SHARE."""
    shares = []
    for _, part in sites.groupby("sort"):
        near = np.bincount(nearest(demand.towns, part)[0], weights=demand.returns, minlength=len(part))
        share = EVEN_SHARE / len(part) + (1 - EVEN_SHARE) * near / near.sum()
        shares.append(pd.Series(share, part["site_id"]))
    return pd.concat(shares)


def _nearest_ends(hubs: pd.DataFrame, ends: pd.DataFrame, *, count: int) -> pd.DataFrame:
    """Return from_id, to_id and road km from each hub to its nearest `count` ends."""
    km = air_m(hubs, ends) * CIRCUITY / 1000
    near = np.sort(km.argsort(axis=1, kind="stable")[:, :count], axis=1)
    return pd.DataFrame({
        "from_id": np.repeat(hubs["hub_id"].to_numpy(object), near.shape[1]),
        "to_id": ends["to_id"].to_numpy(object)[near.ravel()],
        "km": np.take_along_axis(km, near, axis=1).ravel(),
    })  # fmt: skip
