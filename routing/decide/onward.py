"""The ways onward from a sorting hub, and what they cost as numbers per kilogram and per euro of value."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from retour.instance import Instance
from retour.pricing import SPEND_ACTIVITIES, Goods, carbon_eur_per_kg, total, treatment_parts
from routing.decide.tolls import Tolls

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
MINUTES_PER_HOUR = 60.0


@dataclass(frozen=True)
class Batches:
    """Returns alike but for weight, value and profile, (b,) each: product class, sorting hub, days until there."""

    class_idx: IntArray
    hub_idx: IntArray
    hub_days: FloatArray


@dataclass(frozen=True)
class Onward:
    """Ways (t,): process and working day; those of batch b are `start[b]:start[b + 1]`, tolls paid.

    An item of weight w, value v and recovered share s costs base_eur + w x per_kg_eur + v x s x per_value_eur, the
    last as per_charge_eur where the share is negative: a charge does not fade.
    """

    start: IntArray
    process_idx: IntArray
    day: IntArray
    base_eur: FloatArray
    per_kg_eur: FloatArray
    per_value_eur: FloatArray
    per_charge_eur: FloatArray

    def __len__(self) -> int:
        """Return the number of ways."""
        return len(self.day)

    def of(self, batch: int) -> Onward:
        """Return the ways of one batch alone."""
        here = slice(self.start[batch], self.start[batch + 1])
        columns = (getattr(self, f.name)[here] for f in fields(self)[1:])
        return Onward(self.start[batch : batch + 2] - self.start[batch], *columns)


def onward_ways(instance: Instance, batches: Batches, tolls: Tolls) -> Onward:
    """Return the ways of every batch to processes that take its class, by the lanes of its hub."""
    ix = instance.indexed
    reached = ix.lanes.hub_site[batches.hub_idx][:, ix.processes.site_idx] >= 0
    batch, process = np.nonzero(reached & ix.processes.takes[:, batches.class_idx].T)
    limited = np.isfinite(ix.processes.capacity_h) | np.isfinite(ix.processes.capacity_items)
    days = np.where(limited, instance.policy.service.process_days, 1)[process]
    day = np.arange(days.sum()) - np.repeat(np.cumsum(days) - days, days)
    batch, process = np.repeat(batch, days), np.repeat(process, days)
    bare, heavy, worth, charged = (
        _cost(instance, batches, tolls, batch, process, day, weight_kg=w, value_eur=v)
        for w, v in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, -1.0))
    )
    return Onward(
        start=np.searchsorted(batch, np.arange(len(batches.class_idx) + 1)),
        process_idx=process,
        day=day,
        base_eur=bare + _tolls(instance, batches, tolls, batch, process, day),
        per_kg_eur=heavy - bare,
        per_value_eur=worth - bare,
        per_charge_eur=bare - charged,
    )


def _cost(
    instance: Instance, batches: Batches, tolls: Tolls, batch: IntArray, process: IntArray, day: IntArray,
    *, weight_kg: float, value_eur: float,
) -> FloatArray:  # fmt: skip
    """Return the cost of an item on each way, budgets paid, limits not; the refund is as late whatever comes next."""
    hub = batches.hub_idx[batch]
    goods = Goods(weight_kg, value_eur, instance.indexed.class_decay[batches.class_idx[batch]], np.inf)
    parts = treatment_parts(instance, goods, batches.hub_days[batch], hub, hub, process, day)
    cost_eur, co2e_kg = total(parts, carbon_eur_per_kg=carbon_eur_per_kg(instance))
    spent = np.sum([p.cost_eur for p in parts if p.activity in SPEND_ACTIVITIES], axis=0)
    return np.asarray(cost_eur + tolls.per_kg_co2e * co2e_kg + tolls.per_eur_spent * spent)


def _tolls(
    instance: Instance, batches: Batches, tolls: Tolls, batch: IntArray, process: IntArray, day: IntArray
) -> FloatArray:
    ix = instance.indexed
    own = ix.processes.minutes[process]
    minutes = np.where(np.isnan(own), ix.class_minutes[batches.class_idx[batch]], own)
    item_eur = tolls.item_eur[batches.hub_idx[batch], process, day]
    return item_eur + tolls.hour_eur[process, day] * minutes / MINUTES_PER_HOUR
