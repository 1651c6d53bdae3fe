"""What one item pays at the prices of the shared limits on its way from the hub that sorts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.instance import Instance
from routing.decide.limit_rows import (
    CO2E_BUDGET,
    CONTRACT,
    EVERYWHERE,
    LANE,
    PROCESS_HOURS,
    PROCESS_ITEMS,
    SPEND_BUDGET,
)

FloatArray = NDArray[np.float64]
Names = tuple[str, str, str]


@dataclass(frozen=True)
class Tolls:
    """`item_eur` (hubs, processes, days) a parcel pays for lane, quota and contract, `hour_eur` (processes, days) for
    an hour of work; `per_eur_spent` and `per_kg_co2e` are the prices of the night's budgets."""

    item_eur: FloatArray
    hour_eur: FloatArray
    per_eur_spent: float
    per_kg_co2e: float


def tolls(instance: Instance, prices: pd.DataFrame) -> Tolls:
    """Return the tolls of a `prices` table (limit, place_id, detail, price_eur); a limit that is not in it is free."""
    known = prices[["limit", "place_id", "detail"]].fillna("").itertuples(index=False, name=None)
    price: dict[Names, float] = dict(zip(known, prices["price_eur"].to_numpy(float), strict=True))
    days = range(instance.policy.service.process_days)
    return Tolls(
        item_eur=_lanes(instance, price)[:, :, None]
        + _of_process(instance, price, PROCESS_ITEMS, days)
        - _contracts(instance, price)[None, :, None],
        hour_eur=_of_process(instance, price, PROCESS_HOURS, days),
        per_eur_spent=price.get((SPEND_BUDGET, EVERYWHERE, ""), 0.0),
        per_kg_co2e=price.get((CO2E_BUDGET, EVERYWHERE, ""), 0.0),
    )


def _lanes(instance: Instance, price: Mapping[Names, float]) -> FloatArray:
    ix = instance.indexed
    of_site = [[price.get((LANE, hub, f"to {site}"), 0.0) for site in ix.site_ids] for hub in ix.hub_ids]
    return np.array(of_site, dtype=float).reshape(len(ix.hub_ids), len(ix.site_ids))[:, ix.processes.site_idx]


def _of_process(instance: Instance, price: Mapping[Names, float], limit: str, days: range) -> FloatArray:
    ix = instance.indexed
    places = zip(ix.site_ids[ix.processes.site_idx], ix.processes.ids, strict=True)
    rows = [[price.get((limit, site, f"{process} day {day}"), 0.0) for day in days] for site, process in places]
    return np.array(rows, dtype=float).reshape(len(ix.processes.ids), len(days))


def _contracts(instance: Instance, price: Mapping[Names, float]) -> FloatArray:
    """Return what an item of each process saves by counting towards its site's contract, (q,)."""
    ix = instance.indexed
    return np.array([price.get((CONTRACT, site, ""), 0.0) for site in ix.site_ids], dtype=float)[ix.processes.site_idx]
