"""The ledger: one row per activity, and the only place where money and carbon are added up.

Rows are derived from a plan's tables alone (what goes where, what is driven, what is left), priced by
`retour.pricing` and the network's rates. Reports and the checker read it; none has formulas of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.brought import OUT_KG, brought
from retour.eligibility import PLANNED
from retour.facts import emission_lines
from retour.indexed import IntArray, positions
from retour.instance import Instance
from retour.ledger_rows import joined, part_rows
from retour.pricing import (
    Part,
    PickupEstimate,
    carbon_eur_per_kg,
    collection_parts,
    entry,
    keep_parts,
    recovery_parts,
)
from retour.travel import great_circle_m
from retour.vocabulary import Outcome

PICKUP_ESTIMATE = "pickup estimate"
CARBON = "carbon"
PIECE_RETURNS = 100_000
_PRICED = ["return_id", "outcome", "point_id", "hub_id", "process_id", "day"]


def decision_ledger(instance: Instance, decisions: pd.DataFrame, pickup: PickupEstimate | None) -> pd.DataFrame:
    """Return the ledger rows of all planned returns; without `pickup` the pickup estimate is left out."""
    shortfalls = shortfall_ledger(instance, site_items(instance, decisions))
    return joined([*return_ledgers(instance, decisions, pickup), shortfalls])


def return_ledgers(
    instance: Instance, decisions: pd.DataFrame, pickup: PickupEstimate | None
) -> Iterator[pd.DataFrame]:
    """Yield the ledger of planned returns piece by piece, kept ones first; contract shortfalls are left out.

    The decisions may be those of a part of the night: pieces of several parts add up to the night's.
    """
    for ids, parts in return_parts(instance, decisions, pickup):
        yield part_rows("return", ids, parts)


def return_parts(
    instance: Instance, decisions: pd.DataFrame, pickup: PickupEstimate | None
) -> Iterator[tuple[pd.Series, list[Part]]]:
    """Yield the ids of planned returns and their priced parts piece by piece, kept ones first."""
    planned = decisions.loc[decisions["state"] == PLANNED, _PRICED]
    stays = (planned["outcome"] == Outcome.KEEP).to_numpy(bool)
    r = positions(planned["return_id"], instance.tables["returns"]["return_id"])
    keep_ids, r_keep = planned.loc[stays, "return_id"], r[stays]
    for rows in _pieces(len(r_keep)):
        yield keep_ids.iloc[rows], keep_parts(instance, r_keep[rows])
    moves = Moves.of(instance, planned[~stays], r[~stays])
    moved_ids = planned.loc[~stays, "return_id"]
    for rows in _pieces(len(moves.r)):
        yield moved_ids.iloc[rows], move_parts(instance, moves.only(rows), pickup)


def site_items(instance: Instance, decisions: pd.DataFrame) -> pd.Series:
    """Return the items that planned decisions bring to each site, by site_id; those of parts of a night add up."""
    brought = decisions.loc[(decisions["state"] == PLANNED) & (decisions["outcome"] != Outcome.KEEP), "site_id"]
    sites = pd.Index(instance.indexed.site_ids, dtype=object, name="site_id")
    return brought.value_counts().reindex(sites).fillna(0.0).astype(float)


@dataclass(frozen=True)
class Moves:
    """Decisions that move goods, as positions of return, point, sorting hub and process, and the day waited."""

    r: IntArray
    c: IntArray
    h2: IntArray
    q: IntArray
    day: IntArray

    @classmethod
    def of(cls, instance: Instance, moved: pd.DataFrame, r: IntArray) -> Moves:
        """Look up decisions with `point_id`, `hub_id`, `process_id` and `day` filled, in the order given."""
        t = instance.tables
        return cls(
            r=r,
            c=positions(moved["point_id"], t["points"]["point_id"]),
            h2=positions(moved["hub_id"], t["hubs"]["hub_id"]),
            q=positions(moved["process_id"], t["processes"]["process_id"]),
            day=moved["day"].to_numpy(np.int64),
        )

    def only(self, rows: slice) -> Moves:
        """Return some of the moves."""
        return Moves(self.r[rows], self.c[rows], self.h2[rows], self.q[rows], self.day[rows])


def move_parts(instance: Instance, moves: Moves, pickup: PickupEstimate | None) -> list[Part]:
    """Price moves, in the order given; without `pickup` the pickup estimate is left out."""
    ix, r, c = instance.indexed, moves.r, moves.c
    entry_hub, entry_days = entry(ix)
    estimate = pickup or PickupEstimate(np.zeros(len(ix.points.ids)), np.zeros(len(ix.points.ids)))
    parts = collection_parts(instance, r, c, customer_distance_m(instance, r, c), estimate)
    parts += recovery_parts(instance, r, entry_days[c], entry_hub[c], moves.h2, moves.q, moves.day)
    return [p for p in parts if pickup is not None or p.activity != PICKUP_ESTIMATE]


def customer_distance_m(instance: Instance, r: NDArray[np.int64], c: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return road metres from the customer of return r[i] to point c[i]; 0 where the return lies at a point."""
    returns, points = instance.indexed.returns, instance.indexed.points
    air_m = great_circle_m(returns.lat[r], returns.lon[r], points.lat[c], points.lon[c])
    return np.where(returns.point_idx[r] >= 0, 0.0, np.nan_to_num(air_m * instance.point_circuity[c]))


