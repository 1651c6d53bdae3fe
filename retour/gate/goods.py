"""Checks on goods: reasons and odds, dates, where returns lie, what classes may become, and the policy's names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import pandas as pd

from retour.errors import Issue
from retour.gate.draft import Draft, Rule
from retour.gate.text import did_you_mean, nth
from retour.policy import Policy

ODDS_TOLERANCE = 1e-3
LATEST_READY_DAYS = 60
EARLIEST_READY_DAYS = 365
DAYS_IN_ORDER = ("purchased_on", "delivered_on", "requested_on")


def check_unknown_reasons(draft: Draft) -> list[Issue]:
    """Every reason is in one of the policy's two trees."""
    known = _reasons(draft)
    found = []
    for name in ("returns", "grade_odds"):
        frame = draft.tables[name]
        bad = frame[frame["reason"].notna() & ~frame["reason"].isin(known)]
        found += draft.issues(
            name, "reason", bad,
            lambda row: f"unknown reason {row.reason!r}; add it to the policy's reasons or correct it"
            + did_you_mean(row.reason, known),
        )  # fmt: skip
    return found


def check_odds_sum_to_one(draft: Draft) -> list[Issue]:
    """The grades of each class and reason have a total probability of one."""
    odds = draft.tables["grade_odds"]
    total = odds.groupby(["class_id", "reason"])["probability"].transform("sum")
    bad = odds.assign(total=total)[(total - 1).abs() > ODDS_TOLERANCE].drop_duplicates(["class_id", "reason"])
    return draft.issues(
        "grade_odds", "probability", bad,
        lambda row: f"the grades of {row.class_id!r} with reason {row.reason!r} sum to {row.total:.6g}; must be 1",
    )  # fmt: skip


def check_returns_without_odds(draft: Draft) -> list[Issue]:
    """A return has a grade, or its class and reason have odds."""
    returns, odds = draft.tables["returns"], draft.tables["grade_odds"]
    pairs = ["class_id", "reason"]
    open_grade = returns.loc[returns["grade"].isna() & returns["class_id"].notna() & returns["reason"].notna(), pairs]
    found = open_grade.drop_duplicates()
    known = pd.MultiIndex.from_frame(odds[pairs].drop_duplicates())
    unknown = pd.MultiIndex.from_frame(found[~pd.MultiIndex.from_frame(found).isin(known)])
    bad = open_grade[pd.MultiIndex.from_frame(open_grade).isin(unknown)] if len(unknown) else open_grade.head(0)
    return draft.issues(
        "returns", "grade", bad,
        lambda row: f"the cell is empty and grade_odds has no row for {row.class_id!r} with reason {row.reason!r}; "
        "give the grade or the odds",
    )  # fmt: skip


def check_returns_without_place(draft: Draft) -> list[Issue]:
    """A return lies at a point or its customer has coordinates, both of them."""
    returns = draft.tables["returns"]
    bad = returns[returns["point_id"].isna() & (returns["lat"].isna() | returns["lon"].isna())]
    return draft.issues(
        "returns", "lat", bad,
        lambda row: f"return {row.return_id!r} has neither a point_id nor both lat and lon; give one of the two",
    )  # fmt: skip


def check_returns_at_unfit_points(draft: Draft) -> list[Issue]:
    """A return lies only where the point and the law take it: tags, weight, damaged batteries."""
    placed = draft.tables["returns"].dropna(subset=["point_id", "class_id"])
    points = ("kind", "refuses", "max_weight_kg")
    placed = placed.assign(**{f"point_{c}": placed["point_id"].map(draft.lookup("points", c)) for c in points})
    placed = placed.assign(tags=placed["class_id"].map(draft.lookup("item_classes", "tags")))
    placed = placed.dropna(subset=["point_kind", "tags"])
    return _refused_tags(draft, placed) + _too_heavy(draft, placed) + _damaged_batteries(draft, placed)


