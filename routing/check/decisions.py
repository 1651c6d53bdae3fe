"""Are the decisions lawful, possible and within every shared limit? Recomputed from the tables, by name."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.eligibility import eligibility
from retour.indexed import IntArray
from retour.instance import Instance
from retour.tables import INPUT_TABLES
from retour.vocabulary import Outcome, PointKind
from routing.check.finding import Found, each, violation
from routing.check.hierarchy import donation_before_destruction, earlier_steps_first
from routing.check.lanes import lanes_exist
from routing.check.law import (
    certified_sites_only,
    damaged_batteries_apart,
    exchanges_are_wanted,
    hazardous_goods_apart,
    keep_it_allowed,
    outcome_allowed,
    recalled_goods_off_the_market,
    resaleable_goods_survive,
)


def broken_rules(instance: Instance, planned: pd.DataFrame) -> Found:
    """Return every rule that planned decisions break one by one; `planned` is described (`routing.check.described`)."""
    moved = planned[planned["outcome"] != Outcome.KEEP]
    found = ids_exist(instance, moved)
    if found:
        return found
    rules = (
        process_fits,
        outcome_allowed,
        resaleable_goods_survive,
        donation_before_destruction,
        earlier_steps_first,
        recalled_goods_off_the_market,
        exchanges_are_wanted,
        certified_sites_only,
        damaged_batteries_apart,
        hazardous_goods_apart,
        point_accepts,
        stays_where_it_lies,
        within_reach,
        lanes_exist,
        day_within_horizon,
    )
    for rule in rules:
        found += rule(instance, moved)
    return found + keep_it_allowed(instance, planned)


def each_return_once(instance: Instance, decisions: pd.DataFrame, row: IntArray) -> Found:
    """Every return has exactly one decision, and nothing else has one; `row` is the position of its return."""
    wanted, given = instance.tables["returns"]["return_id"], decisions["return_id"]
    times = np.bincount(row[row >= 0], minlength=len(wanted))
    rows = [("missing return", r, 0, f"Return {r} has no decision.") for r in sorted(wanted[times == 0])]
    rows += [
        ("unknown return", r, 1, f"Decision for {r}, which is no return of tonight.")
        for r in sorted(set(given[row < 0]))
    ]
    again = given[(row < 0) | (times[row] > 1)].value_counts().sort_index()
    rows += [("return decided twice", r, n, f"Return {r} has several decisions.") for r, n in again.items() if n > 1]
    return [violation(rule, r, n, 1 if "unknown" not in rule else 0, "decision", text) for rule, r, n, text in rows]


def states_follow_policy(instance: Instance, decisions: pd.DataFrame, row: IntArray) -> Found:
    """Denied and later returns are exactly those of the policy; `row` is the position of each decision's return."""
    due = decisions[["return_id", "state"]].assign(state_due=eligibility(instance)["state"].to_numpy(object)[row])
    wrong = due[due["state"] != due["state_due"]]
    return each(
        "state",
        wrong,
        "return_id",
        "{state}",
        "{state_due}",
        "",
        "Return {return_id} is {state} but the policy makes it {state_due}.",
    )


def ids_exist(instance: Instance, moved: pd.DataFrame) -> Found:
    """Points, hubs, sites and processes of every moved return exist."""
    found: Found = []
    homes = {
        "point_id": "points",
        "entry_hub_id": "hubs",
        "hub_id": "hubs",
        "site_id": "sites",
        "process_id": "processes",
    }
    for column, table in homes.items():
        known = instance.tables[table][INPUT_TABLES[table].key[0]]
        sentence = f"Return {{return_id}} goes to {column} {{{column}}}, which the {table} table does not know."
        found += each(
            "unknown id", moved[~moved[column].isin(known)], "return_id", f"{{{column}}}", "a known id", "", sentence
        )
    return found


