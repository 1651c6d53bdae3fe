"""Lay some returns at points already: dropped off without a plan, or unsold goods in a store."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.samples.places import nearest

DROPPED_OFF_SHARE = 0.04
WEIGHT_LIMIT_KG = 15.0
VOLUME_LIMIT_L = 45.0
MOST_PER_POINT = 2
NEAR_M = 8000.0


def lay_at_points(rng: np.random.Generator, returns: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """Return the returns with `point_id` and `logistics_state`.

    Unsold goods lie at the store nearest to where they were drawn. A few small parcels lie at the nearest relay or
    store, at most two at each, so that no room is missing; damaged batteries and refused classes lie nowhere.
    """
    unsold = (returns["flow"] == "UNSOLD").to_numpy()
    small = (returns["weight_kg"] <= WEIGHT_LIMIT_KG) & (returns["volume_l"] <= VOLUME_LIMIT_L)
    plain = ~returns["damaged_battery"] & ~returns["class_id"].isin(
        ["ebike_batteries", "furniture", "large_appliances"]
    )
    chosen = (small & plain).to_numpy() & ~unsold & (rng.random(len(returns)) < DROPPED_OFF_SHARE)
    shops = points[(points["kind"].isin(["RELAY", "STORE"])) & (points["emptied_by"] == "VAN")]
    stores = points[points["kind"] == "STORE"]
    store_idx, _ = nearest(returns[unsold], stores)
    shop_idx, away_m = nearest(returns[chosen], shops)
    near = pd.Series(shop_idx).groupby(shop_idx).cumcount().lt(MOST_PER_POINT).to_numpy() & (away_m <= NEAR_M)
    spot = np.full(len(returns), None, dtype=object)
    spot[unsold] = stores["point_id"].to_numpy(object)[store_idx]
    spot[np.flatnonzero(chosen)[near]] = shops["point_id"].to_numpy(object)[shop_idx[near]]
    lies = pd.notna(spot)
    lat, lon = (returns[c].to_numpy(float).copy() for c in ("lat", "lon"))
    lat[unsold], lon[unsold] = stores["lat"].to_numpy()[store_idx], stores["lon"].to_numpy()[store_idx]
    state = np.where(lies & ~unsold, "DROPPED_OFF", "APPROVED")
    return returns.assign(
        lat=lat,
        lon=lon,
        point_id=spot,
        logistics_state=state,
        ready_at=returns["ready_at"].mask(pd.Series(lies, index=returns.index)),
    )
