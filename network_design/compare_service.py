"""How far returns go from where they arise: what people notice of a network."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from retour.design import DesignInstance

WAY = ["from_id", "to_id", "mode", "product_id"]


@dataclass(frozen=True)
class ServiceLevel:
    """Over all periods, weighted by tonnes: mean length of the first way of what arises, and share beyond a band."""

    mean_distance_km: float
    beyond_band_share: float


def service_level(instance: DesignInstance, flows: pd.DataFrame, *, band_km: float) -> ServiceLevel:
    """Return the service of a design's flows; what is disposed of where it arises is not served.

    It counts as beyond the band, and nothing in the mean.
    """
    supply = instance.series("supply")
    origins = supply[["place_id", "product_id"]].drop_duplicates().rename(columns={"place_id": "from_id"})
    first = flows.merge(origins, on=["from_id", "product_id"]).merge(instance.arcs, on=WAY, how="left")
    sent_t, arises_t = float(first["amount_t"].sum()), float(supply["amount_t"].sum())
    far = first["amount_t"] * first["distance_km"]
    within_t = float(first.loc[first["distance_km"] <= band_km, "amount_t"].sum())
    return ServiceLevel(
        mean_distance_km=float(far.sum()) / sent_t if sent_t else 0.0,
        beyond_band_share=max(0.0, 1 - within_t / arises_t) if arises_t else 0.0,
    )
