"""Integer positions of one instance: the arrays that solvers and pricing share.

Names join tables outside; inside a solver rows are positions. Everything here is derived once per instance and
must be treated as read-only. Positions follow the order of the tables. -1 means none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.clock import seconds
from retour.policy import Policy
from retour.refund_clock import refund_days
from retour.vocabulary import EmptiedBy, Grade, Outcome, PointKind, Tag

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

OUTCOMES = tuple(Outcome)
GRADES = tuple(Grade)
KINDS = tuple(PointKind)
TAG_BIT = {tag: 1 << i for i, tag in enumerate(Tag)}
HOME_IDX = KINDS.index(PointKind.HOME)
PROFILE_KEYS = ["class_id", "reason", "grade", "flow", "damaged_battery", "wants"]


@dataclass(frozen=True)
class ReturnArrays:
    """Returns, shape (n,) each. `profile` is the row of `Profiles`; `refund_slack_days` counts from tonight, inf where
    nobody waits for money or another piece."""

    ids: NDArray[np.object_]
    lat: FloatArray
    lon: FloatArray
    class_idx: IntArray
    profile: IntArray
    point_idx: IntArray
    size_idx: IntArray
    volume_l: FloatArray
    weight_kg: FloatArray
    value_eur: FloatArray
    damaged_battery: BoolArray
    withdrawal: BoolArray
    refund_slack_days: FloatArray
    tonight: BoolArray


@dataclass(frozen=True)
class Profiles:
    """Distinct (class, reason, grade, flow, damaged battery, wish): what may become of such a return.

    `share` (m, 14) is the expected recovered share of the sales value, `odds` (m, 14) the chance that the
    outcome is possible, `resaleable` (m,) the chance of a resaleable grade, `grade_odds` (m, 5).
    """

    table: pd.DataFrame
    class_idx: IntArray
    grade_odds: FloatArray
    share: FloatArray
    odds: FloatArray
    resaleable: FloatArray


@dataclass(frozen=True)
class PointArrays:
    """Points, shape (p,) each; `free` (p, s+1) is room left: column 0 all parcels, column k parcels of size k-1 up.

    Compartments nest: a parcel of size k may lie in any compartment of size k or larger, so the room for sizes
    k and up is the compartments of sizes k and up less what lies there. inf: unlimited. Free room may be negative
    when a point is overfull now.
    """

    ids: NDArray[np.object_]
    lat: FloatArray
    lon: FloatArray
    kind: IntArray
    van: BoolArray
    hub_idx: IntArray
    reach_m: FloatArray
    max_weight_kg: FloatArray
    refuses: IntArray
    commission_eur: FloatArray
    handling_eur: FloatArray
    stop_s: FloatArray
    parcel_s: FloatArray
    capacity: FloatArray
    fill_parcels: FloatArray
    has_compartments: BoolArray
    free: FloatArray


@dataclass(frozen=True)
class ProcessArrays:
    """Processes, shape (q,) each; `takes` (q, classes) says which product classes; hours count a day."""

    ids: NDArray[np.object_]
    site_idx: IntArray
    outcome: IntArray
    takes: BoolArray
    capacity_h: FloatArray
    capacity_items: FloatArray
    minutes: FloatArray
    cost_eur: FloatArray
    co2e_kg: FloatArray
    yield_share: FloatArray
    lead_days: FloatArray


@dataclass(frozen=True)
class LaneArrays:
    """Lanes, shape (l,); the three matrices give the lane's position from row place to column place, -1 none."""

    from_id: NDArray[np.object_]
    to_id: NDArray[np.object_]
    eur_per_parcel: FloatArray
    eur_per_kg: FloatArray
    lead_h: FloatArray
    capacity: FloatArray
    point_hub: IntArray
    hub_hub: IntArray
    hub_site: IntArray


