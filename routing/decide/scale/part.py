"""One partition of a large night: compact arrays of its returns, made from table rows alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.eligibility import PLANNED, eligibility
from retour.instance import Instance
from retour.pricing import SPEND_ACTIVITIES, carbon_eur_per_kg, collection_parts, keep_parts, total
from routing.decide.limit_rows import CO2E_BUDGET, SPEND_BUDGET, places_held
from routing.decide.nearby import nearby_points
from routing.decide.rules import KEEP_RULES, Pairs, removed
from routing.decide.scale.night import Night

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
SmallInts = NDArray[np.int32]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Part:
    """The n planned returns of a partition, in table order, and their m ways to hand over.

    Links of return i (its entries) are `link_start[i]:link_start[i + 1]`; link j is recovered by the ways of block
    `link_block[j]`, and handed over by options `x_start[j]:x_start[j + 1]`: at `x_point`, for `x_cost` EUR, needing a
    place of level `need` (-1: it lies there, no place is taken). `row` (n,) are positions in the partition's table.
    `x_budget` (budgets, m) is what each uses of the policy's budgets. KEEP costs `keep_cost` (inf: not admissible).
    """

    row: IntArray
    link_start: SmallInts
    link_block: SmallInts
    x_start: SmallInts
    x_point: SmallInts
    x_need: NDArray[np.int8]
    x_cost: FloatArray
    x_budget: FloatArray
    keep_cost: FloatArray
    weight_kg: FloatArray
    value_eur: FloatArray
    slack_days: FloatArray
    profile: SmallInts

    def __len__(self) -> int:
        """Return the number of planned returns."""
        return len(self.row)


@dataclass(frozen=True)
class Census:
    """What a partition adds to the whole: planned returns, what lies at points (p, sizes), and of that planned (p,).

    `stranded` are return ids without any option.
    """

    planned: int
    held: FloatArray
    lying_planned: FloatArray
    stranded: tuple[str, ...]


def build_part(night: Night, returns: pd.DataFrame) -> tuple[Instance, Part, Census]:
    """Return the partition of these rows of the returns table, and the rows as an instance of their own; returns
    without any option are left out of the partition."""
    instance = night.instance.with_returns(returns)
    ix = instance.indexed
    planned = np.flatnonzero(eligibility(instance)["state"].to_numpy() == PLANNED)
    can_keep = ~removed(KEEP_RULES, instance, planned)
    pairs, block = _led_somewhere(night, instance, nearby_points(instance, planned))
    movable = np.isin(planned, pairs.r)
    lying = ix.returns.point_idx[planned]
    census = Census(
        planned=len(planned),
        held=places_held(ix),
        lying_planned=np.bincount(lying[lying >= 0], minlength=len(ix.points.ids)).astype(float),
        stranded=tuple(ix.returns.ids[planned[~movable & ~can_keep]]),
    )
    kept = movable | can_keep
    return instance, _compact(night, instance, planned[kept], can_keep[kept], pairs, block), census


def _led_somewhere(night: Night, instance: Instance, pairs: Pairs) -> tuple[Pairs, IntArray]:
    """Return the pairs from whose entry some way leads on, and the block of those ways."""
    entry = night.entries.of_point[pairs.c]
    kind = night.kinds.of_profile[instance.indexed.returns.profile[pairs.r]]
    block = kind * max(1, len(night.entries)) + entry
    led = np.flatnonzero(np.diff(night.ways.start)[block] > 0)
    order = led[np.lexsort((block[led], pairs.r[led]))]
    return Pairs(pairs.r[order], pairs.c[order], pairs.road_m[order]), block[order]


def _compact(
    night: Night, instance: Instance, planned: IntArray, can_keep: BoolArray, pairs: Pairs, block: IntArray
) -> Part:
    ix = instance.indexed
    first = np.flatnonzero(np.diff(pairs.r, prepend=-1) | np.diff(block, prepend=-1))
    owner = np.searchsorted(planned, pairs.r[first])
    parts = collection_parts(instance, pairs.r, pairs.c, pairs.road_m, night.pickup)
    cost_eur, co2e_kg = total(parts, carbon_eur_per_kg=carbon_eur_per_kg(instance))
    keep_eur, _ = total(keep_parts(instance, planned), carbon_eur_per_kg=carbon_eur_per_kg(instance))
    need = np.where(ix.points.has_compartments[pairs.c], ix.returns.size_idx[pairs.r], 0)
    spend_eur = np.sum([p.cost_eur for p in parts if p.activity in SPEND_ACTIVITIES], axis=0)
    counts = {CO2E_BUDGET: co2e_kg, SPEND_BUDGET: spend_eur}
    return Part(
        row=planned,
        link_start=np.searchsorted(owner, np.arange(len(planned) + 1)).astype(np.int32),
        link_block=block[first].astype(np.int32),
        x_start=np.append(first, len(pairs.r)).astype(np.int32),
        x_point=pairs.c.astype(np.int32),
        x_need=np.where(ix.returns.point_idx[pairs.r] == pairs.c, -1, need).astype(np.int8),
        x_cost=cost_eur,
        x_budget=np.array([counts[name] for name in night.limits.budgets]).reshape(-1, len(cost_eur)),
        keep_cost=np.where(can_keep, keep_eur, np.inf),
        weight_kg=ix.returns.weight_kg[planned],
        value_eur=ix.returns.value_eur[planned],
        slack_days=ix.returns.refund_slack_days[planned],
        profile=ix.returns.profile[planned].astype(np.int32),
    )