def shortfall_ledger(instance: Instance, items: pd.Series) -> pd.DataFrame:
    """Return a row per third-party site whose contract minimum tonight's `items` (see `site_items`) do not reach."""
    ix = instance.indexed
    missing = np.maximum(0.0, ix.site_min_items - items.to_numpy(float))
    short = np.flatnonzero(missing * ix.site_shortfall_eur > 0)
    part = Part("contract shortfall", "item", missing[short], ix.site_shortfall_eur[short], np.zeros(len(short)))
    return part_rows("network", pd.Series(ix.site_ids[short]), [part])


def route_ledger(instance: Instance, routes: pd.DataFrame, stops: pd.DataFrame) -> pd.DataFrame:
    """Return three rows per route: the van, its kilometres with load-dependent CO2e, its paid hours; and a fourth for
    what overtime costs on top of the usual hour, where there is some.
    """
    vans = instance.vehicles.set_index("vehicle_type_id").reindex(routes["vehicle_type_id"])
    zero = np.zeros(len(routes))
    per_km = vans["per_km_eur"].fillna(instance.rates["van_eur_per_km"]).to_numpy(float)
    per_hour = vans["per_hour_eur"].fillna(instance.rates["driver_eur_per_hour"]).to_numpy(float)
    parts = [
        Part("van", "van", zero + 1, vans["fixed_eur"].to_numpy(float), zero),
        Part(
            "driving", "km", routes["distance_m"].to_numpy(float) / 1000, per_km, route_co2e_kg(instance, routes, stops)
        ),
        Part("driver", "h", routes["duration_s"].to_numpy(float) / 3600, per_hour, zero),
    ]
    usual = part_rows("route", routes["route_id"], parts)
    late = overtime_h(instance, routes)
    some = late > 0
    per_hour = vans["overtime_per_hour_eur"].fillna(0.0).to_numpy(float)
    overtime = Part("overtime", "h", late[some], per_hour[some], zero[some])
    return joined([usual, part_rows("route", routes.loc[some, "route_id"], [overtime])]) if some.any() else usual


def overtime_h(instance: Instance, routes: pd.DataFrame) -> NDArray[np.float64]:
    """Return the hours of each route's paid time beyond the usual longest of its van; 0 where none may be worked."""
    vans = instance.vehicles.set_index("vehicle_type_id").reindex(routes["vehicle_type_id"])
    usual_s = np.where(vans["max_overtime_h"].fillna(0.0) > 0, vans["max_duration_h"].to_numpy(float) * 3600, np.nan)
    late_s = np.nan_to_num(routes["duration_s"].to_numpy(float) - np.floor(usual_s))
    return np.maximum(0.0, late_s) / 3600


def route_co2e_kg(instance: Instance, routes: pd.DataFrame, stops: pd.DataFrame) -> NDArray[np.float64]:
    """Return CO2e per route: each leg's kilometres x (empty + (full - empty) x load / payload), well to wheel."""
    lines = emission_lines()
    vans = instance.vehicles.set_index("vehicle_type_id")["emission_line"]
    line = stops["route_id"].map(routes.set_index("route_id")["vehicle_type_id"].map(vans))
    empty, full, payload = (
        line.map(lines[c]).to_numpy(float) for c in ("kg_per_km_empty", "kg_per_km_full", "payload_kg")
    )
    trips = stops.assign(**brought(stops)).groupby(["route_id", "trip"], sort=False)
    before = trips["load_kg"].shift(1).fillna(trips[OUT_KG].transform("sum")).to_numpy(float)
    after = stops["load_kg"].to_numpy(float)
    slope = (full - empty) / payload
    kg = stops["distance_m"].to_numpy(float) / 1000 * (empty + slope * np.minimum(before, payload))
    kg += stops["return_m"].to_numpy(float) / 1000 * (empty + slope * np.minimum(after, payload))
    return (
        pd.Series(kg)
        .groupby(stops["route_id"].to_numpy())
        .sum()
        .reindex(routes["route_id"])
        .fillna(0.0)
        .to_numpy(float)
    )


def visit_ledger(instance: Instance, visits: pd.DataFrame) -> pd.DataFrame:
    """Return what leaving points costs: refused drop-offs expected until the next chance, and waiting."""
    left = visits[~visits["visited"].astype(bool)]
    ones = np.ones(len(left))
    refused = left["expected_refused"].fillna(0.0).to_numpy(float)
    parts = [
        Part("refused drop-off", "parcel", refused, ones * instance.rates["overflow_refused_dropoff_eur"], ones * 0),
        Part("waiting at the point", "point", ones, left["waiting_eur"].fillna(0.0).to_numpy(float), ones * 0),
    ]
    return part_rows("visit", left["visit_id"], parts)


def with_carbon(instance: Instance, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the ledger closed by its carbon row: all kilograms at the policy's price."""
    kg = np.array([ledger["co2e_kg"].sum()])
    price = np.array([carbon_eur_per_kg(instance)])
    row = part_rows("network", pd.Series(["all"]), [Part(CARBON, "kg", kg, price, np.zeros(1))])
    return joined([ledger, row])


def night_ledger(
    instance: Instance, *, decisions: pd.DataFrame, visits: pd.DataFrame, stops: pd.DataFrame, routes: pd.DataFrame
) -> pd.DataFrame:
    """Return the whole night's ledger: decisions without the pickup estimate, routes, what is left, carbon."""
    frames = [
        decision_ledger(instance, decisions, None),
        route_ledger(instance, routes, stops),
        visit_ledger(instance, visits),
    ]
    return with_carbon(instance, joined(frames))


def _pieces(rows: int) -> Iterator[slice]:
    return (slice(start, start + PIECE_RETURNS) for start in range(0, rows, PIECE_RETURNS))
