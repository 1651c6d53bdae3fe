"""The shared limits of a night as seen by one return: what every way to hand over and to recover uses of each.

`routing.decide.limit_rows` says what uses what; it is asked once, for one return of every size at every point and for
one of every handling time by every way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.indexed import ReturnArrays
from retour.instance import Instance
from retour.pricing import Goods, treatment_parts
from routing.decide import limit_rows as rows
from routing.decide.blocks import Block, Use
from routing.decide.options import Options
from routing.decide.ways import Entries, Kinds, Ways, all_entries, all_ways
from routing.quote.seat import one_after_the_other, plain_returns, seated

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
LATE = "late refund"
AT_POINTS = (rows.POINT_ROOM, rows.COMPARTMENTS)
NAME = ["limit", "place_id", "detail"]


@dataclass(frozen=True)
class Uses:
    """What each option uses, (options, width) padded: `amount` units of limit `row`; padding: 0 of the row past all."""

    row: IntArray
    amount: FloatArray

    def paid_at(self, prices: FloatArray) -> FloatArray:
        """Return what each option pays for what it uses, shape (options,); `prices` (rows + 1,) ends with a 0."""
        return np.asarray((prices[self.row] * self.amount).sum(axis=1))


@dataclass(frozen=True)
class Shelf:
    """Limits (rows): `names` (limit, place_id, detail, unit), `capacity` and `excess_eur` (inf: hard).

    Options: `x` of a size at a point, at [(size_idx + 1) * points + point]; `lying` at its point (points,); `way` of
    the shelf's ways. Ways of handling time g from entry e are `ways.start[g * entries + e]` up to the next start;
    `time_of_class` (classes,) gives g. `refund_days` (ways,) is when the goods reach the hub that sorts them, from
    tonight. `keep_row`, `co2e_row` and `spend_row` are -1 where there is no such limit.
    """

    names: pd.DataFrame
    capacity: FloatArray
    excess_eur: FloatArray
    x: Uses
    lying: Uses
    way: Uses
    entries: Entries
    ways: Ways
    time_of_class: IntArray
    refund_days: FloatArray
    keep_row: int
    co2e_row: int
    spend_row: int

    def prices(self, table: pd.DataFrame) -> FloatArray:
        """Return the prices of a `prices` table by row, shape (rows + 1,); 0 for limits it does not name."""
        named = table.assign(detail=table["detail"].fillna("")).drop_duplicates(NAME).set_index(NAME)["price_eur"]
        found = named.reindex(pd.MultiIndex.from_frame(self.names[NAME])).fillna(0.0).to_numpy(float)
        return np.append(np.clip(found, 0.0, self.excess_eur), 0.0)


def stock_shelf(instance: Instance, lying: ReturnArrays, *, planned: int) -> Shelf:
    """Return the shelf of a network at whose points `lying` returns hold room, in a night of `planned` returns."""
    ix = instance.indexed
    entries = all_entries(ix)
    times, first, time_of_class = np.unique(ix.class_minutes, return_index=True, return_inverse=True)
    every = np.ones((len(times), len(ix.processes.ids)), dtype=bool)
    kinds = Kinds(first.astype(np.int64), every, np.empty(0, np.int64))
    ways = all_ways(instance, entries, kinds, np.arange(len(times) * len(entries)))
    sizes = plain_returns(len(ix.size_ids) + 1, size_idx=np.arange(-1, len(ix.size_ids)))
    probes = seated(instance, one_after_the_other(sizes, lying))
    options = _every_point(len(sizes.lat), len(ix.points.ids), entries, ways)
    at_points = [f(probes, options) for f in (rows.respect_point_room, rows.respect_compartments)]
    carried = rows.respect_carrier_lanes(probes, options)
    of_ways = [limit(probes, entries, ways) for limit in rows.WAY_LIMITS]
    alone = _alone(instance, planned)
    blocks = [*at_points, carried, *of_ways, *alone]
    names = pd.DataFrame(
        [(b.limit, *n, b.unit) for b in blocks for n in b.names], columns=[*NAME, "unit"], dtype=object
    )
    offset = dict(zip(map(id, blocks), np.cumsum([0, *(len(b.names) for b in blocks)]).tolist(), strict=False))
    where = {b.limit: offset[id(b)] for b in alone}
    many, points = len(names), len(ix.points.ids)
    on_site = _uses([(b.x, offset[id(b)]) for b in (*at_points, carried)], len(options.x_point), many)
    of_lane = _uses([(carried.x, offset[id(carried)])], len(options.x_point), many)
    return Shelf(
        names=names,
        capacity=np.concatenate([b.capacity for b in blocks]).astype(float),
        excess_eur=np.concatenate([np.full(len(b.names), b.excess_eur) for b in blocks]).astype(float),
        x=on_site,
        lying=Uses(of_lane.row[:points], of_lane.amount[:points]),
        way=_uses([(b.way, offset[id(b)]) for b in of_ways], len(ways.day), many),
        entries=entries,
        ways=ways,
        time_of_class=time_of_class.ravel(),
        refund_days=_refund_days(instance, entries, ways),
        keep_row=where.get(rows.KEEP_SHARE, -1),
        co2e_row=where.get(rows.CO2E_BUDGET, -1),
        spend_row=where.get(rows.SPEND_BUDGET, -1),
    )


def _alone(instance: Instance, planned: int) -> list[Block]:
    """Return the limits that every option may use: how much of them is priced with the option."""
    policy = instance.policy
    kept = np.floor(policy.keep.max_share * planned + rows.ROUNDING)
    everywhere = [(rows.EVERYWHERE, "")]
    blocks = [Block(rows.KEEP_SHARE, "return", everywhere, np.array([kept]))]
    for limit, unit, most in (
        (rows.CO2E_BUDGET, "kg", policy.budgets.max_co2e_kg),
        (rows.SPEND_BUDGET, "EUR", policy.budgets.max_spend_eur),
    ):
        if most is not None:
            blocks.append(Block(limit, unit, everywhere, np.array([most])))
    return blocks


def _every_point(sizes: int, points: int, entries: Entries, ways: Ways) -> Options:
    """Return one return of each size, with every point as a collection option and no recovery."""
    each, none = np.arange(sizes), np.zeros(sizes + 1, dtype=np.int64)
    return Options(
        return_idx=each, link_start=np.arange(sizes + 1), link_return=each, link_entry=none[1:],
        x_start=np.arange(sizes + 1) * points, x_link=np.repeat(each, points),
        x_point=np.tile(np.arange(points), sizes), x_road_m=np.zeros(sizes * points), z_start=none,
        z_link=none[:0], z_way=none[:0],
        can_keep=np.zeros(sizes, dtype=bool), entries=entries, ways=ways,
    )  # fmt: skip


def _refund_days(instance: Instance, entries: Entries, ways: Ways) -> FloatArray:
    """Return when goods reach the hub that sorts them, in days: how late a refund due tonight would be."""
    due_tonight = Goods(weight_kg=0.0, value_eur=0.0, decay_per_day=0.0, refund_slack_days=0.0)
    parts = treatment_parts(
        instance, due_tonight, entries.lead_days[ways.entry], entries.hub_idx[ways.entry], ways.hub_idx,
        ways.process_idx, ways.day,
    )  # fmt: skip
    return next(part.quantity for part in parts if part.activity == LATE)


def _uses(uses: Sequence[tuple[Use, int]], options: int, many: int) -> Uses:
    """Return uses of several blocks, each with the offset of its rows, padded to one width."""
    option = np.concatenate([np.empty(0, np.int64), *(u.option for u, _ in uses)])
    row = np.concatenate([np.empty(0, np.int64), *(u.row + offset for u, offset in uses)])
    amount = np.concatenate([np.empty(0), *(u.amount for u, _ in uses)])
    order = np.argsort(option, kind="stable")
    option, row, amount = option[order], row[order], amount[order]
    place = np.arange(len(option)) - np.searchsorted(option, option)
    padded = Uses(
        np.full((options, int(place.max(initial=0)) + 1), many, dtype=np.int64),
        np.zeros((options, int(place.max(initial=0)) + 1)),
    )
    padded.row[option, place], padded.amount[option, place] = row, amount
    return padded
