"""What every movement and treatment costs, earns and emits: the only formulas for money and carbon.

The decision models, the ledger and the checker all price through these functions, on arrays of positions into
`Instance.indexed`. Each function returns `Part`s: one per ledger activity, quantity x rate, arrays of shape (n,).
The full refund is owed whatever is decided, so it is left out; a recovered value is a negative cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.indexed import HOME_IDX, Indexed
from retour.instance import Instance

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
HOURS_PER_DAY = 24.0
SPEND_ACTIVITIES = (
    "commission", "point handling", "failed home attempt", "pickup estimate", "carrier label", "carrier weight",
    "transfer handling", "transfer linehaul", "hub handling", "linehaul", "processing",
)  # fmt: skip
"""Activities that count against the policy's `budgets.max_spend_eur`: money paid to move and treat returns."""


@dataclass(frozen=True)
class Part:
    """One activity: `quantity` units at `rate_eur` each, and the CO2e it causes; arrays of shape (n,)."""

    activity: str
    unit: str
    quantity: FloatArray
    rate_eur: FloatArray
    co2e_kg: FloatArray

    @property
    def cost_eur(self) -> FloatArray:
        """Quantity times rate."""
        return self.quantity * self.rate_eur


@dataclass(frozen=True)
class PickupEstimate:
    """Planning price of bringing one more parcel from each point to its hub; arrays over points, carrier points 0."""

    cost_eur: FloatArray
    co2e_kg: FloatArray


def total(parts: Sequence[Part], *, carbon_eur_per_kg: float) -> tuple[FloatArray, FloatArray]:
    """Return (cost with carbon priced in, CO2e in kg), shape (n,) each."""
    co2e_kg = np.sum([p.co2e_kg for p in parts], axis=0)
    return np.sum([p.cost_eur for p in parts], axis=0) + carbon_eur_per_kg * co2e_kg, co2e_kg


def carbon_eur_per_kg(instance: Instance) -> float:
    """Return the policy's carbon price per kilogram."""
    return instance.policy.carbon.price_eur_per_t / 1000.0


def _part(
    activity: str, unit: str, quantity: FloatArray, rate: FloatArray | float, co2e: FloatArray | float = 0.0
) -> Part:
    quantity = np.asarray(quantity, float)
    full = np.zeros(quantity.shape)
    return Part(activity, unit, quantity, full + rate, full + co2e)


def collection_parts(
    instance: Instance, r: IntArray, c: IntArray, distance_m: FloatArray, pickup: PickupEstimate
) -> list[Part]:
    """Price handing return r[i] over at point c[i], `distance_m[i]` by road from the customer, up to the hub.

    A return that lies at its point already costs the customer nothing more. HOME costs no trip but may fail
    (expected cost of a failed attempt). Carrier points pay their lane, van points the pickup estimate. A withdrawal
    fee is left out: it moves money from the customer, whose effort counts here, to us.
    """
    ix, rates = instance.indexed, instance.rates
    points, there = ix.points, ix.returns.point_idx[r] == c
    home = points.kind[c] == HOME_IDX
    ones = np.ones(len(r))
    trip_km = np.where(there | home, 0.0, 2 * distance_m / 1000)
    by_car = rates["customer_trip_share_by_car"]
    effort_rate = (
        by_car * rates["customer_effort_drive_eur_per_km"] + (1 - by_car) * rates["customer_effort_walk_eur_per_km"]
    )
    fails = np.where(home & ~there, rates["home_attempt_fail_share"], 0.0)
    return [
        _part("customer trip", "km", trip_km, effort_rate, trip_km * by_car * rates["customer_car_co2e_kg_per_km"]),
        _part("commission", "parcel", ones, points.commission_eur[c]),
        _part("point handling", "parcel", ones, points.handling_eur[c]),
        _part("failed home attempt", "attempt", fails, rates["home_failed_attempt_eur"]),
        _part("pickup estimate", "parcel", ones, pickup.cost_eur[c], pickup.co2e_kg[c]),
        *_carrier_parts(instance, r, c),
    ]


def _carrier_parts(instance: Instance, r: IntArray, c: IntArray) -> list[Part]:
    ix = instance.indexed
    lane = carrier_lane(ix)[c]
    carried = (lane >= 0).astype(float)
    per_parcel = np.where(lane >= 0, _at(ix.lanes.eur_per_parcel, lane), 0.0)
    per_kg = np.where(lane >= 0, _at(ix.lanes.eur_per_kg, lane), 0.0)
    kg_co2e = np.where(lane >= 0, _at(instance.lane_co2e_kg_per_kg, lane), 0.0) * ix.returns.weight_kg[r]
    return [
        _part("carrier label", "parcel", carried, per_parcel, kg_co2e),
        _part("carrier weight", "kg", carried * ix.returns.weight_kg[r], per_kg),
    ]


def recovery_parts(
    instance: Instance, r: IntArray, entry_lead_days: FloatArray, h1: IntArray, h2: IntArray, q: IntArray, day: IntArray
) -> list[Part]:
    """Price return r[i] from its entry hub h1[i], sorted at hub h2[i], to process q[i] on working day day[i].

    `entry_lead_days[i]` is the time from tonight to the entry hub (0 for van points). The value decays linearly by
    the class's rate over all lead times and the days waited (Blackburn et al. 2004: marginal value of time), never
    below zero. A refund later than its due day costs the late-refund rate per day, since it waits for the goods.
    """
    ix = instance.indexed
    goods = Goods(
        weight_kg=ix.returns.weight_kg[r],
        value_eur=ix.returns.value_eur[r] * ix.profiles.share[ix.returns.profile[r], ix.processes.outcome[q]],
        decay_per_day=ix.class_decay[ix.returns.class_idx[r]],
        refund_slack_days=ix.returns.refund_slack_days[r],
    )
    return treatment_parts(instance, goods, entry_lead_days, h1, h2, q, day)