def check_day_order(draft: Draft) -> list[Issue]:
    """Goods are bought, then delivered, then asked back."""
    returns = draft.tables["returns"]
    found = []
    for earlier, later in (*pairwise(DAYS_IN_ORDER), (DAYS_IN_ORDER[0], DAYS_IN_ORDER[-1])):
        between = returns["delivered_on"].isna() | (earlier != "purchased_on") | (later != "requested_on")
        bad = returns[between & (returns[later] < returns[earlier])]
        found += draft.issues("returns", later, bad, partial(_too_early, earlier, later))
    return found


def check_days_after_tonight(draft: Draft) -> list[Issue]:
    """What happened, happened by tonight."""
    tonight = pd.Timestamp(draft.night)
    found = []
    for name, column in (*(("returns", c) for c in DAYS_IN_ORDER), ("fill", "oldest_on"), ("arrivals", "date")):
        frame = draft.tables[name]
        bad = frame[frame[column] > tonight]
        found += draft.issues(name, column, bad, partial(_too_late, tonight, column))
    return found


def check_ready_moments(draft: Draft) -> list[Issue]:
    """A return is ready within 60 days after tonight, and not since more than a year."""
    returns, tonight = draft.tables["returns"], pd.Timestamp(draft.night)
    late = returns["ready_at"] > tonight + pd.Timedelta(days=LATEST_READY_DAYS)
    early = returns["ready_at"] < tonight - pd.Timedelta(days=EARLIEST_READY_DAYS)
    return draft.issues(
        "returns", "ready_at", returns[late | early],
        lambda row: f"found {row.ready_at:%Y-%m-%dT%H:%M}, more than {LATEST_READY_DAYS} days after or "
        f"{EARLIEST_READY_DAYS} before tonight {tonight:%Y-%m-%d}; correct it or leave it empty",
    )  # fmt: skip


def check_countries(draft: Draft) -> list[Issue]:
    """A country is two capital letters."""
    returns = draft.tables["returns"]
    bad = returns[returns["country"].notna() & ~returns["country"].str.fullmatch("[A-Z]{2}").fillna(True).astype(bool)]
    return draft.issues(
        "returns", "country", bad, lambda row: f"found {row.country!r}; must be two capital letters, for example FR"
    )


def check_classes_without_value(draft: Draft) -> list[Issue]:
    """Every product class recovers something by some outcome."""
    classes = draft.tables["item_classes"]
    bad = classes[~classes["class_id"].isin(draft.tables["recovery_values"]["class_id"])]
    return draft.issues(
        "item_classes", "class_id", bad,
        lambda row: f"class {row.class_id!r} has no row in recovery_values; add what each outcome recovers",
    )  # fmt: skip


def check_classes_without_process(draft: Draft) -> list[Issue]:
    """For every product class that comes back, some process carries out an outcome it has a value for."""
    returns, values = draft.tables["returns"], draft.tables["recovery_values"]
    possible = values.dropna(subset=["outcome"]).groupby("class_id")["outcome"].agg(set).to_dict()
    processes = list(draft.tables["processes"][["outcome", "classes"]].itertuples(index=False))
    stuck = [
        c for c, outcomes in possible.items()
        if not any(p.outcome in outcomes and (not p.classes or c in p.classes) for p in processes)
    ]  # fmt: skip
    bad = returns[returns["class_id"].isin(stuck)].drop_duplicates("class_id")
    return draft.issues(
        "returns", "class_id", bad,
        lambda row: f"no process carries out any outcome of class {row.class_id!r} "
        f"({', '.join(sorted(possible[row.class_id]))}); add one to processes",
    )  # fmt: skip


def check_policy_names(draft: Draft) -> list[Issue]:
    """The classes and reasons that the policy names exist."""
    assert draft.policy is not None  # the rule needs it
    classes, reasons = list(draft.keys("item_classes")), _reasons(draft)
    return [
        Issue(
            draft.policy_file, None, where, f"unknown {what} {name!r}; correct or remove it{did_you_mean(name, known)}"
        )
        for where, what, name, known in _policy_names(draft.policy, classes, reasons)
        if name not in known
    ]


