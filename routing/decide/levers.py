"""What could be different about one return: single parameters, and what every way to go would cost along each.

Costs are piecewise linear in every parameter, with the corners at `knots`: slopes are read off the priced parts of
twins of the return, one kilogram heavier or one euro dearer, so that no formula stands here that pricing has already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.indexed import HOME_IDX
from retour.instance import Instance
from retour.pricing import PickupEstimate, carbon_eur_per_kg, collection_parts, total
from routing.decide.alternatives import Alternatives
from routing.decide.limit_rows import CO2E_BUDGET, SPEND_BUDGET
from routing.decide.options import Options
from routing.decide.priced import Price, priced, recovery_of
from routing.decide.rules import TOO_HEAVY, TOO_VALUABLE, Rule, position_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

LIMIT, VALUE, WEIGHT, CLOCK = "limit price", "item value", "weight", "refund clock"
PROCESS, LANE, COMMISSION, DISTANCE, CARBON = "process cost", "lane cost", "commission", "distance", "carbon price"
KINDS = (LIMIT, VALUE, WEIGHT, DISTANCE, PROCESS, LANE, COMMISSION, CLOCK, CARBON)
FAR_EUR, FAR_DAYS, FAR_TIMES = 1000.0, 30.0, 10.0
MOST_CARBON_EUR_PER_T = 5000.0
LONG_AGO_DAYS = 1000
KG_PER_T = 1000.0
M_PER_KM = 1000.0
SAME, HEAVIER, DEARER, EARLIER = range(4)


@dataclass(frozen=True)
class Lever:
    """One parameter: of what kind (a constant above), of what (`subject`, an id or a row), its unit and value now.

    `costs(value)` are the prices of all alternatives there, inf where one is not available, linear between `knots`
    (ascending; the first and last bound the range looked at). An alternative may end just beyond a knot.
    """

    kind: str
    subject: str
    unit: str
    now: float
    knots: FloatArray
    costs: Callable[[float], FloatArray]
    row: int = -1


@dataclass(frozen=True)
class Twins:
    """What a kilogram and a euro more would add to each alternative (n,), and how late each is for the refund:
    days from tonight until its hub has it (n,), EUR per day late (n,)."""

    per_kg_eur: FloatArray
    per_value_eur: FloatArray
    hub_days: FloatArray
    late_eur_per_day: FloatArray


def levers(instance: Instance, found: Alternatives, pickup: PickupEstimate, near: IntArray) -> Iterator[Lever]:
    """Yield every lever of the only return of `instance`.

    `near` are the alternatives whose own rates count: the decision first, then its runner-up.
    """
    twins = twins_of(instance, found, pickup)
    yield from _limit_prices(found, int(near[0]))
    yield _item_value(instance, found, twins)
    yield from _weight(instance, found, twins)
    yield from _refund_clock(instance, found, twins)
    yield from _rates(instance, found, near)
    yield from _distance(instance, found, pickup, int(near[0]))
    yield _carbon(instance, found)


def twins_of(instance: Instance, found: Alternatives, pickup: PickupEstimate) -> Twins:
    """Price the return's twins: one kilogram heavier, one euro dearer, asked for long ago."""
    row = instance.returns
    rows = [
        row,
        row.assign(weight_kg=row["weight_kg"] + 1),
        row.assign(value_eur=row["value_eur"] + 1),
        row.assign(requested_on=row["requested_on"] - pd.Timedelta(days=LONG_AGO_DAYS)),
    ]
    twins = instance.with_returns(pd.concat(rows, ignore_index=True))
    cost = [_cost_eur(twins, found, pickup, which) for which in (SAME, HEAVIER, DEARER)]
    late = next(p for p in recovery_of(twins, _of(found, EARLIER)) if p.activity == "late refund")
    slack = instance.indexed.returns.refund_slack_days[0]
    return Twins(
        per_kg_eur=cost[HEAVIER] - cost[SAME],
        per_value_eur=cost[DEARER] - cost[SAME],
        hub_days=np.append(late.quantity, 0.0)[found.z] - LONG_AGO_DAYS + slack,
        late_eur_per_day=np.append(late.rate_eur, 0.0)[found.z],
    )


def _of(found: Alternatives, which: int) -> Options:
    return replace(found.options, return_idx=np.array([which]))


