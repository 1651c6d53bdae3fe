"""What waits at van points tonight, return by return and in the fill, and what a wait until the next chance costs.

Tonight's returns are priced by `retour.pricing`: the same recovery, reached `nights_to_next_chance` days later, loses
more value and may be refunded late. What was decided on earlier nights (the fill) has no class here: it decays like
tonight's returns per euro of sales value, and only the refund clock of its oldest parcel is known.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.eligibility import PLANNED
from retour.indexed import HOME_IDX, positions
from retour.instance import Instance
from retour.pickup_estimate import estimate_pickup
from retour.pricing import Part, entry, recovery_parts
from retour.vocabulary import Outcome

FloatArray = NDArray[np.float64]
TYPICAL_BOX_SHARE = 0.6  # volume of a parcel of unknown volume over the largest of its size
LATE_REFUND = "late refund"


def moved_at_van_points(instance: Instance, decisions: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions that bring a parcel to a point our vans empty."""
    moved = decisions[(decisions["state"] == PLANNED) & (decisions["outcome"] != Outcome.KEEP)]
    point_idx = positions(moved["point_id"], instance.tables["points"]["point_id"])
    return moved[instance.indexed.points.van[point_idx]]


def waiting_returns(instance: Instance, decisions: pd.DataFrame) -> pd.DataFrame:
    """Return one row per planned return that a van point holds tonight, in the order of `decisions`.

    decisions -> return_id, point_idx, size_idx, home, parcels (1), volume_l, weight_kg, hazard_kg, value_eur,
    decay_eur, late_eur, refund_turns_late: what waiting until the next chance costs, and whether the refund is on
    time tonight but not then; pickup_eur: the estimate its later pickup is priced at, since no route of tonight's is.
    """
    ix, t = instance.indexed, instance.tables
    moved = moved_at_van_points(instance, decisions)
    r = positions(moved["return_id"], t["returns"]["return_id"])
    c = positions(moved["point_id"], t["points"]["point_id"])
    nights = instance.policy.service.nights_to_next_chance
    soon, later = (_recovery(instance, moved, r, c, days) for days in (0, nights))
    late_now, late_then = soon[LATE_REFUND], later[LATE_REFUND]
    goods = ix.returns
    return pd.DataFrame({
        "return_id": moved["return_id"].to_numpy(object),
        "point_idx": c,
        "size_idx": goods.size_idx[r],
        "home": ix.points.kind[c] == HOME_IDX,
        "parcels": 1.0,
        "volume_l": goods.volume_l[r],
        "weight_kg": goods.weight_kg[r],
        "hazard_kg": np.where(goods.damaged_battery[r], goods.weight_kg[r], 0.0),
        "value_eur": goods.value_eur[r],
        "decay_eur": _cost(later) - _cost(soon) - (late_then.cost_eur - late_now.cost_eur),
        "late_eur": late_then.cost_eur - late_now.cost_eur,
        "pickup_eur": estimate_pickup(instance).cost_eur[c],
        "refund_turns_late": (late_now.quantity <= 0) & (late_then.quantity > 0),
    })  # fmt: skip


def _recovery(
    instance: Instance, moved: pd.DataFrame, r: NDArray[np.int64], c: NDArray[np.int64], wait_days: int
) -> dict[str, Part]:
    t = instance.tables
    entry_hub, lead_days = entry(instance.indexed)
    h2 = positions(moved["hub_id"], t["hubs"]["hub_id"])
    q = positions(moved["process_id"], t["processes"]["process_id"])
    day = moved["day"].to_numpy(np.int64)
    parts = recovery_parts(instance, r, lead_days[c] + wait_days, entry_hub[c], h2, q, day)
    return {p.activity: p for p in parts}


def _cost(parts: dict[str, Part]) -> FloatArray:
    return np.sum([p.cost_eur for p in parts.values()], axis=0)


def waiting_fill(instance: Instance, returns: pd.DataFrame) -> pd.DataFrame:
    """Return one row per filled point and size, in table order; `returns` is what `waiting_returns` gave.

    fill -> point_idx, size_idx, parcels, volume_l, weight_kg, value_eur, decay_eur, late_eur, pickup_eur,
    refund_turns_late, oldest_on. Missing weights and values are tonight's means per
    parcel, volumes tonight's mean of the size or 60 % of the largest parcel of that size.
    """
    ix, fill = instance.indexed, instance.table("fill")
    fill = fill[fill["parcels"] > 0]
    goods, parcels = ix.returns, fill["parcels"].to_numpy(float)
    size_idx = positions(fill["size"], pd.Series(ix.size_ids))
    value_eur = fill["value_eur"].fillna(fill["parcels"] * goods.value_eur.mean()).to_numpy(float)
    late_eur, turns_late = _fill_lateness(instance, fill["oldest_on"])
    sold = returns["value_eur"].sum()
    return pd.DataFrame({
        "point_idx": positions(fill["point_id"], instance.tables["points"]["point_id"]),
        "size_idx": size_idx,
        "parcels": parcels,
        "volume_l": parcels * parcel_volume_l(instance)[size_idx],
        "weight_kg": fill["weight_kg"].fillna(fill["parcels"] * goods.weight_kg.mean()).to_numpy(float),
        "value_eur": value_eur,
        "decay_eur": value_eur * (returns["decay_eur"].sum() / sold if sold > 0 else 0.0),
        "late_eur": late_eur,
        "pickup_eur": 0.0,  # priced on the night these were decided
        "refund_turns_late": turns_late,
        "oldest_on": fill["oldest_on"].to_numpy(),
    })  # fmt: skip


def _fill_lateness(instance: Instance, oldest_on: pd.Series) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return (cost of the days by which the oldest parcel's refund gets later, whether it turns late)."""
    due = oldest_on + pd.Timedelta(days=instance.policy.refund.days)
    late_now = ((pd.Timestamp(instance.night) - due) / pd.Timedelta(days=1)).to_numpy(float)
    late_then = np.nan_to_num(np.maximum(0.0, late_now + instance.policy.service.nights_to_next_chance))
    late_now = np.nan_to_num(np.maximum(0.0, late_now))
    return (late_then - late_now) * instance.rates["late_refund_eur_per_day"], (late_now <= 0) & (late_then > 0)


def parcel_volume_l(instance: Instance) -> FloatArray:
    """Return the volume of a parcel of each size: tonight's mean, or 60 % of the largest where there is none, (s,)."""
    ix = instance.indexed
    known = ix.returns.size_idx >= 0
    size_idx, n = ix.returns.size_idx[known], len(ix.size_ids)
    count = np.bincount(size_idx, minlength=n)
    litres = np.bincount(size_idx, ix.returns.volume_l[known], minlength=n)
    return np.where(count > 0, litres / np.maximum(count, 1), TYPICAL_BOX_SHARE * ix.size_volume_l)