@dataclass(frozen=True)
class Indexed:
    """All arrays of one instance."""

    returns: ReturnArrays
    profiles: Profiles
    points: PointArrays
    processes: ProcessArrays
    lanes: LaneArrays
    class_ids: NDArray[np.object_]
    class_tags: IntArray
    class_decay: FloatArray
    class_minutes: FloatArray
    size_ids: NDArray[np.object_]
    size_volume_l: FloatArray
    hub_ids: NDArray[np.object_]
    hub_sorting: FloatArray
    hub_handling_eur: FloatArray
    site_ids: NDArray[np.object_]
    site_certificates: IntArray
    site_third_party: BoolArray
    site_min_items: FloatArray
    site_shortfall_eur: FloatArray

    @classmethod
    def build(
        cls, tables: Mapping[str, pd.DataFrame], policy: Policy, night: date, rates: Mapping[str, float]
    ) -> Indexed:
        """Derive every array from validated tables."""
        classes, sizes = tables["item_classes"], tables["sizes"].sort_values("volume_l", kind="stable")
        hubs, sites = tables["hubs"], tables["sites"]
        profiles, profile_of = _profiles(tables, policy)
        return cls(
            returns=_returns(tables, policy, night, profile_of, sizes),
            profiles=profiles,
            points=_points(tables, policy, rates, sizes),
            processes=_processes(tables),
            lanes=_lanes(tables),
            class_ids=_ids(classes["class_id"]),
            class_tags=tag_bits(classes["tags"]),
            class_decay=classes["decay_per_day"].to_numpy(float),
            class_minutes=classes["handling_min"].to_numpy(float),
            size_ids=_ids(sizes["size"]),
            size_volume_l=sizes["volume_l"].to_numpy(float),
            hub_ids=_ids(hubs["hub_id"]),
            hub_sorting=hubs["sorting_parcels"].fillna(np.inf).to_numpy(float),
            hub_handling_eur=hubs["handling_eur"].fillna(rates["hub_handling_eur"]).to_numpy(float),
            site_ids=_ids(sites["site_id"]),
            site_certificates=tag_bits(sites["certificates"]),
            site_third_party=(sites["operator"] == "THIRD_PARTY").to_numpy(bool),
            site_min_items=sites["contract_min_items"].to_numpy(float),
            site_shortfall_eur=sites["shortfall_eur"].to_numpy(float),
        )


    def for_returns(self, tables: Mapping[str, pd.DataFrame], policy: Policy, night: date) -> Indexed:
        """Return these arrays with the returns of `tables` instead, some or all of the same profiles; the rest of
        `tables` is what these arrays were derived from. KeyError where a return has a profile unknown here."""
        profile_of = _known_profiles(tables["returns"], self.profiles.table)
        sizes = tables["sizes"].sort_values("volume_l", kind="stable")
        return replace(self, returns=_returns(tables, policy, night, profile_of, sizes))


def tag_bits(tags: pd.Series) -> IntArray:
    """Return each row's tags as one bit mask."""
    return np.array([sum(TAG_BIT[Tag(t)] for t in row) for row in tags], dtype=np.int64)


def positions(values: pd.Series, ids: pd.Series) -> IntArray:
    """Return the position of each value in `ids`, -1 where missing."""
    return pd.Index(ids).get_indexer(pd.Index(values)).astype(np.int64)


def _ids(column: pd.Series) -> NDArray[np.object_]:
    return column.astype(object).to_numpy()


def _returns(
    tables: Mapping[str, pd.DataFrame], policy: Policy, night: date, profile_of: IntArray, sizes: pd.DataFrame
) -> ReturnArrays:
    t = tables["returns"]
    day = pd.Timestamp(night)
    cutoff = day + pd.Timedelta(seconds=seconds(policy.service.cutoff))
    asked_days_ago = ((day - t["requested_on"]) / pd.Timedelta(days=1)).to_numpy(float)
    return ReturnArrays(
        ids=_ids(t["return_id"]),
        lat=t["lat"].to_numpy(float),
        lon=t["lon"].to_numpy(float),
        class_idx=positions(t["class_id"], tables["item_classes"]["class_id"]),
        profile=profile_of,
        point_idx=positions(t["point_id"], tables["points"]["point_id"]),
        size_idx=size_needed(t["volume_l"].to_numpy(float), t["weight_kg"].to_numpy(float), sizes),
        volume_l=t["volume_l"].to_numpy(float),
        weight_kg=t["weight_kg"].to_numpy(float),
        value_eur=t["value_eur"].to_numpy(float),
        damaged_battery=t["damaged_battery"].to_numpy(bool),
        withdrawal=t["reason"].isin(policy.reasons.withdrawal).to_numpy(bool),
        refund_slack_days=refund_days(t, policy) - asked_days_ago,
        tonight=(t["ready_at"].isna() | (t["ready_at"] <= cutoff)).to_numpy(bool),
    )


def size_needed(volume_l: FloatArray, weight_kg: FloatArray, sizes: pd.DataFrame) -> IntArray:
    """Return the smallest size (position in ascending `sizes`) that takes each parcel; -1: none does."""
    fits = (volume_l[:, None] <= sizes["volume_l"].to_numpy(float)) & (
        weight_kg[:, None] <= sizes["max_weight_kg"].to_numpy(float)
    )
    return np.where(fits.any(axis=1), fits.argmax(axis=1), -1).astype(np.int64)


