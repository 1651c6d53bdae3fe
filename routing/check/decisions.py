"""Are the decisions lawful, possible and within every shared limit? Recomputed from the tables, by name."""

from __future__ import annotations

import pandas as pd

from retour.eligibility import PLANNED, eligibility
from retour.instance import Instance
from retour.tables import INPUT_TABLES
from retour.vocabulary import Outcome, PointKind
from routing.check.finding import each, violation
from routing.check.lanes import lanes_exist
from routing.check.law import (
    certified_sites_only,
    damaged_batteries_apart,
    keep_it_allowed,
    outcome_allowed,
    resaleable_goods_survive,
)

Found = list[dict[str, str]]


def check_decisions(instance: Instance, decisions: pd.DataFrame) -> Found:
    """Return every broken rule of the `decisions` table, one decision at a time."""
    found = each_return_once(instance, decisions) + states_follow_policy(instance, decisions)
    planned = described(instance, decisions[decisions["state"] == PLANNED])
    moved = planned[planned["outcome"] != Outcome.KEEP]
    unknown = ids_exist(instance, moved)
    if unknown or any(f["rule"] == "unknown return" for f in found):
        return found + unknown
    rules = (
        process_fits,
        outcome_allowed,
        resaleable_goods_survive,
        certified_sites_only,
        damaged_batteries_apart,
        point_accepts,
        stays_where_it_lies,
        within_reach,
        lanes_exist,
        day_within_horizon,
    )
    for rule in rules:
        found += rule(instance, moved)
    return found + keep_it_allowed(instance, planned)


def described(instance: Instance, planned: pd.DataFrame) -> pd.DataFrame:
    """Return planned decisions with what is known of return, class, point, site and process beside them."""
    t = instance.tables
    out = planned.merge(t["returns"].rename(columns={"point_id": "lies_at"}), on="return_id", how="left")
    out = out.merge(t["item_classes"][["class_id", "tags"]], on="class_id", how="left")
    out = out.merge(t["points"].add_prefix("point_"), left_on="point_id", right_on="point_point_id", how="left")
    out = out.merge(t["sites"].add_prefix("site_"), left_on="site_id", right_on="site_site_id", how="left")
    return out.merge(
        t["processes"].add_prefix("process_"), left_on="process_id", right_on="process_process_id", how="left"
    )


def each_return_once(instance: Instance, decisions: pd.DataFrame) -> Found:
    """Every return has exactly one decision, and nothing else has one."""
    wanted, given = pd.Index(instance.tables["returns"]["return_id"]), pd.Index(decisions["return_id"])
    times = pd.Series(given[given.duplicated(keep=False)]).value_counts().sort_index()
    rows = [("missing return", r, 0, f"Return {r} has no decision.") for r in sorted(wanted[~wanted.isin(given)])]
    rows += [
        ("unknown return", r, 1, f"Decision for {r}, which is no return of tonight.")
        for r in sorted(set(given[~given.isin(wanted)]))
    ]
    rows += [("return decided twice", r, int(n), f"Return {r} has several decisions.") for r, n in times.items()]
    return [violation(rule, r, n, 1 if "unknown" not in rule else 0, "decision", text) for rule, r, n, text in rows]


def states_follow_policy(instance: Instance, decisions: pd.DataFrame) -> Found:
    """Denied and later returns are exactly those of the policy."""
    due = decisions.merge(eligibility(instance)[["return_id", "state"]], on="return_id", suffixes=("", "_due"))
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
