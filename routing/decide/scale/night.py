"""What all partitions of one large night share: ways with their price coefficients, limits, room at points.

Everything here is about the network and the kinds of returns, nothing about single returns, so it stays small
(tens of megabytes) however many returns come, and is handed to every worker once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.indexed import Indexed
from retour.instance import Instance
from retour.pricing import (
    SPEND_ACTIVITIES,
    Goods,
    Part,
    PickupEstimate,
    carbon_eur_per_kg,
    carrier_lane,
    total,
    treatment_parts,
)  # fmt: skip
from routing.decide import limit_rows as rows
from routing.decide.blocks import Block, Use, joined
from routing.decide.limit_rows import CO2E_BUDGET, SPEND_BUDGET
from routing.decide.ways import Entries, Kinds, Ways, all_entries, all_ways, kinds_of_returns

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
BUDGET_PLACE = {CO2E_BUDGET: 1, SPEND_BUDGET: 2}


@dataclass(frozen=True)
class WayCost:
    """Cost of each way, shape (t,): fixed + per kg of weight + per EUR of recovered value (`gain` where that value is
    above zero, `charge` per EUR below), with carbon priced in. Of budget b a way uses `budget_fixed[b]` + per kg."""

    fixed: FloatArray
    per_kg: FloatArray
    gain: FloatArray
    charge: FloatArray
    budget_fixed: FloatArray
    budget_per_kg: FloatArray


@dataclass(frozen=True)
class WayLimits:
    """Limits on ways as rows: `table` (limit, place_id, detail, unit), `capacity`, `stated`, `excess_eur` (rows,).

    Way w uses `amount[start[w]:start[w + 1]]` of the rows `row[...]`. The last rows are the `budgets` that the policy
    sets, in rows `budget_row`; what they count is in `WayCost` and with each return.
    """

    table: pd.DataFrame
    capacity: FloatArray
    stated: FloatArray
    excess_eur: FloatArray
    start: IntArray
    row: IntArray
    amount: FloatArray
    budgets: tuple[str, ...]

    @property
    def budget_row(self) -> IntArray:
        """The rows of the budgets."""
        return np.arange(len(self.capacity) - len(self.budgets), len(self.capacity))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.capacity)


@dataclass(frozen=True)
class Night:
    """One night without its returns. `hub_days` (t,) is when a way's parcel reaches its sorting hub."""

    instance: Instance
    pickup: PickupEstimate
    entries: Entries
    kinds: Kinds
    ways: Ways
    outcome: IntArray
    hub_days: FloatArray
    cost: WayCost
    limits: WayLimits
    late_eur_per_day: float

    @property
    def pickup_eur(self) -> FloatArray:
        """Planning price of pickup per parcel, carbon priced in, shape (points,)."""
        return self.pickup.cost_eur + carbon_eur_per_kg(self.instance) * self.pickup.co2e_kg


def night_of(instance: Instance, pickup: PickupEstimate) -> Night:
    """Return the night of an instance whose returns show every profile that any partition has."""
    ix = instance.indexed
    entries, kinds = all_entries(ix), kinds_of_returns(instance)
    keys = np.arange(len(kinds.class_idx) * max(1, len(entries)), dtype=np.int64)
    ways = all_ways(instance, entries, kinds, keys)
    cost, hub_days = _way_cost(instance, entries, ways)
    return Night(
        instance=instance,
        pickup=pickup,
        entries=entries,
        kinds=kinds,
        ways=ways,
        outcome=ix.processes.outcome[ways.process_idx],
        hub_days=hub_days,
        cost=cost,
        limits=_way_limits(instance, entries, ways),
        late_eur_per_day=instance.rates["late_refund_eur_per_day"],
    )


def _way_cost(instance: Instance, entries: Entries, ways: Ways) -> tuple[WayCost, FloatArray]:
    """Read the coefficients off the one pricing function: it is linear in weight and value."""
    decay = instance.indexed.class_decay[ways.class_idx]
    lead, first = entries.lead_days[ways.entry], entries.hub_idx[ways.entry]

    def parts(weight_kg: float, value_eur: float, slack_days: FloatArray | float) -> list[Part]:
        goods = Goods(np.full(len(decay), weight_kg), np.full(len(decay), value_eur), decay, slack_days)
        return treatment_parts(instance, goods, lead, first, ways.hub_idx, ways.process_idx, ways.day)

    def sums(found: list[Part]) -> tuple[FloatArray, FloatArray, FloatArray]:
        cost_eur, co2e_kg = total(found, carbon_eur_per_kg=carbon_eur_per_kg(instance))
        return cost_eur, co2e_kg, np.sum([p.cost_eur for p in found if p.activity in SPEND_ACTIVITIES], axis=0)

    never_late = np.full(len(decay), np.inf)
    bare, heavy = sums(parts(0.0, 0.0, never_late)), sums(parts(1.0, 0.0, never_late))
    gain, charge = sums(parts(0.0, 1.0, never_late)), sums(parts(0.0, -1.0, never_late))
    late = next(p for p in parts(0.0, 0.0, np.zeros(len(decay))) if p.activity == "late refund")
    counted = [BUDGET_PLACE[name] for name, _, _ in budgets_set(instance)]
    cost = WayCost(
        fixed=bare[0], per_kg=heavy[0] - bare[0], gain=gain[0] - bare[0], charge=charge[0] - bare[0],
        budget_fixed=np.array([bare[b] for b in counted]).reshape(len(counted), len(decay)),
        budget_per_kg=np.array([heavy[b] - bare[b] for b in counted]).reshape(len(counted), len(decay)),
    )  # fmt: skip
    return cost, late.quantity


