"""From tonnes per period to visits per night: how often each place is emptied, and what then lies there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from network_design.replay.settings import Vans
from retour.design import DesignInstance
from retour.errors import InputError, Issue
from retour.vocabulary import PlaceKind

HEADER_LINES = 2  # a table's first row stands on line 2 of its file


def collection_streams(instance: DesignInstance, pairs: pd.DataFrame, opened: pd.DataFrame, vans: Vans) -> pd.DataFrame:
    """Return the pairs with lat, lon, hub_lat, hub_lon, is_zone, nights_between and parcels_per_night.

    A van comes in one of so many nights, to the doors of a zone in every night. Raises InputError naming every place
    without coordinates.
    """
    places = instance.tables["places"]
    _require_coordinates(places, pairs)
    at = places.set_index("place_id")
    origin, hub = at.loc[pairs["from_id"]], at.loc[pairs["to_id"]]
    zone = (origin["kind"] == PlaceKind.ZONE).to_numpy(bool)
    return pairs.assign(
        lat=origin["lat"].to_numpy(float), lon=origin["lon"].to_numpy(float),
        hub_lat=hub["lat"].to_numpy(float), hub_lon=hub["lon"].to_numpy(float), is_zone=zone,
        nights_between=np.where(zone, 1.0, nights_between(pairs, opened, vans)),
        parcels_per_night=_parcels_per_night(pairs["amount_t"], vans),
    )  # fmt: skip


def nights_between(pairs: pd.DataFrame, opened: pd.DataFrame, vans: Vans) -> np.ndarray:
    """Return after how many nights each pair's origin is emptied, shape (pairs,): 1 or more.

    When it is full, which takes `fills_in_nights` at its full use; when a van load lies there; at the latest after
    `longest_wait_nights`. What a place sends to several hubs fills it together; one without a size is never full.
    """
    keys = pd.MultiIndex.from_frame(pairs[["from_id", "period"]])
    sent_t = pairs.groupby(["from_id", "period"])["amount_t"].transform("sum").to_numpy(float)
    size_t = opened.set_index(["place_id", "period"])["size_t"].reindex(keys).to_numpy(float)
    full = np.where(size_t > 0, vans.fills_in_nights * size_t / sent_t, np.inf)
    load = vans.room / _parcels_per_night(pd.Series(sent_t), vans).to_numpy(float)
    return np.clip(np.minimum(full, load), 1.0, vans.longest_wait_nights)


def _parcels_per_night(amount_t: pd.Series, vans: Vans) -> pd.Series:
    return amount_t * 1000 / vans.parcel_kg / vans.nights_per_period


def _require_coordinates(places: pd.DataFrame, pairs: pd.DataFrame) -> None:
    used = places["place_id"].isin({*pairs["from_id"], *pairs["to_id"]})
    missing = places[used & places[["lat", "lon"]].isna().any(axis=1)]
    if len(missing):
        raise InputError(
            Issue("places.csv", int(row) + HEADER_LINES, "lat", f"{name!r} has no lat and lon; vans need them to drive")
            for row, name in missing["place_id"].items()
        )
