"""Confront what a design is charged for collecting with what its routes cost: by hub, place, zone and in all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from network_design.replay.estimate import FloatArray, estimate
from network_design.replay.settings import Vans
from network_design.replay.tables import shaped
from retour.design import DesignInstance
from retour.vocabulary import PlaceKind

ALL = "all"
MEANS = {"stops": "stops_a_night", "vans": "vans_a_night", "distance_km": "km_a_night"}


def hubs_table(streams: pd.DataFrame, nights: pd.DataFrame, vans: Vans, *, round_no: int) -> pd.DataFrame:
    """Return the table `hubs`: every hub of every period, then all hubs together."""
    rows = []
    for period, mine in nights.groupby("period", sort=True):
        sent = streams[streams["period"] == period]
        hubs = [(str(h), sent[sent["to_id"] == h], own) for h, own in mine.groupby("hub_id", sort=True)]
        for hub_id, pairs, own in [*hubs, (ALL, sent, mine)]:
            rows.append({"period": period, "hub_id": hub_id, **_hub(pairs, own, vans)})
    return shaped("hubs", pd.DataFrame(rows).assign(round=round_no))


def places_table(
    streams: pd.DataFrame, stops: pd.DataFrame, *, round_no: int, nights: int, nights_per_period: float
) -> pd.DataFrame:
    """Return the table `places`: what the stops of each pair of place and hub are charged."""
    keys = ["period", "place_id", "hub_id"]
    charged = stops.groupby(keys, as_index=False)["cost"].sum()
    pairs = streams.rename(columns={"from_id": "place_id", "to_id": "hub_id"})
    both = pairs.merge(charged, on=keys, how="left").fillna({"cost": 0.0})
    routed = both["cost"] * nights_per_period / nights
    both = both.assign(routed=routed, factor=_ratio(routed, both["surrogate"]), round=round_no)
    return shaped("places", both)


def zones_table(instance: DesignInstance, flows: pd.DataFrame, places: pd.DataFrame, *, round_no: int) -> pd.DataFrame:
    """Return the table `zones`: places' costs shared by what comes to them from which zone; a zone's own doors too."""
    kind = instance.tables["places"].set_index("place_id")["kind"]
    of_zone = flows[(flows["from_id"].map(kind) == PlaceKind.ZONE).to_numpy(bool)]
    came = of_zone.groupby(["period", "from_id", "to_id"], as_index=False)["amount_t"].sum()
    came["share"] = came["amount_t"] / came.groupby(["period", "to_id"])["amount_t"].transform("sum")
    came = came.rename(columns={"from_id": "zone_id", "to_id": "place_id"})[["period", "zone_id", "place_id", "share"]]
    doors = places.loc[(places["place_id"].map(kind) == PlaceKind.ZONE).to_numpy(bool), ["period", "place_id"]]
    doors = doors.drop_duplicates().assign(zone_id=doors["place_id"], share=1.0)
    shared = places.merge(pd.concat([came, doors], ignore_index=True), on=["period", "place_id"])
    figures = ["amount_t", "surrogate", "routed"]
    shared[figures] = shared[figures].mul(shared["share"], axis=0)
    zones = shared.groupby(["period", "zone_id"], as_index=False)[figures].sum()
    return shaped("zones", zones.assign(factor=_ratio(zones["routed"], zones["surrogate"]), round=round_no))


def present_by_night(nights: pd.DataFrame, discount: FloatArray) -> pd.DataFrame:
    """Return cost and bound of every night drawn, all hubs and periods together, discounted.

    A night is drawn for all periods at once, so these vary together.
    """
    factor = pd.Series(discount[nights["period"].to_numpy(np.int64) - 1], index=nights.index)
    worth = nights.assign(cost=nights["cost"] * factor, bound=nights["bound"] * factor)
    return worth.groupby("night")[["cost", "bound"]].sum()


def _hub(pairs: pd.DataFrame, own: pd.DataFrame, vans: Vans) -> dict[str, float | None]:
    nights_per_period = vans.nights_per_period
    by_night = own.groupby("night")[["cost", "bound", *MEANS, "far_stops"]].sum()
    found = estimate(by_night["cost"].to_numpy(float), nights_per_period=nights_per_period)
    surrogate, stops = float(pairs["surrogate"].sum()), float(by_night["stops"].sum())
    return {
        "amount_t": float(pairs["amount_t"].sum()), "surrogate": surrogate, "routed": found.mean,
        "half_width": found.half_width, "bound": float(by_night["bound"].mean()) * nights_per_period,
        "factor": found.mean / surrogate if surrogate else None,
        "surrogate_co2e_t": float(pairs["surrogate_co2e_t"].sum()),
        "co2e_t": float(by_night["distance_km"].mean()) * nights_per_period * vans.co2e_kg_per_km / 1000,
        "far_share": float(by_night["far_stops"].sum()) / stops if stops else 0.0,
        **{told: float(by_night[column].mean()) for column, told in MEANS.items()},
    }  # fmt: skip


def _ratio(routed: pd.Series, surrogate: pd.Series) -> pd.Series:
    return (routed / surrogate.where(surrogate != 0)).astype(float)
