"""A point that holds more than a van takes is emptied in several visits: `P3`, `P3#2`, `P3#3`."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.instance import Instance
from routing.consolidate.access import needs_of, vans_tonight

CAPACITIES = ("capacity_parcels", "capacity_l", "capacity_kg", "capacity_hazard_kg")
LOADS = ("parcels", "volume_l", "weight_kg", "hazard_kg")
OUT_LOADS = ("out_parcels", "out_l", "out_kg")
SHARED = ("volume_l", "weight_kg", "hazard_kg", "expected_refused", "waiting_eur", "prize_eur")


def van_loads(instance: Instance, visits: pd.DataFrame) -> NDArray[np.int64]:
    """Return in how many van loads each visit (columns hub_id, `LOADS` and `OUT_LOADS`) is made, shape (n,).

    Parcels are taken as alike, and the hub's van that may stop there and needs the fewest loads counts. 1 where one
    load is enough, and where splitting cannot help: a single parcel is too much, or these vans make fewer tours.
    """
    vans = vans_tonight(instance)
    load, needs = visits[list(LOADS)].to_numpy(float), needs_of(instance, visits["point_id"])
    out = visits[list(OUT_LOADS)].to_numpy(float)
    loads, tours = np.full(len(visits), np.inf), np.zeros(len(visits))
    for van in vans.to_dict("records"):
        fits = np.array([needed <= van["offers"] for needed in needs], dtype=bool)
        mine = (visits["hub_id"] == van["hub_id"]).to_numpy(bool) & fits
        capacity = np.array([van[c] for c in CAPACITIES], dtype=float)
        capacity = np.where(np.isnan(capacity), np.inf, capacity)
        here = np.maximum(_loads_of(load[mine], capacity), _loads_of(out[mine], capacity[: len(OUT_LOADS)]))
        loads[mine] = np.minimum(loads[mine], here)
        tours[mine] += van["count"] * van["max_trips"]
    possible = loads <= tours
    return np.where(possible, loads, 1).astype(np.int64)


def _loads_of(load: NDArray[np.float64], capacity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ceil(parcels / parcels that fit one van), inf where not even one parcel does, at least 1."""
    per_parcel = load / np.maximum(load[:, :1], 1.0)
    fit = np.divide(capacity, per_parcel, out=np.full(load.shape, np.inf), where=per_parcel > 0).min(axis=1)
    fit = np.floor(fit + 1e-9)
    return np.maximum(1.0, np.ceil(np.divide(load[:, 0], fit, out=np.full(len(load), np.inf), where=fit > 0)))


def _shared(
    amount: pd.Series, parcels: NDArray[np.int64], total: NDArray[np.int64], loads: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the part of an amount that goes with some of all parcels; where there are none, as much in every load."""
    return amount.to_numpy(float) * np.where(total > 0, parcels / np.maximum(total, 1), 1 / loads)


def split_visits(visits: pd.DataFrame) -> pd.DataFrame:
    """Return the visits with a row per van load (column `loads`): parcels as even as can be, the rest in proportion.

    visit_id loads parcels prize_eur   ->   visit_id parcels prize_eur
    P3       3          80        40        P3            27     13.50
                                            P3#2          27     13.50
                                            P3#3          26     13.00
    """
    out = visits.loc[visits.index.repeat(visits["loads"])].copy()
    part, loads = out.groupby(level=0).cumcount().to_numpy(np.int64), out["loads"].to_numpy(np.int64)
    total = out["parcels"].to_numpy(np.int64)
    parcels = total // loads + (part < total % loads)
    for column in SHARED:
        out[column] = _shared(out[column], parcels, total, loads)
    brought = out["out_parcels"].to_numpy(np.int64)
    part_brought = brought // loads + (part < brought % loads)
    for column in OUT_LOADS[1:]:
        out[column] = _shared(out[column], part_brought, brought, loads)
    out["parcels"], out["out_parcels"] = parcels, part_brought
    out["visit_id"] = [v if k == 0 else f"{v}#{k + 1}" for v, k in zip(out["visit_id"], part, strict=True)]
    return out.reset_index(drop=True)
