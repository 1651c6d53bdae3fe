"""Are the decisions lawful, possible and within every shared limit? Recomputed from the tables, by name."""

from __future__ import annotations

import pandas as pd

from retour.eligibility import PLANNED, eligibility
from retour.instance import Instance
from retour.vocabulary import EmptiedBy, Outcome, PointKind, Tag
from routing.check.finding import each, violation

Found = list[dict[str, str]]
ODDS_TOLERANCE = 1e-6


def check_decisions(instance: Instance, decisions: pd.DataFrame) -> Found:
    """Return every broken rule of the `decisions` table, one decision at a time."""
    found = each_return_once(instance, decisions) + states_follow_policy(instance, decisions)
    planned = described(instance, decisions[decisions["state"] == PLANNED])
    moved = planned[planned["outcome"] != Outcome.KEEP]
    unknown = ids_exist(moved)
    if unknown:
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
    wanted, given = set(instance.tables["returns"]["return_id"]), decisions["return_id"]
    twice = sorted(set(given[given.duplicated()]))
    rows = [("missing return", r, 0, f"Return {r} has no decision.") for r in sorted(wanted - set(given))]
    rows += [
        ("unknown return", r, 1, f"Decision for {r}, which is no return of tonight.")
        for r in sorted(set(given) - wanted)
    ]
    rows += [("return decided twice", r, int((given == r).sum()), f"Return {r} has several decisions.") for r in twice]
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


