"""The variables of the model; each is an array of column numbers, shape (lines of its set, periods)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from network_design.model.nearness import may_be_lost, surely_near
from network_design.model.program import IntArray, Program
from network_design.model.sets import PAIR, FloatArray, Sets
from retour.vocabulary import PlaceStatus, Shrinking


@dataclass(frozen=True)
class Variables:
    """Column numbers by meaning, amounts in tonnes.

    `flow` of each arc; `processed` by each run; `sold`, `disposed`, `stored` (at the end of the period) of each pair;
    `level` 1 while a place has at least that size, `grows` 1 when it gains it; `extra` size beyond the smaller of a
    range, `widened` how much of it is new; `volume` in each contract tier, `reached` 1 where a tier is begun;
    `missing` of a contract's minimum; `near` 1 while an open place is within a band of the response to distance, `lost`
    what does not come; `waiting` what a run processes in each step of its place's queue.
    """

    flow: IntArray
    processed: IntArray
    sold: IntArray
    disposed: IntArray
    stored: IntArray
    level: IntArray
    grows: IntArray
    extra: IntArray
    widened: IntArray
    volume: IntArray
    reached: IntArray
    missing: IntArray
    near: IntArray
    lost: IntArray
    waiting: IntArray


def add_variables(program: Program, sets: Sets) -> Variables:
    """Add every variable with its bounds."""
    periods = sets.periods
    level_lower, level_upper = level_bounds(sets)
    sale_least, sale_most = sale_bounds(sets)
    tiers = len(sets.tiers)
    return Variables(
        flow=program.add_columns((len(sets.arcs), periods)),
        processed=program.add_columns((len(sets.runs), periods)),
        sold=program.add_columns((len(sets.sales), periods), lower=sale_least, upper=sale_most),
        disposed=program.add_columns((len(sets.disposals), periods), upper=permitted(sets, "disposal")),
        stored=program.add_columns((len(sets.stores), periods), upper=storable(sets)),
        level=program.add_columns((len(sets.levels), periods), lower=level_lower, upper=level_upper, whole=True),
        grows=program.add_columns((len(sets.levels), periods), upper=growth_allowed(sets)),
        extra=program.add_columns((len(sets.extras), periods), upper=sets.extra_width[:, None]),
        widened=program.add_columns((len(sets.extras), periods), lower=np.where(resold(sets), -np.inf, 0.0)[:, None]),
        volume=program.add_columns((tiers, periods), upper=tier_width(sets)),
        reached=program.add_columns((tiers, periods), lower=_first_tier(sets), upper=1.0, whole=True),
        missing=program.add_columns((len(sets.promised), periods)),
        near=program.add_columns((len(sets.bands), periods), lower=surely_near(sets), upper=1.0),
        lost=program.add_columns((len(sets.responding), periods), upper=may_be_lost(sets)),
        waiting=program.add_columns((len(sets.waits), periods)),
    )  # fmt: skip


def level_bounds(sets: Sets) -> tuple[FloatArray, FloatArray]:
    """Return what the study prescribes of each level: open_from, closed_from, ALWAYS, and what may not close."""
    place = sets.places.iloc[sets.place_line(sets.levels["place_id"])].reset_index(drop=True)
    period = np.arange(1, sets.periods + 1)
    closed = period[None, :] >= place["closed_from"].fillna(np.inf).to_numpy(float)[:, None]
    always = (place["status"] == PlaceStatus.ALWAYS) | ((place["status"] == PlaceStatus.EXISTING) & ~place["may_close"])
    must = always.to_numpy()[:, None] | (period[None, :] >= place["open_from"].fillna(np.inf).to_numpy(float)[:, None])
    smallest = (sets.levels["step"] == 0).to_numpy()[:, None]
    return (must & smallest & ~closed).astype(float), (~closed).astype(float)


def growth_allowed(sets: Sets) -> FloatArray:
    """Return 0 where a place may not open in a period, else 1; larger sizes may be added in any."""
    periods = sets.instance.tables["periods"].sort_values("period")
    allowed = np.tile(periods["opening_allowed"].to_numpy(float), (len(sets.levels), 1))
    allowed[(sets.levels["step"] > 0).to_numpy()] = 1.0
    return allowed


def initial_level(sets: Sets) -> FloatArray:
    """Return 1 for each level that stands at the start, shape (levels,)."""
    line = sets.place_line(sets.levels["place_id"])
    within = sets.levels["size_t"].to_numpy(float) <= sets.initial_size_t[line] + 1e-12
    smallest = (sets.levels["step"] == 0).to_numpy()
    return (sets.initially_open[line] & (within | smallest)).astype(float)


def initial_extra(sets: Sets) -> FloatArray:
    """Return the size beyond the smaller one at the start, shape (extras,)."""
    start = sets.initial_size_t[sets.place_line(sets.extras["place_id"])]
    return np.clip(start - sets.extras["small_t"].to_numpy(float), 0.0, None)


def resold(sets: Sets) -> NDArray[np.bool_]:
    """Say which ranges get the price of growing back when they shrink, shape (extras,)."""
    place = sets.places.iloc[sets.place_line(sets.extras["place_id"])]
    return (place["shrinking"] == Shrinking.RESOLD).to_numpy()


def sale_bounds(sets: Sets) -> tuple[FloatArray, FloatArray]:
    """Return least and most sold; nothing in periods without a row."""
    least = sets.over_time("sales", sets.sales, "least_t")
    most = sets.over_time("sales", sets.sales, "most_t", missing=np.inf)
    return least, np.where(sets.has("sales", sets.sales), most, 0.0)


def permitted(sets: Sets, table: str) -> FloatArray:
    """Return the most that may be disposed of; nothing in periods without a row."""
    most = sets.over_time(table, sets.disposals, "limit_t", missing=np.inf)
    return np.where(sets.has(table, sets.disposals), most, 0.0)


def storable(sets: Sets) -> FloatArray:
    """Return the most that may be in store; nothing in periods without a row, nor in the last."""
    most = sets.over_time("storage", sets.stores[PAIR], "limit_t", missing=np.inf)
    most = np.where(sets.has("storage", sets.stores[PAIR]), most, 0.0)
    most[:, -1] = 0.0
    return most


def tier_width(sets: Sets) -> FloatArray:
    """Return how much fits into each contract tier, (tiers, 1)."""
    tiers = sets.tiers
    return (tiers["to_t"] - tiers["from_t"]).to_numpy(float)[:, None]


def _first_tier(sets: Sets) -> FloatArray:
    return (sets.tiers["from_t"] == 0).to_numpy(float)[:, None]
