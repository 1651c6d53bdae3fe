"""Recovery sites of the country sample: thirty of five sorts near the hubs, their processes and lanes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour import facts
from retour.samples.class_groups import with_classes
from retour.samples.places import air_m

CIRCUITY = 1.3
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
        "site_id": [f"{s}-{i}" for s, i in zip(rows["sort"], nth + 1, strict=True)],
        "name": rows["label"].to_numpy() + seat["name"].str.removeprefix("Hub").to_numpy(),
        "lat": (seat["lat"].to_numpy(float) - shift).round(4),
        "lon": (seat["lon"].to_numpy(float) + shift / 2).round(4),
        "region_id": "middle",
        "operator": rows["operator"].to_numpy(),
        "certificates": rows["certificates"].to_numpy(),
    })  # fmt: skip


def processes(
    rng: np.random.Generator, sorts: pd.DataFrame, process_sorts: pd.DataFrame, *, returns: int
) -> pd.DataFrame:
    """Return the `processes` table: every process at every site of its sort, unequal in size."""
    table = with_classes(process_sorts).merge(sorts[["sort", "sites"]].astype({"sites": int}), on="sort")
    table = table.loc[table.index.repeat(table["sites"])]
    nth = table.groupby("process").cumcount() + 1
    size = rng.uniform(0.6, 1.4, size=len(table)) * returns / 1000 / table["sites"]
    hours, items = (pd.to_numeric(table[c]) * size for c in ("hours", "items"))
    return table.assign(
        process_id=table["process"] + "-" + nth.astype(str),
        site_id=table["sort"] + "-" + nth.astype(str),
        capacity_h=np.maximum(hours.round(1), 0.5).where(hours.notna()),
        capacity_items=np.ceil(items + 1),
    ).reset_index(drop=True)


def lanes(hubs: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Return a lane from every hub to every other hub and to every site, priced as shares of a truck."""
    ends = pd.concat([hubs.rename(columns={"hub_id": "to_id"}), sites.rename(columns={"site_id": "to_id"})])
    km = (air_m(hubs, ends) * CIRCUITY / 1000).ravel()
    load = facts.rate("truck_capacity_parcels") * facts.rate("truck_fill_share")
    price = facts.rate("linehaul_eur_per_parcel_min") + facts.rate("linehaul_eur_per_km_truck") * km / load
    table = pd.DataFrame({
        "from_id": np.repeat(hubs["hub_id"].to_numpy(), len(ends)),
        "to_id": np.tile(ends["to_id"].to_numpy(), len(hubs)),
        "cost_eur_per_parcel": price.round(2),
        "cost_eur_per_kg": (price * PER_KG_SHARE).round(3),
        "lead_time_h": np.select([km < 250, km < 600], [12.0, 24.0], 36.0),
        "emission_line": "fr_artic40",
        "distance_m": (1000 * km).round(-2),
    })  # fmt: skip
    return table[table["from_id"] != table["to_id"]].reset_index(drop=True)