def _cost_eur(twins: Instance, found: Alternatives, pickup: PickupEstimate, which: int) -> FloatArray:
    cost = priced(twins, _of(found, which), pickup)
    x, z, keep = (_with_budgets(found, price) for price in (cost.x, cost.z, cost.keep))
    return np.where(found.x < 0, keep[0], np.append(x, 0.0)[found.x] + np.append(z, 0.0)[found.z])


def _with_budgets(found: Alternatives, price: Price) -> FloatArray:
    """Return costs with their use of the night's budgets at its price."""
    return (
        price.cost_eur
        + _price_of(found, CO2E_BUDGET) * price.co2e_kg
        + _price_of(found, SPEND_BUDGET) * price.spend_eur
    )


def _price_of(found: Alternatives, budget: str) -> float:
    return float(found.prices[(found.limits.table["limit"] == budget).to_numpy()].sum())


def _linear(found: Alternatives, now: float, slope: FloatArray) -> Callable[[float], FloatArray]:
    base = np.where(found.available, found.price_eur, np.inf)
    return lambda value: base + (value - now) * slope


def _limit_prices(found: Alternatives, mine: int) -> Iterator[Lever]:
    """Yield the price of every limit that the decision uses or that costs something."""
    mine_use = found.use[:, [mine]].toarray().ravel()
    touched = np.diff(found.use.tocsr().indptr) > 0
    for row in np.flatnonzero((mine_use != 0) | (touched & (found.prices > 0))):
        now, limit = float(found.prices[row]), found.limits.table.iloc[row]
        most = min(now + FAR_EUR, float(found.limits.excess_eur[row]))
        slope = found.use[[row], :].toarray().ravel()
        subject = f"{limit['place_id']} {limit['detail']}".strip()
        costs = _linear(found, now, slope)
        yield Lever(LIMIT, subject, f"EUR/{limit['unit']}", now, np.array([0.0, most]), costs, int(row))


def _item_value(instance: Instance, found: Alternatives, twins: Twins) -> Lever:
    now, most = float(instance.indexed.returns.value_eur[0]), instance.policy.keep.max_value_eur
    ends = _waived(found, TOO_VALUABLE) | (found.available & (found.x < 0))
    costs = _ending(found, now, twins.per_value_eur, ends, np.full(len(found.x), most))
    top = max(FAR_TIMES * now, now + FAR_EUR)
    subject = str(instance.indexed.returns.ids[0])
    return Lever(VALUE, subject, "EUR", now, _within(np.array([most]), 0.0, top), costs)


def _weight(instance: Instance, found: Alternatives, twins: Twins) -> Iterator[Lever]:
    """Yield the weight, as far as the parcel's size does not change with it."""
    ix = instance.indexed
    now, low, high = float(ix.returns.weight_kg[0]), *_same_size(instance)
    lies = (found.x >= 0) & (ix.returns.point_idx[0] == found.point)
    ends = (_waived(found, TOO_HEAVY) | found.available) & (found.x >= 0) & ~lies
    limit_kg = np.append(ix.points.max_weight_kg, np.inf)[found.point]
    costs = _ending(found, now, twins.per_kg_eur, ends, limit_kg)
    yield Lever(WEIGHT, str(ix.returns.ids[0]), "kg", now, _within(limit_kg, low, high), costs)


def _same_size(instance: Instance) -> tuple[float, float]:
    """Return the weights between which the parcel needs the size it needs now."""
    returns, sizes = instance.indexed.returns, instance.tables["sizes"].sort_values("volume_l", kind="stable")
    now, size = float(returns.weight_kg[0]), int(returns.size_idx[0])
    most = sizes["max_weight_kg"].fillna(np.inf).to_numpy(float)
    fits = sizes["volume_l"].to_numpy(float) >= returns.volume_l[0]
    smaller = fits & (most < now)
    high = float(most[size]) if size >= 0 else np.inf
    return max(0.0, float(most[smaller].max(initial=0.0))), min(high, FAR_TIMES * now)