def budgets_set(instance: Instance) -> list[tuple[str, str, float]]:
    """Return (limit, unit, most) of every budget that the policy sets."""
    budgets = instance.policy.budgets
    wanted = ((CO2E_BUDGET, "kg", budgets.max_co2e_kg), (SPEND_BUDGET, "EUR", budgets.max_spend_eur))
    return [(name, unit, most) for name, unit, most in wanted if most is not None]


def _way_limits(instance: Instance, entries: Entries, ways: Ways) -> WayLimits:
    blocks = [limit(instance, entries, ways) for limit in rows.WAY_LIMITS]
    given = budgets_set(instance)
    set_ = [Block(name, unit, [(rows.EVERYWHERE, "")], np.array([most])) for name, unit, most in given]
    blocks += set_
    offset = np.cumsum([0, *(len(b.names) for b in blocks)])
    use = joined(_shifted(b, int(o)) for b, o in zip(blocks, offset[:-1], strict=True))
    order = np.argsort(use.option, kind="stable")
    names = [(b.limit, *name, b.unit) for b in blocks for name in b.names]
    return WayLimits(
        table=pd.DataFrame(names, columns=["limit", "place_id", "detail", "unit"], dtype=object),
        capacity=np.concatenate([b.capacity for b in blocks]).astype(float),
        stated=np.concatenate([b.capacity if b.stated is None else b.stated for b in blocks]).astype(float),
        excess_eur=np.concatenate([np.full(len(b.names), b.excess_eur) for b in blocks]).astype(float),
        start=np.searchsorted(use.option[order], np.arange(len(ways.day) + 1)),
        row=use.row[order],
        amount=use.amount[order],
        budgets=tuple(b.limit for b in set_),
    )


def _shifted(block: Block, offset: int) -> Use:
    return Use(block.way.row + offset, block.way.option, block.way.amount)


@dataclass(frozen=True)
class Room:
    """Room at points as places that returns compete for: place o of point `point[o]`, level `level[o]`, holds
    `capacity[o]` parcels (inf: any number).

    Compartments nest: a parcel that needs level k may lie in any place of its point from level k up. The places of
    point c are `start[c]:start[c + 1]`, ascending by level; a return that needs level k starts at `first[c, k]`
    (`start[c + 1]`: no place fits).
    """

    point: IntArray
    level: IntArray
    capacity: FloatArray
    start: IntArray
    first: IntArray

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.capacity)


def room_at_points(night: Night, held: FloatArray, lying_planned: FloatArray) -> Room:
    """Return the places left when `held` (p, sizes) lie there and `lying_planned` (p,) of them move tonight."""
    ix = night.instance.indexed
    left = rows.room_left(ix, held)
    left[:, 0] = np.minimum(left[:, 0], lane_left(ix, lying_planned))
    nested = np.minimum.accumulate(left, axis=1)
    nested[~ix.points.has_compartments, 1:] = 0.0
    own = np.where(np.isinf(nested), np.inf, nested - np.column_stack([nested[:, 1:], np.zeros(len(nested))]))
    point, level = np.nonzero(own > 0)
    start = np.searchsorted(point, np.arange(len(nested) + 1))
    levels = np.arange(nested.shape[1])
    first = start[:-1, None] + np.array([(own[:, :k] > 0).sum(axis=1) for k in levels]).T
    return Room(point, level, own[point, level], start, first)


def lane_left(ix: Indexed, lying_planned: FloatArray) -> FloatArray:
    """Return parcels that each point's carrier can still take, shape (p,); inf: unlimited, or no carrier."""
    return np.maximum(0.0, lane_capacity(ix) - lying_planned)


def lane_capacity(ix: Indexed) -> FloatArray:
    """Return parcels that each point's carrier takes, shape (p,); inf: unlimited, or no carrier."""
    return np.append(ix.lanes.capacity, np.inf)[carrier_lane(ix)]