@dataclass(frozen=True)
class Goods:
    """What the price of a recovery depends on, arrays of shape (n,) or single numbers; `value_eur` is the sales value
    times the share that the outcome recovers. Cost is linear in weight and, apart from its sign, in value."""

    weight_kg: FloatArray | float
    value_eur: FloatArray | float
    decay_per_day: FloatArray | float
    refund_slack_days: FloatArray | float


def treatment_parts(
    instance: Instance,
    goods: Goods,
    entry_lead_days: FloatArray,
    h1: IntArray,
    h2: IntArray,
    q: IntArray,
    day: IntArray,
) -> list[Part]:
    """Price goods[i] from entry hub h1[i], sorted at h2[i], treated by process q[i] on day[i]; see `recovery_parts`."""
    ix, rates, lanes = instance.indexed, instance.rates, instance.indexed.lanes
    moved = h1 != h2
    over = np.where(moved, lanes.hub_hub[h1, h2], -1)
    down = lanes.hub_site[h2, ix.processes.site_idx[q]]
    per_kg = instance.lane_co2e_kg_per_kg
    ones, hub_co2e = np.ones(len(q)), rates["hub_co2e_kg_per_parcel"]
    hub_days = entry_lead_days + np.where(moved, _at(lanes.lead_h, over), 0.0) / HOURS_PER_DAY
    site_days = hub_days + lanes.lead_h[down] / HOURS_PER_DAY + day
    late_days = np.maximum(0.0, hub_days - goods.refund_slack_days)
    return [
        _part("transfer handling", "parcel", moved.astype(float), rates["transfer_handling_eur"], moved * hub_co2e),
        _part(
            "transfer linehaul",
            "parcel",
            moved.astype(float),
            np.where(moved, _lane_price(ix, over, goods.weight_kg), 0.0),
            np.where(moved, _at(per_kg, over), 0.0) * goods.weight_kg,
        ),
        _part("hub handling", "parcel", ones, ix.hub_handling_eur[h2], hub_co2e),
        _part("linehaul", "parcel", ones, _lane_price(ix, down, goods.weight_kg), per_kg[down] * goods.weight_kg),
        _part("processing", "item", ones, ix.processes.cost_eur[q], ix.processes.co2e_kg[q]),
        *_value_parts(ix, goods, q, site_days + ix.processes.lead_days[q]),
        _part("late refund", "day", late_days, rates["late_refund_eur_per_day"]),
    ]


def _value_parts(ix: Indexed, goods: Goods, q: IntArray, days: FloatArray) -> list[Part]:
    value_eur = goods.value_eur * ix.processes.yield_share[q]
    lost = np.minimum(1.0, goods.decay_per_day * days)
    return [
        _part("recovered value", "item", np.ones(len(q)), -value_eur),
        _part("value decay", "item", np.maximum(lost, 0.0), np.maximum(value_eur, 0.0)),
    ]


def keep_parts(instance: Instance, r: IntArray) -> list[Part]:
    """Price letting the customer keep the item: nothing moves, some customers learn to ask for it."""
    value_eur = instance.indexed.returns.value_eur[r]
    return [_part("keep-it abuse", "EUR of value", value_eur, instance.rates["keep_abuse_share"])]


def waiting_parts(instance: Instance, r: IntArray) -> list[Part]:
    """Price a return that finds no room (comparators only): it is refused and its best value decays for a day."""
    ix = instance.indexed
    best = np.nan_to_num(ix.profiles.share).max(axis=1)[ix.returns.profile[r]] * ix.returns.value_eur[r]
    return [
        _part("refused drop-off", "parcel", np.ones(len(r)), instance.rates["overflow_refused_dropoff_eur"]),
        _part("recovered value", "item", np.ones(len(r)), -best),
        _part("value decay", "item", ix.class_decay[ix.returns.class_idx[r]], best),
    ]


def _lane_price(ix: Indexed, lane: IntArray, weight_kg: FloatArray | float) -> FloatArray:
    return _at(ix.lanes.eur_per_parcel, lane) + _at(ix.lanes.eur_per_kg, lane) * weight_kg


def _at(values: FloatArray, idx: IntArray) -> FloatArray:
    return values[np.maximum(idx, 0)] if len(values) else np.zeros(idx.shape)


def carrier_lane(ix: Indexed) -> IntArray:
    """Return per point the lane its parcels take by carrier (the cheapest per parcel), -1 for van points."""
    if not len(ix.lanes.from_id):
        return np.full(len(ix.points.ids), -1, dtype=np.int64)
    price = np.where(ix.lanes.point_hub >= 0, ix.lanes.eur_per_parcel[ix.lanes.point_hub], np.inf)
    best = price.argmin(axis=1)
    lane = ix.lanes.point_hub[np.arange(len(best)), best]
    return np.where(ix.points.van, -1, lane)


def entry(ix: Indexed) -> tuple[IntArray, FloatArray]:
    """Return per point (hub its parcels reach first, days until then); van points reach theirs tonight."""
    lane = carrier_lane(ix)
    hub_of_lane = np.full(max(1, len(ix.lanes.to_id)), -1, dtype=np.int64)
    hubs = {h: i for i, h in enumerate(ix.hub_ids)}
    hub_of_lane[: len(ix.lanes.to_id)] = [hubs.get(t, -1) for t in ix.lanes.to_id]
    hub = np.where(lane >= 0, hub_of_lane[np.maximum(lane, 0)], ix.points.hub_idx)
    lead = np.where(lane >= 0, _at(ix.lanes.lead_h, lane) / HOURS_PER_DAY, 0.0)
    return hub, lead
