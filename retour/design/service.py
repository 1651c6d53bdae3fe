"""How near the network is to where returns arise: bands, how many come, and what of it is served within them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.design.figures import FloatArray
from retour.design.instance import DesignInstance
from retour.design.scope import PAIR, about, narrowest
from retour.tables.design_service import ALL

WAY = ["from_id", "to_id", "mode", "product_id"]
SAME_KM = 1e-9
"""Share by which a way may be longer than a band and still count as within: what rounding does to a distance."""
BAND = ["group_id", "of_product_id", "within_km", "period"]


def arising(instance: DesignInstance) -> pd.DataFrame:
    """Return place_id and product_id of what arises where, sorted."""
    return instance.tables["supply"][PAIR].drop_duplicates().sort_values(PAIR, ignore_index=True)


def is_within(km: pd.Series | FloatArray, within_km: pd.Series | FloatArray) -> np.ndarray:
    """Say which ways are within their band."""
    return np.asarray(km, float) <= np.asarray(within_km, float) * (1 + SAME_KM)


def bands_of(instance: DesignInstance) -> pd.DataFrame:
    """Return the rows of service_bands by period, once for each place and product they are about."""
    return about(instance.series("service_bands"), arising(instance), instance.tables["places"])


def response_of(instance: DesignInstance) -> pd.DataFrame:
    """Return place_id, product_id, within_km, period and share of what comes, sorted; the narrowest rows count."""
    rows = about(instance.series("response"), arising(instance), instance.tables["places"])
    rows = narrowest(rows, PAIR)[[*PAIR, "within_km", "period", "share"]]
    return rows.sort_values([*PAIR, "within_km", "period"], ignore_index=True)


def first_ways(instance: DesignInstance, flows: pd.DataFrame) -> pd.DataFrame:
    """Return the flows that begin where their product arises, with `place_id` and `distance_km`."""
    own = flows.merge(arising(instance).rename(columns={"place_id": "from_id"}), on=["from_id", "product_id"])
    own = own.merge(instance.arcs[[*WAY, "distance_km"]], on=WAY, how="left")
    return own.assign(place_id=own["from_id"])


def effort_of(instance: DesignInstance, ways: pd.DataFrame) -> FloatArray:
    """Return what a tonne on each of `ways` (place_id, product_id, distance_km, period) costs in effort.

    Every band that a way is longer than adds its price, and its price of a kilometre times those beyond it.
    """
    bands = bands_of(instance)
    priced = bands[(bands["price_per_t"] > 0) | (bands["price_per_km_t"] > 0)]
    if priced.empty:
        return np.zeros(len(ways))
    rows = ways[[*PAIR, "distance_km", "period"]].reset_index(names="way")
    both = rows.merge(priced, on=[*PAIR, "period"])
    far = both[~is_within(both["distance_km"], both["within_km"])]
    each = far["price_per_t"] + far["price_per_km_t"] * (far["distance_km"] - far["within_km"])
    total = each.groupby(far["way"]).sum()
    return total.reindex(rows["way"], fill_value=0.0).to_numpy(float)


def served(instance: DesignInstance, flows: pd.DataFrame, handled: pd.DataFrame) -> pd.DataFrame:
    """Return the table SERVED of a design: every band, and every period at any distance.

    What is disposed of where it arises, or lost, is within no band.
    """
    pairs, ways = arising(instance), first_ways(instance, flows)
    anything = pd.DataFrame({"group_id": ALL, "of_product_id": ALL, "within_km": np.inf, "period": 0}, index=[0])
    periods = pd.DataFrame({"period": np.arange(1, instance.periods + 1)})
    everywhere = pairs.merge(anything.drop(columns="period"), how="cross").merge(periods, how="cross")
    bands = pd.concat([bands_of(instance)[[*PAIR, *BAND]], everywhere], ignore_index=True)
    places = _by_place(bands, _arisen(pairs, flows, handled), ways)
    return _by_band(places).sort_values(BAND, ignore_index=True).rename(columns={"of_product_id": "product_id"})


def _arisen(pairs: pd.DataFrame, flows: pd.DataFrame, handled: pd.DataFrame) -> pd.DataFrame:
    """Return place_id, product_id, period and arises_t: all that was sent, disposed of where it arose, or lost."""
    sent = flows.rename(columns={"from_id": "place_id", "amount_t": "arises_t"})
    gone = handled.assign(arises_t=handled["disposed_t"] + handled["lost_t"])
    both = pd.concat([frame[[*PAIR, "period", "arises_t"]] for frame in (sent, gone)], ignore_index=True)
    return both.merge(pairs, on=PAIR).groupby([*PAIR, "period"], as_index=False)["arises_t"].sum()


def _by_place(bands: pd.DataFrame, arisen: pd.DataFrame, ways: pd.DataFrame) -> pd.DataFrame:
    """Return a row per band and place: arises_t, sent_t, within_t and the tonne-kilometres of what is sent."""
    keys = [*BAND, "place_id"]
    both = bands.merge(ways[[*PAIR, "period", "distance_km", "amount_t"]], on=[*PAIR, "period"])
    near = both["amount_t"].where(is_within(both["distance_km"], both["within_km"]), 0.0)
    both = both.assign(sent_t=both["amount_t"], within_t=near, t_km=both["amount_t"] * both["distance_km"])
    sums = both.groupby(keys)[["sent_t", "within_t", "t_km"]].sum()
    total = bands.merge(arisen, on=[*PAIR, "period"], how="left").groupby(keys)["arises_t"].sum()
    return pd.concat([total, sums], axis=1).fillna(0.0).reset_index()


def _by_band(places: pd.DataFrame) -> pd.DataFrame:
    some = places["arises_t"] > 0
    share = (places["within_t"] / places["arises_t"].where(some)).clip(upper=1.0)
    rows = places.assign(lowest_share=share).groupby(BAND, as_index=False).agg(
        arises_t=("arises_t", "sum"), within_t=("within_t", "sum"), sent_t=("sent_t", "sum"), t_km=("t_km", "sum"),
        lowest_share=("lowest_share", "min"),
    )  # fmt: skip
    return rows.assign(
        share=(rows["within_t"] / rows["arises_t"].where(rows["arises_t"] > 0)).clip(upper=1.0),
        mean_km=rows["t_km"] / rows["sent_t"].where(rows["sent_t"] > 0),
        within_km=rows["within_km"].replace(np.inf, np.nan),
    )
