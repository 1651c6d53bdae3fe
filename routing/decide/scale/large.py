"""From an instance to decided tables by the large-scale engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.instance import Instance
from retour.plan import shaped
from retour.pricing import PickupEstimate
from retour.progress import Listener, Progress
from routing.decide import limit_rows as rows
from routing.decide.deadline import Deadline
from routing.decide.infeasible import SHOWN, blocked_sentences
from routing.decide.limit_rows import CONTRACT
from routing.decide.scale.crew import crew_of
from routing.decide.scale.engine import Layout, Solved, open_night, solve
from routing.decide.scale.live import Prices
from routing.decide.scale.night import lane_capacity, lane_left, night_of
from routing.decide.scale.partition import MOST_RETURNS, cut, nearest_stand, stands
from routing.decide.scale.rivals import comparator_rows
from routing.decide.scale.source import Source
from routing.decide.tables import prices_worth_showing
from routing.decide.tolls import tolls

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Some rows of a returns table; only they travel to another process."""

    returns: pd.DataFrame = field(repr=False)
    at: IntArray = field(repr=False)
    read_again: ClassVar[bool] = False

    def __call__(self) -> pd.DataFrame:
        """Return the rows."""
        return self.returns.iloc[self.at]

    def __reduce__(self) -> tuple[type[Rows], tuple[pd.DataFrame, IntArray]]:
        """Leave the other rows behind."""
        return Rows, (self(), np.arange(len(self.at)))


@dataclass(frozen=True)
class Large:
    """A large night decided: result tables, cost, bound, and the bound with the pickup estimate left out.

    `every_price` are the prices of all limits, `prices` those worth showing. `decisions` and `comparators` are None
    where no plan within all limits was found, and `blocked` says what is short.
    """

    solved: Solved
    prices: pd.DataFrame = field(repr=False)
    every_price: pd.DataFrame = field(repr=False)
    decisions: pd.DataFrame | None = field(repr=False)
    comparators: pd.DataFrame | None = field(repr=False)
    bound_without_pickup_eur: float
    blocked: tuple[str, ...]
    proven_infeasible: bool


class StrandedError(Exception):
    """Some planned returns have no option at all: their ids."""

    def __init__(self, return_ids: Sequence[str]) -> None:
        super().__init__(f"{len(return_ids)} returns have no option")
        self.return_ids = list(return_ids)


def partitions(instance: Instance, *, most: int = MOST_RETURNS) -> list[IntArray]:
    """Return the rows of the returns table that belong to each partition of about `most` returns, in table order."""
    ix = instance.indexed
    at = ix.returns.point_idx
    lat = np.where(at >= 0, np.append(ix.points.lat, 0.0)[at], ix.returns.lat)
    lon = np.where(at >= 0, np.append(ix.points.lon, 0.0)[at], ix.returns.lon)
    tree = stands(ix)
    near = nearest_stand(tree, lat, lon)
    part = cut(tree, np.bincount(near, minlength=tree.n).astype(float), most=most).part_of_point[near]
    return [np.flatnonzero(part == k) for k in np.unique(part)]


def decide_large(
    instance: Instance, pickup: PickupEstimate, *, processes: int, deadline: Deadline, listener: Listener,
    cluster: str | None = None, most: int = MOST_RETURNS,
) -> Large:  # fmt: skip
    """Decide every planned return of an instance by prices; see `engine.solve`.

    So many processes of this machine work on it or, if one is named, a Dask `cluster`, in partitions of about `most`
    returns. Raises StrandedError for returns without any option.
    """
    with laid_out(instance, pickup, processes=processes, cluster=cluster, most=most) as (layout, groups):
        if layout.stranded:
            raise StrandedError(layout.stranded)
        solved = solve(layout, deadline=deadline, listener=listener)
        every = price_rows(layout, solved)
        prices = shaped("prices", every[prices_worth_showing(every)])
        if not solved.feasible:
            proven = solved.bound_eur > dearest_eur(layout)
            return Large(solved, prices, every, None, None, -np.inf, tuple(what_is_short(layout, solved)), proven)
        listener(Progress("decide", 0.8, "writing decisions", best_eur=solved.cost_eur))
        written = layout.crew.each("decisions", solved.prices, tolls(layout.night.instance, prices))
        decisions = _in_order(written, groups)
        comparators = comparator_rows(layout, solved, co2e_kg=float(decisions["co2e_kg"].sum()))
        return Large(solved, prices, every, decisions, comparators, _without_pickup(layout, solved.prices), (), False)


@contextmanager
def laid_out(
    instance: Instance, pickup: PickupEstimate, *, processes: int = 1, cluster: str | None = None,
    most: int = MOST_RETURNS,
) -> Iterator[tuple[Layout, list[IntArray]]]:  # fmt: skip
    """Lay an instance's night out in partitions at work; return it with the rows of each partition."""
    returns, groups = instance.tables["returns"], partitions(instance, most=most)
    night = night_of(instance.with_returns(returns.iloc[:0]), pickup)
    sources: Sequence[Source] = [Rows(returns, group) for group in groups]
    with crew_of(night, sources, processes=processes, cluster=cluster) as crew:
        yield open_night(night, crew), groups


def dearest_eur(layout: Layout) -> float:
    """Return what no plan can cost more than, contract shortfalls included."""
    limits = layout.night.limits
    owed = np.where(np.isfinite(limits.excess_eur), limits.excess_eur, 0.0)
    return float(sum(layout.crew.each("dearest")) + owed @ np.maximum(0.0, -limits.capacity))