def process_fits(instance: Instance, moved: pd.DataFrame) -> Found:
    """The process is the site's, yields the outcome and takes the class."""
    elsewhere = moved[moved["process_site_id"] != moved["site_id"]]
    other = moved[moved["process_outcome"] != moved["outcome"]]
    takes = pd.Series(
        [not c or k in c for c, k in zip(moved["process_classes"], moved["class_id"], strict=True)],
        index=moved.index,
        dtype=bool,
    )
    return (
        each(
            "process at site",
            elsewhere,
            "return_id",
            "{site_id}",
            "{process_site_id}",
            "",
            "Return {return_id}: process {process_id} is at {process_site_id}, not at {site_id}.",
        )
        + each(
            "process outcome",
            other,
            "return_id",
            "{outcome}",
            "{process_outcome}",
            "",
            "Return {return_id}: process {process_id} yields {process_outcome}, not {outcome}.",
        )
        + each(
            "process class",
            moved[~takes],
            "return_id",
            "{class_id}",
            "{process_classes}",
            "",
            "Return {return_id}: process {process_id} does not take class {class_id}.",
        )
    )


def point_accepts(instance: Instance, moved: pd.DataFrame) -> Found:
    """The point takes the product's tags, weight and size (what lies there already is there)."""
    fresh = moved[moved["lies_at"].isna()]
    refused = pd.Series(
        [bool(set(a) & set(b)) for a, b in zip(fresh["point_refuses"], fresh["tags"], strict=True)],
        index=fresh.index,
        dtype=bool,
    )
    limits = {k: instance.policy.limits.of(k) for k in PointKind}
    heaviest = fresh["point_max_weight_kg"].fillna(fresh["point_kind"].map(limits))
    fresh = fresh.assign(heaviest=heaviest)
    heavy = fresh[fresh["weight_kg"] > fresh["heaviest"]]
    sizes, boxed = instance.tables["sizes"], set(instance.tables["compartments"]["point_id"])
    fits = pd.Series(False, index=fresh.index)
    for size in sizes.to_dict("records"):
        fits |= (fresh["volume_l"] <= size["volume_l"]) & (fresh["weight_kg"] <= size["max_weight_kg"])
    big = fresh[fresh["point_id"].isin(boxed) & ~fits]
    return (
        each(
            "point refuses",
            fresh[refused],
            "return_id",
            "{tags}",
            "not {point_refuses}",
            "",
            "Return {return_id}: point {point_id} refuses {tags}.",
        )
        + each(
            "too heavy for point",
            heavy,
            "return_id",
            "{weight_kg:g}",
            "{heaviest:g}",
            "kg",
            "Return {return_id} weighs {weight_kg:g} kg; point {point_id} takes {heaviest:g}.",
        )
        + each(
            "too big for locker",
            big,
            "return_id",
            "{volume_l:g}",
            "largest compartment",
            "litre",
            "Return {return_id} fits no compartment of {point_id}.",
        )
    )


def stays_where_it_lies(instance: Instance, moved: pd.DataFrame) -> Found:
    """A return that lies at a point is collected there."""
    bad = moved[moved["lies_at"].notna() & (moved["lies_at"] != moved["point_id"])]
    return each(
        "lies elsewhere",
        bad,
        "return_id",
        "{point_id}",
        "{lies_at}",
        "",
        "Return {return_id} lies at {lies_at}, not at {point_id}.",
    )


def within_reach(instance: Instance, moved: pd.DataFrame) -> Found:
    """No customer is sent farther than the point's reach."""
    fresh = moved[moved["lies_at"].isna()]
    if fresh.empty:
        return []
    place = instance.locate(fresh["point_id"], fresh["point_lat"], fresh["point_lon"], fresh["point_region_id"])
    home = instance.locate(fresh["return_id"], fresh["lat"], fresh["lon"], fresh["point_region_id"])
    metres = instance.travel.pairs(home, place).distance_m
    reach = fresh["point_reach_m"].fillna(fresh["point_kind"].map({k: instance.policy.reach.of(k) for k in PointKind}))
    fresh = fresh.assign(metres=metres, reach=reach)
    return each(
        "out of reach",
        fresh[fresh["metres"] > fresh["reach"] + 1],
        "return_id",
        "{metres:.0f}",
        "{reach:.0f}",
        "m",
        "Return {return_id}: {point_id} is {metres:.0f} m away; the reach is {reach:.0f} m.",
    )


def day_within_horizon(instance: Instance, moved: pd.DataFrame) -> Found:
    """Processing waits no longer than the policy's working days."""
    days = instance.policy.service.process_days
    bad = moved[~moved["day"].between(0, days - 1)]
    return each(
        "processing day",
        bad,
        "return_id",
        "{day}",
        f"0 to {days - 1}",
        "day",
        "Return {return_id} is processed on day {day}; the horizon ends at " + f"{days - 1}.",
    )