def _known_profiles(returns: pd.DataFrame, profiles: pd.DataFrame) -> IntArray:
    """Return the row of `profiles` that each return matches."""
    known, asked = np.zeros(len(profiles), np.int64), np.zeros(len(returns), np.int64)
    for key in PROFILE_KEYS:
        words = pd.Index(profiles[key].astype(str).unique())
        known = known * (len(words) + 1) + words.get_indexer(profiles[key].astype(str))
        asked = asked * (len(words) + 1) + words.get_indexer(returns[key].astype(str))
    profile = pd.Index(known).get_indexer(asked).astype(np.int64)
    if (profile < 0).any():
        raise KeyError(f"a return of no known profile: {returns.loc[profile < 0, PROFILE_KEYS].iloc[0].to_dict()}")
    return profile


def _profiles(tables: Mapping[str, pd.DataFrame], policy: Policy) -> tuple[Profiles, IntArray]:
    codes = tables["returns"].groupby(PROFILE_KEYS, sort=True, dropna=False).ngroup().to_numpy()
    first = pd.Series(np.arange(len(codes))).groupby(codes).first()
    table = tables["returns"].iloc[first.to_numpy()][PROFILE_KEYS].reset_index(drop=True)
    class_idx = positions(table["class_id"], tables["item_classes"]["class_id"])
    odds = _grade_odds(table, tables["grade_odds"])
    shares = recovered_shares(tables)[class_idx]
    possible = ~np.isnan(shares)
    resaleable = np.isin(GRADES, policy.outcomes.resaleable_grades)
    profiles = Profiles(
        table=table,
        class_idx=class_idx,
        grade_odds=odds,
        share=np.einsum("mg,mgo->mo", odds, np.nan_to_num(shares)),
        odds=np.einsum("mg,mgo->mo", odds, possible.astype(float)),
        resaleable=odds[:, resaleable].sum(axis=1),
    )
    return profiles, codes.astype(np.int64)


def _grade_odds(profiles: pd.DataFrame, grade_odds: pd.DataFrame) -> FloatArray:
    wide = grade_odds.pivot_table(index=["class_id", "reason"], columns="grade", values="probability", aggfunc="sum")
    wide = wide.reindex(columns=list(GRADES)).fillna(0.0)
    keys = pd.MultiIndex.from_frame(profiles[["class_id", "reason"]])
    odds = wide.reindex(keys).to_numpy(float, copy=True)
    known = profiles["grade"].notna().to_numpy()
    odds[known] = (profiles["grade"].to_numpy(object)[known][:, None] == np.array(GRADES)).astype(float)
    return odds


def recovered_shares(tables: Mapping[str, pd.DataFrame]) -> FloatArray:
    """Return the recovered share of the sales value by class, grade and outcome (c, 5, 14); NaN: not possible."""
    values = tables["recovery_values"]
    out = np.full((len(tables["item_classes"]), len(GRADES), len(OUTCOMES)), np.nan)
    out[
        positions(values["class_id"], tables["item_classes"]["class_id"]),
        positions(values["grade"], pd.Series(GRADES)),
        positions(values["outcome"], pd.Series(OUTCOMES)),
    ] = values["recovered_share"]
    return out


def _points(
    tables: Mapping[str, pd.DataFrame], policy: Policy, rates: Mapping[str, float], sizes: pd.DataFrame
) -> PointArrays:
    t = tables["points"]
    kind_names = t["kind"].to_numpy(object)
    by_kind = {
        "reach_m": {k: policy.reach.of(k) for k in KINDS},
        "max_weight_kg": {k: policy.limits.of(k) for k in KINDS},
        "commission_eur": {
            "RELAY": rates["relay_commission_eur"],
            "LOCKER": rates["locker_use_eur"],
            "STORE": 0.0,
            "HOME": 0.0,
        },
        "handling_eur": {
            "RELAY": rates["relay_handling_eur"],
            "LOCKER": rates["locker_handling_eur"],
            "STORE": rates["store_handling_eur"],
            "HOME": 0.0,
        },
    }
    filled = {c: t[c].fillna(pd.Series(kind_names, index=t.index).map(d)).to_numpy(float) for c, d in by_kind.items()}
    capacity, fill, free, boxed = _room(tables, sizes)
    return PointArrays(
        ids=_ids(t["point_id"]),
        lat=t["lat"].to_numpy(float),
        lon=t["lon"].to_numpy(float),
        kind=positions(t["kind"], pd.Series(KINDS)),
        van=(t["emptied_by"] == EmptiedBy.VAN).to_numpy(bool),
        hub_idx=positions(t["hub_id"], tables["hubs"]["hub_id"]),
        refuses=tag_bits(t["refuses"]),
        stop_s=t["stop_s"].fillna(rates["stop_park_s"]).to_numpy(float),
        parcel_s=t["parcel_s"].fillna(rates["stop_parcel_s"]).to_numpy(float),
        capacity=capacity,
        fill_parcels=fill,
        has_compartments=boxed,
        free=free,
        **filled,
    )