def what_is_short(layout: Layout, solved: Solved) -> list[str]:
    """Return a sentence per limit that the best plan found breaks, and one for returns that found no room."""
    told = blocked_sentences(layout.night.limits.table, layout.night.limits.stated, solved.beyond)
    told += _lanes_overfull(layout)
    lost = [pair for found in layout.crew.each("without_room") for pair in found]
    if lost:
        some = ", ".join(f"{name} near {point}" for name, point in lost[:SHOWN])
        told.append(
            f"No plan fits: {solved.unplaced} returns find no room at any point in reach, among them {some}. Make room "
            "there (points.capacity_parcels, compartments), or open other ways: policy reach.nearest, reach.home_m."
        )
    if solved.unsettled:
        told.append(
            f"No plan fits: {solved.unsettled} returns find no recovery with capacity left. Raise "
            "processes.capacity_h, processes.capacity_items or lanes.capacity_parcels, or spread the work "
            "(policy service.process_days)."
        )
    return told


def _lanes_overfull(layout: Layout) -> list[str]:
    """Return a sentence per carrier that takes less than what lies at its point and must leave."""
    points = len(layout.lying_planned)
    lanes = _lane_frame(layout, np.zeros(points), np.zeros(points))
    capacity = lanes["capacity"].to_numpy(float)
    return blocked_sentences(lanes, capacity, np.maximum(0.0, lanes["used"].to_numpy(float) - capacity))


def _in_order(found: Sequence[pd.DataFrame], groups: Sequence[IntArray]) -> pd.DataFrame:
    """Return the partitions' rows in the order of the whole table."""
    place = np.argsort(np.concatenate(groups), kind="stable")
    return _joined(found).take(place).reset_index(drop=True)


def _joined(found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return tables one after the other; what names things stays encoded as categories."""
    columns = {}
    for name in found[0].columns:
        parts = [f[name] for f in found]
        if all(isinstance(p.dtype, pd.CategoricalDtype) for p in parts):
            columns[name] = pd.Series(pd.api.types.union_categoricals([p.array for p in parts]))
        else:
            columns[name] = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(columns)


def _without_pickup(layout: Layout, prices: Prices) -> float:
    """Return a bound with the pickup estimate left out; budgets count it too, so they have no price there."""
    limit = prices.limit.copy()
    limit[layout.night.limits.budget_row] = 0.0
    return layout.bound(Prices(prices.place, prices.keep, limit), planned_pickup=False)


def price_rows(layout: Layout, solved: Solved) -> pd.DataFrame:
    """Return the `prices` table with every limit in it, priced or not."""
    limits = layout.night.limits
    sign = np.where(limits.table["limit"] == CONTRACT, -1.0, 1.0)
    of_ways = limits.table.assign(
        capacity=sign * limits.stated, used=sign * solved.used, price_eur=solved.prices.limit
    )
    kept = (layout.contest.capacity[-1], solved.kept, solved.prices.keep)
    keep = pd.DataFrame([(rows.KEEP_SHARE, rows.EVERYWHERE, "", "return", *kept)], columns=list(of_ways.columns))
    return pd.concat([*_of_points(layout, solved.prices), of_ways, keep], ignore_index=True)


def _of_points(layout: Layout, prices: Prices) -> list[pd.DataFrame]:
    """Return rows of point room, compartments and carrier lanes; a level's price is what it adds to the one below."""
    ix, room = layout.night.instance.indexed, layout.room
    coming = np.sum(layout.crew.each("coming"), axis=0)
    used = np.cumsum(coming[:, ::-1], axis=1)[:, ::-1]
    has = room.first < room.start[1:, None]
    level = np.where(has, np.append(prices.place, 0.0)[np.where(has, room.first, len(room))], 0.0)
    added = np.maximum(0.0, np.diff(level, axis=1, prepend=0.0))
    left, on_lane = rows.room_left(ix, layout.held), lane_left(ix, layout.lying_planned)
    by_lane = on_lane < left[:, 0]
    of_room = np.where(by_lane, 0.0, added[:, 0])
    found = [_point_frame(rows.POINT_ROOM, ix.points.ids, "", left[:, 0], used[:, 0], of_room)]
    for k in range(1, left.shape[1]):
        detail = f"{ix.size_ids[k]} and larger"
        found.append(_point_frame(rows.COMPARTMENTS, ix.points.ids, detail, left[:, k], used[:, k], added[:, k]))
    return [*found, _lane_frame(layout, used[:, 0], np.where(by_lane, added[:, 0], 0.0))]


def _point_frame(
    limit: str, ids: NDArray[np.object_], detail: str, capacity: FloatArray, used: FloatArray, price: FloatArray
) -> pd.DataFrame:
    table = pd.DataFrame({"limit": limit, "place_id": ids, "detail": detail, "unit": "parcel", "capacity": capacity,
                          "used": used, "price_eur": price})  # fmt: skip
    return table[np.isfinite(capacity)]


def _lane_frame(layout: Layout, coming: FloatArray, price: FloatArray) -> pd.DataFrame:
    ix = layout.night.instance.indexed
    lane = rows.carrier_lane(ix)
    capacity = lane_capacity(ix)
    limited = np.flatnonzero(np.isfinite(capacity))
    return pd.DataFrame({
        "limit": rows.LANE, "place_id": ix.points.ids[limited],
        "detail": [f"to {to}" for to in ix.lanes.to_id[lane[limited]]], "unit": "parcel",
        "capacity": capacity[limited], "used": (coming + layout.lying_planned)[limited], "price_eur": price[limited],
    })  # fmt: skip