def ids_exist(moved: pd.DataFrame) -> Found:
    """Point, site and process of every moved return exist."""
    found: Found = []
    for column, joined in (("point_id", "point_kind"), ("site_id", "site_lat"), ("process_id", "process_outcome")):
        bad = moved[moved[joined].isna()]
        found += each(
            "unknown id",
            bad,
            "return_id",
            "{" + column + "}",
            "a known id",
            "",
            "Return {return_id} goes to an unknown " + column[:-3] + " {" + column + "}.",
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


def outcome_allowed(instance: Instance, moved: pd.DataFrame) -> Found:
    """The policy allows the outcome for this class and reason, and it is likely enough to be possible."""
    rules = instance.policy.outcomes
    by_class, by_reason = rules.forbidden_by_class, rules.forbidden_by_reason
    bad = [
        o not in rules.allowed or o in by_class.get(c, ()) or o in by_reason.get(r, ())
        for o, c, r in zip(moved["outcome"], moved["class_id"], moved["reason"], strict=True)
    ]
    forbidden = moved[pd.Series(bad, index=moved.index, dtype=bool)]
    chance = possible_odds(instance, moved)
    unlikely = moved.assign(chance=chance)[chance < rules.min_feasible_odds - ODDS_TOLERANCE]
    return each(
        "outcome forbidden",
        forbidden,
        "return_id",
        "{outcome}",
        "an allowed outcome",
        "",
        "Return {return_id}: the policy forbids {outcome} for class {class_id}, reason {reason}.",
    ) + each(
        "outcome unlikely",
        unlikely,
        "return_id",
        "{chance:.3f}",
        f"{rules.min_feasible_odds:g}",
        "share",
        "Return {return_id}: {outcome} is possible with a chance of {chance:.0%} only.",
    )


def grade_chances(instance: Instance, moved: pd.DataFrame) -> pd.DataFrame:
    """Return a row per moved return and grade: `row` (its position), grade, probability."""
    keys = moved[["class_id", "reason", "grade"]].assign(row=range(len(moved)))
    known = keys[keys["grade"].notna()].assign(probability=1.0)
    odds = instance.tables["grade_odds"]
    guessed = keys[keys["grade"].isna()].drop(columns="grade").merge(odds, on=["class_id", "reason"], how="left")
    columns = ["row", "class_id", "grade", "probability"]
    return pd.concat([known[columns], guessed[columns]])


def possible_odds(instance: Instance, moved: pd.DataFrame) -> pd.Series:
    """Return per moved return the chance that its outcome is possible."""
    chances = grade_chances(instance, moved)
    chances["outcome"] = moved["outcome"].to_numpy()[chances["row"].to_numpy()]
    possible = chances.merge(instance.tables["recovery_values"], on=["class_id", "grade", "outcome"])
    odds = possible.groupby("row")["probability"].sum().reindex(range(len(moved))).fillna(0.0)
    return pd.Series(odds.to_numpy(), index=moved.index)


def resaleable_goods_survive(instance: Instance, moved: pd.DataFrame) -> Found:
    """Goods likely to be resaleable are not recycled or disposed of."""
    rules = instance.policy.outcomes
    chances = grade_chances(instance, moved)
    good = chances[chances["grade"].isin(rules.resaleable_grades)].groupby("row")["probability"].sum()
    resaleable = pd.Series(good.reindex(range(len(moved))).fillna(0.0).to_numpy(), index=moved.index)
    destroyed = moved["outcome"].isin(rules.not_for_resaleable) & moved["flow"].isin(rules.protected_flows)
    bad = moved[
        destroyed & (resaleable >= rules.min_resaleable_odds + ODDS_TOLERANCE) & ~moved["damaged_battery"].astype(bool)
    ]
    return each(
        "resaleable goods destroyed",
        bad,
        "return_id",
        "{outcome}",
        "reuse, repair or donation",
        "",
        "Return {return_id} is likely resaleable and must not go to {outcome} (" + rules.source + ").",
    )


def certified_sites_only(instance: Instance, moved: pd.DataFrame) -> Found:
    """Sites treat only what they are certified for."""
    rules = instance.policy.hazard
    found = []
    treated = moved[moved["outcome"].isin(rules.certified_outcomes)]
    for row in treated.to_dict("records"):
        needs = (set(row["tags"]) & set(rules.needs_certificate)) - set(row["site_certificates"])
        if needs:
            lacks = ", ".join(sorted(needs))
            found.append(
                violation(
                    "certificate",
                    row["return_id"],
                    lacks,
                    "certified site",
                    "",
                    f"Return {row['return_id']} ({lacks}) goes to {row['site_id']}, which holds no certificate for "
                    f"it ({rules.source}).",
                )
            )
    return found


def damaged_batteries_apart(instance: Instance, moved: pd.DataFrame) -> Found:
    """Damaged lithium batteries avoid lockers and relays and end at a certified recycler."""
    rules = instance.policy.hazard
    damaged = moved[moved["damaged_battery"].astype(bool)]
    lies = damaged["lies_at"].notna()
    kind = damaged[damaged["point_kind"].isin(rules.forbidden_kinds) & ~lies]
    certified = pd.Series([Tag.BATTERY in c for c in damaged["site_certificates"]], index=damaged.index, dtype=bool)
    fate = damaged[~damaged["outcome"].isin(rules.damaged_outcomes) | ~certified]
    return each(
        "damaged battery at point",
        kind,
        "return_id",
        "{point_kind}",
        "store or home pickup",
        "",
        "Return {return_id} holds a damaged battery and must not go through {point_kind} {point_id} ("
        + rules.source
        + ").",
    ) + each(
        "damaged battery outcome",
        fate,
        "return_id",
        "{outcome}",
        "certified recycling",
        "",
        "Return {return_id} holds a damaged battery and must be treated at a BATTERY-certified site, not {outcome} "
        "at {site_id}.",
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


def lanes_exist(instance: Instance, moved: pd.DataFrame) -> Found:
    """Every movement has a lane, or tonight's van from the point to its hub."""
    lanes = set(zip(instance.tables["lanes"]["from_id"], instance.tables["lanes"]["to_id"], strict=True))
    found = []
    for r in moved.to_dict("records"):
        if r["point_emptied_by"] == EmptiedBy.VAN and r["entry_hub_id"] != r["point_hub_id"]:
            found.append(
                violation(
                    "entry hub",
                    r["return_id"],
                    r["entry_hub_id"],
                    r["point_hub_id"],
                    "",
                    f"Return {r['return_id']}: vans bring {r['point_id']} to {r['point_hub_id']}, not to "
                    f"{r['entry_hub_id']}.",
                )
            )
        legs = [(r["hub_id"], r["site_id"])]
        legs += [(r["entry_hub_id"], r["hub_id"])] if r["entry_hub_id"] != r["hub_id"] else []
        legs += [(r["point_id"], r["entry_hub_id"])] if r["point_emptied_by"] == EmptiedBy.CARRIER else []
        found += [
            violation(
                "no lane",
                r["return_id"],
                f"{a} to {b}",
                "a declared lane",
                "",
                f"Return {r['return_id']} moves from {a} to {b}, where there is no lane.",
            )
            for a, b in legs
            if (a, b) not in lanes
        ]
    return found


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


def keep_it_allowed(instance: Instance, planned: pd.DataFrame) -> Found:
    """Keep-it stays within the policy: value, tags, flow, place, and share of tonight's returns."""
    rules, kept = instance.policy.keep, planned[planned["outcome"] == Outcome.KEEP]
    tagged = pd.Series([bool(set(t) & set(rules.forbidden_tags)) for t in kept["tags"]], index=kept.index, dtype=bool)
    wrong = (
        (not rules.allowed)
        | (kept["value_eur"] > rules.max_value_eur)
        | tagged
        | ~kept["flow"].isin(rules.flows)
        | kept["lies_at"].notna()
        | kept["damaged_battery"].astype(bool)
    )
    found = each(
        "keep-it",
        kept[wrong],
        "return_id",
        "{value_eur:g}",
        f"{rules.max_value_eur:g}",
        "EUR",
        "Return {return_id} ({class_id}, {value_eur:g} EUR) may not be kept by the customer.",
    )
    most = rules.max_share * len(planned)
    if len(kept) > most + ODDS_TOLERANCE:
        found.append(
            violation(
                "keep-it share",
                "all",
                len(kept),
                f"{most:g}",
                "return",
                f"{len(kept)} returns are kept; the policy allows {most:g} of {len(planned)}.",
            )
        )
    return found