def _room(
    tables: Mapping[str, pd.DataFrame], sizes: pd.DataFrame
) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    points = tables["points"]
    boxes = _by_size(tables["compartments"], "count", points, sizes)
    waiting = _by_size(tables["fill"], "parcels", points, sizes)
    boxed = positions(points["point_id"], tables["compartments"]["point_id"].drop_duplicates()) >= 0
    capacity = points["capacity_parcels"].fillna(np.inf).to_numpy(float)
    capacity = np.where(boxed, np.minimum(capacity, boxes.sum(axis=1)), capacity)
    nested = np.cumsum((boxes - waiting)[:, ::-1], axis=1)[:, ::-1]
    free = np.full((len(points), len(sizes) + 1), np.inf)
    free[:, 0] = capacity - waiting.sum(axis=1)
    free[boxed, 1:] = nested[boxed]
    return capacity, waiting.sum(axis=1), free, boxed


def _by_size(table: pd.DataFrame, value: str, points: pd.DataFrame, sizes: pd.DataFrame) -> FloatArray:
    out = np.zeros((len(points), len(sizes)))
    rows = positions(table["point_id"], points["point_id"])
    cols = positions(table["size"], sizes["size"])
    np.add.at(out, (rows, cols), table[value].to_numpy(float))
    return out


def _processes(tables: Mapping[str, pd.DataFrame]) -> ProcessArrays:
    t, classes = tables["processes"], tables["item_classes"]["class_id"]
    takes = np.array([[not row or c in row for c in classes] for row in t["classes"]], dtype=bool)
    return ProcessArrays(
        ids=_ids(t["process_id"]),
        site_idx=positions(t["site_id"], tables["sites"]["site_id"]),
        outcome=positions(t["outcome"], pd.Series(OUTCOMES)),
        takes=takes.reshape(len(t), len(classes)),
        capacity_h=t["capacity_h"].fillna(np.inf).to_numpy(float),
        capacity_items=t["capacity_items"].fillna(np.inf).to_numpy(float),
        minutes=t["minutes_per_item"].to_numpy(float),
        cost_eur=t["cost_eur"].to_numpy(float),
        co2e_kg=t["co2e_kg"].to_numpy(float),
        yield_share=t["yield_share"].to_numpy(float),
        lead_days=t["lead_time_days"].to_numpy(float),
    )


def _lanes(tables: Mapping[str, pd.DataFrame]) -> LaneArrays:
    t = tables["lanes"]
    ids = {n: tables[n][k] for n, k in (("points", "point_id"), ("hubs", "hub_id"), ("sites", "site_id"))}
    return LaneArrays(
        from_id=_ids(t["from_id"]),
        to_id=_ids(t["to_id"]),
        eur_per_parcel=t["cost_eur_per_parcel"].to_numpy(float),
        eur_per_kg=t["cost_eur_per_kg"].to_numpy(float),
        lead_h=t["lead_time_h"].to_numpy(float),
        capacity=t["capacity_parcels"].fillna(np.inf).to_numpy(float),
        point_hub=_lane_matrix(t, ids["points"], ids["hubs"]),
        hub_hub=_lane_matrix(t, ids["hubs"], ids["hubs"]),
        hub_site=_lane_matrix(t, ids["hubs"], ids["sites"]),
    )


def _lane_matrix(lanes: pd.DataFrame, origins: pd.Series, destinations: pd.Series) -> IntArray:
    out = np.full((len(origins), len(destinations)), -1, dtype=np.int64)
    rows, cols = positions(lanes["from_id"], origins), positions(lanes["to_id"], destinations)
    both = (rows >= 0) & (cols >= 0)
    out[rows[both], cols[both]] = np.flatnonzero(both)
    return out