RULES = (
    Rule(check_unknown_reasons, ("policy",)),
    Rule(check_odds_sum_to_one, ("grade_odds",)),
    Rule(check_returns_without_odds, ("returns", "grade_odds")),
    Rule(check_returns_without_place, ("returns",)),
    Rule(check_returns_at_unfit_points, ("returns", "points", "item_classes", "policy")),
    Rule(check_day_order, ("returns",)),
    Rule(check_days_after_tonight, ("night",)),
    Rule(check_ready_moments, ("returns", "night")),
    Rule(check_countries, ("returns",)),
    Rule(check_classes_without_value, ("item_classes", "recovery_values")),
    Rule(check_classes_without_process, ("returns", "recovery_values", "processes")),
    Rule(check_policy_names, ("policy", "item_classes")),
)


def _reasons(draft: Draft) -> list[str]:
    assert draft.policy is not None  # every rule that asks needs it
    return [*draft.policy.reasons.withdrawal, *draft.policy.reasons.claim]


def _refused_tags(draft: Draft, placed: pd.DataFrame) -> list[Issue]:
    pairs = placed.drop_duplicates(["point_id", "class_id"])
    refused = [bool(set(t) & set(r)) for t, r in zip(pairs["tags"], pairs["point_refuses"], strict=True)]
    keys = pd.MultiIndex.from_frame(pairs.loc[refused, ["point_id", "class_id"]])
    bad = placed[pd.MultiIndex.from_frame(placed[["point_id", "class_id"]]).isin(keys)]
    return draft.issues(
        "returns", "point_id", bad,
        lambda row: f"return {row.return_id!r} of class {row.class_id!r} lies at {row.point_id!r}, which refuses "
        f"{', '.join(sorted(set(row.tags) & set(row.point_refuses)))}; correct point_id or what the point refuses",
    )  # fmt: skip


def _too_heavy(draft: Draft, placed: pd.DataFrame) -> list[Issue]:
    assert draft.policy is not None  # the rule needs it
    by_kind = {kind: draft.policy.limits.of(kind) for kind in ("RELAY", "LOCKER", "STORE", "HOME")}
    own_limit = placed["point_max_weight_kg"].astype(float)  # without any row here it is text
    limit = own_limit.fillna(placed["point_kind"].map(by_kind).astype(float))
    bad = placed.assign(limit=limit)[placed["weight_kg"] > limit]
    return draft.issues(
        "returns", "weight_kg", bad,
        lambda row: f"found {row.weight_kg:g} kg at {row.point_id!r}, which takes {row.limit:g} kg; correct either",
    )  # fmt: skip


def _damaged_batteries(draft: Draft, placed: pd.DataFrame) -> list[Issue]:
    assert draft.policy is not None  # the rule needs it
    forbidden = placed["point_kind"].isin(draft.policy.hazard.forbidden_kinds)
    bad = placed[placed["damaged_battery"].astype(bool) & forbidden]
    source = draft.policy.hazard.source
    return draft.issues(
        "returns", "point_id", bad,
        lambda row: f"return {row.return_id!r} holds a damaged battery and lies at {row.point_id!r}, a "
        f"{row.point_kind}, where it may not be ({source}); take it out, then clear point_id",
    )  # fmt: skip


def _policy_names(policy: Policy, classes: list[str], reasons: list[str]) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield where the policy names a class or reason, which sort it is, the name and the known names."""
    for number, window in enumerate(policy.windows, start=1):
        if window.class_id is not None:
            yield f"windows, {nth(number)} entry, class_id", "class", window.class_id, classes
    for name in policy.outcomes.forbidden_by_class:
        yield "outcomes.forbidden_by_class", "class", name, classes
    for name in policy.outcomes.forbidden_by_reason:
        yield "outcomes.forbidden_by_reason", "reason", name, reasons
    for name in policy.exchange.offered_for if "offered_for" in policy.exchange.model_fields_set else ():
        yield "exchange.offered_for", "reason", name, reasons


def _too_early(earlier: str, later: str, row: Any) -> str:
    return f"found {_day(row, later)}, before {earlier} {_day(row, earlier)}; correct one of the two"


def _too_late(tonight: pd.Timestamp, column: str, row: Any) -> str:
    return f"found {_day(row, column)}, after tonight {tonight:%Y-%m-%d}; correct it or plan a later night"


def _day(row: Any, column: str) -> str:
    return f"{getattr(row, column):%Y-%m-%d}"
