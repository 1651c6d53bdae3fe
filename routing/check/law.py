"""Does every decision obey law and policy? Each rule recomputed from the tables, by name."""

from __future__ import annotations

import pandas as pd

from retour.instance import Instance
from retour.vocabulary import Flow, Outcome, Tag, Wish
from routing.check.finding import Found, each

ODDS_TOLERANCE = 1e-6


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
    resaleable = resaleable_odds(instance, moved)
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


def resaleable_odds(instance: Instance, moved: pd.DataFrame) -> pd.Series:
    """Return per moved return the chance of a resaleable grade."""
    chances = grade_chances(instance, moved)
    good = chances[chances["grade"].isin(instance.policy.outcomes.resaleable_grades)]
    odds = good.groupby("row")["probability"].sum().reindex(range(len(moved))).fillna(0.0)
    return pd.Series(odds.to_numpy(), index=moved.index)


def recalled_goods_off_the_market(instance: Instance, moved: pd.DataFrame) -> Found:
    """Recalled goods are made safe, sent back to their maker or destroyed, and not put on sale again."""
    rules = instance.policy.outcomes
    return each(
        "recalled goods on sale",
        moved[(moved["flow"] == Flow.RECALL) & ~moved["outcome"].isin(rules.recall_outcomes)],
        "return_id",
        "{outcome}",
        "repair, vendor or destruction",
        "",
        "Return {return_id} was recalled and must not go to {outcome} (" + rules.recall_source + ").",
    )


def exchanges_are_wanted(instance: Instance, moved: pd.DataFrame) -> Found:
    """Another piece goes only to a customer who asks for it, or whose claim it may settle."""
    rules, exchanged = instance.policy.exchange, moved[moved["outcome"] == Outcome.EXCHANGE]
    wanted = (exchanged["wants"] == Wish.EXCHANGE) | exchanged["reason"].isin(rules.offered_for)
    return each(
        "exchange not wanted",
        exchanged[~(wanted & exchanged["flow"].isin(rules.flows) & rules.allowed)],
        "return_id",
        "{wants}, {reason}",
        "asked for, or offered for a claim",
        "",
        "Return {return_id} ({reason}) is owed money, not another piece (" + rules.source + ").",
    )


def certified_sites_only(instance: Instance, moved: pd.DataFrame) -> Found:
    """Sites treat only what they are certified for; waste needs a certificate whatever becomes of it."""
    rules = instance.policy.hazard
    waste = moved["flow"].isin(rules.waste_flows)
    treated, needed = moved[moved["outcome"].isin(rules.certified_outcomes) | waste], set(rules.needs_certificate)
    pairs = zip(treated["tags"], treated["site_certificates"], strict=True)
    lacks = pd.Series(
        [", ".join(sorted(needed.intersection(tags) - set(held))) for tags, held in pairs],
        index=treated.index,
        dtype=object,
    )
    return each(
        "certificate",
        treated.assign(lacks=lacks)[lacks != ""],
        "return_id",
        "{lacks}",
        "certified site",
        "",
        "Return {return_id} ({lacks}) goes to {site_id}, which holds no certificate for it (" + rules.source + ").",
    )


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


def hazardous_goods_apart(instance: Instance, moved: pd.DataFrame) -> Found:
    """Hazardous goods avoid lockers and relays."""
    rules, apart = instance.policy.hazard, set(instance.policy.hazard.forbidden_tags)
    there = moved[moved["point_kind"].isin(rules.forbidden_kinds) & moved["lies_at"].isna()]
    hazardous = pd.Series([not apart.isdisjoint(tags) for tags in there["tags"]], index=there.index, dtype=bool)
    return each(
        "hazardous goods at point",
        there[hazardous],
        "return_id",
        "{point_kind}",
        "store or home pickup",
        "",
        "Return {return_id} ({class_id}) is hazardous and must not go through {point_kind} {point_id} ("
        + rules.source
        + ").",
    )


def keep_it_allowed(instance: Instance, planned: pd.DataFrame) -> Found:
    """Keep-it stays within the policy: value, tags, flow and place."""
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
    return each(
        "keep-it",
        kept[wrong],
        "return_id",
        "{value_eur:g}",
        f"{rules.max_value_eur:g}",
        "EUR",
        "Return {return_id} ({class_id}, {value_eur:g} EUR) may not be kept by the customer.",
    )