def _refund_clock(instance: Instance, found: Alternatives, twins: Twins) -> Iterator[Lever]:
    now = float(instance.indexed.returns.refund_slack_days[0])
    if not np.isfinite(now):
        return
    base, rate, days = np.where(found.available, found.price_eur, np.inf), twins.late_eur_per_day, twins.hub_days
    late_now = rate * np.maximum(0.0, days - now)

    def costs(slack: float) -> FloatArray:
        return base + rate * np.maximum(0.0, days - slack) - late_now

    knots = _within(days[rate > 0], now - FAR_DAYS, now + FAR_DAYS)
    yield Lever(CLOCK, str(instance.indexed.returns.ids[0]), "day", now, knots, costs)


def _rates(instance: Instance, found: Alternatives, near: IntArray) -> Iterator[Lever]:
    """Yield what the process, its lane and the point ask per parcel, of the decision and its runner-up."""
    ix, ways = instance.indexed, found.options.ways
    process = np.append(ways.process_idx, -1)[found.way]
    hub = np.append(ways.hub_idx, -1)[found.way]
    lane = np.where(found.way >= 0, ix.lanes.hub_site[hub, ix.processes.site_idx[process]], -1)
    lane_ids = [f"{a} to {b}" for a, b in zip(ix.lanes.from_id, ix.lanes.to_id, strict=True)]
    for kind, of, ids, rate_eur in (
        (PROCESS, process, ix.processes.ids, ix.processes.cost_eur),
        (LANE, lane, lane_ids, ix.lanes.eur_per_parcel),
        (COMMISSION, found.point, ix.points.ids, ix.points.commission_eur),
    ):
        for k in np.unique(of[near][of[near] >= 0]):
            now = float(rate_eur[k])
            slope = (of == k) * (1 + _price_of(found, SPEND_BUDGET))
            yield Lever(kind, str(ids[k]), "EUR", now, np.array([0.0, now + FAR_EUR]), _linear(found, now, slope))


def _distance(instance: Instance, found: Alternatives, pickup: PickupEstimate, mine: int) -> Iterator[Lever]:
    """Yield how far the best other point is that the customer would go to."""
    ix = instance.indexed
    other = found.available & (found.point >= 0) & (found.point != found.point[mine])
    other &= np.append(ix.points.kind != HOME_IDX, False)[found.point]
    if not other.any():
        return
    best = int(np.where(other, found.price_eur, np.inf).argmin())
    point, road_m = int(found.point[best]), float(found.options.x_road_m[found.x[best]])
    first = np.zeros(1, dtype=np.int64)
    parts = collection_parts(instance, first, np.array([point]), np.array([road_m]), pickup)
    trip = [p for p in parts if p.activity == "customer trip"]
    per_kg_eur = carbon_eur_per_kg(instance) + _price_of(found, CO2E_BUDGET)
    trip_eur = total(trip, carbon_eur_per_kg=per_kg_eur)[0][0]
    if road_m > 0 and trip_eur > 0:
        now = road_m / M_PER_KM
        slope = (found.point == point) * trip_eur / now
        yield Lever(DISTANCE, str(ix.points.ids[point]), "km", now, np.array([0.0, now]), _linear(found, now, slope))


def _carbon(instance: Instance, found: Alternatives) -> Lever:
    now = instance.policy.carbon.price_eur_per_t
    costs = _linear(found, now, found.co2e_kg / KG_PER_T)
    return Lever(CARBON, "policy carbon.price_eur_per_t", "EUR/t", now, np.array([0.0, MOST_CARBON_EUR_PER_T]), costs)


def _ending(
    found: Alternatives, now: float, slope: FloatArray, ends: BoolArray, limit: FloatArray
) -> Callable[[float], FloatArray]:
    """Return linear costs of what is available and of what `ends` beyond its limit: inf beyond, open up to it."""
    base = np.where(found.available | ends, found.price_eur, np.inf)

    def costs(value: float) -> FloatArray:
        return np.where(ends & (value > limit), np.inf, base + (value - now) * slope)

    return costs


def _waived(found: Alternatives, rule: Rule) -> BoolArray:
    """Return True for alternatives that only this rule is in the way of."""
    return (found.rule == position_of(rule)) & ~found.shut


def _within(knots: FloatArray, low: float, high: float) -> FloatArray:
    inside = knots[(knots > low) & (knots < high)]
    return np.concatenate([[low], np.unique(inside), [high]])
