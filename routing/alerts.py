"""What a planner must know tonight, a sentence each, most urgent first."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from retour.brought import OUT_PARCELS, brought
from retour.eligibility import DENIED, LATER, PLANNED
from retour.instance import Instance

SHOWN = 5


def find_alerts(instance: Instance, decisions: pd.DataFrame, visits: pd.DataFrame) -> tuple[str, ...]:
    """Return alerts, most urgent first.

    On required visits left, points that no van can empty though a duty binds them, lockers about to overflow, late
    refunds, and refused or later returns.
    """
    return (
        *_left_though_required(visits),
        *_barred_though_bound(visits),
        *_about_to_overflow(visits),
        *_late_refunds(instance, decisions),
        *_uncollected(decisions, visits),
        *_not_planned(decisions, DENIED, "denied by the policy"),
        *_not_planned(decisions, LATER, "ready after the cutoff, planned another night"),
    )


def _left_though_required(visits: pd.DataFrame) -> list[str]:
    left = visits[visits["required"].astype(bool) & ~visits["visited"].astype(bool)]
    return [
        f"{v} must be emptied tonight and is left: {why}." for v, why in zip(left["visit_id"], left["why"], strict=True)
    ]


def _barred_though_bound(visits: pd.DataFrame) -> list[str]:
    """A point with something to take or bring and a duty tonight that is closed or without a van; never required, so
    never left.

    An empty point needs no van: if it may overflow, that is an alert of its own.
    """
    handled = visits["parcels"] + brought(visits)[OUT_PARCELS]
    barred = visits[visits["why"].astype("str").str.contains(", although ", regex=False) & (handled > 0)]
    lines = [f"{v} cannot be emptied tonight: {why}." for v, why in zip(barred["visit_id"], barred["why"], strict=True)]
    rest = len(lines) - SHOWN
    return lines[:SHOWN] + ([f"and {rest} more cannot be emptied tonight."] if rest > 0 else [])


def _about_to_overflow(visits: pd.DataFrame) -> list[str]:
    risky = visits[~visits["visited"].astype(bool) & (visits["overflow_risk"] >= 0.5)]
    risky = risky.sort_values("overflow_risk", ascending=False)
    lines = [
        f"{v} is left and overflows with a chance of {risk:.0%} before the next chance ({lost:.1f} parcels refused "
        f"on average)."
        for v, risk, lost in zip(risky["visit_id"], risky["overflow_risk"], risky["expected_refused"], strict=True)
    ]
    return lines[:SHOWN] + ([f"{len(lines) - SHOWN} more points are left at risk."] if len(lines) > SHOWN else [])


def _uncollected(decisions: pd.DataFrame, visits: pd.DataFrame) -> list[str]:
    left = set(visits.loc[~visits["visited"].astype(bool) & (visits["parcels"] > 0), "point_id"])
    stays = decisions[(decisions["state"] == PLANNED) & decisions["point_id"].isin(left)]
    if stays.empty:
        return []
    gain_eur = -float(stays["cost_eur"].sum())
    return [
        f"{len(stays)} of tonight's returns stay at points that are left; {gain_eur:,.2f} EUR of planned gain waits "
        "with them, and their later pickup is charged at an estimate."
    ]


def _late_refunds(instance: Instance, decisions: pd.DataFrame) -> list[str]:
    returns = instance.returns
    slack = pd.Series(instance.indexed.returns.refund_slack_days, index=returns["return_id"].to_numpy())
    planned = decisions.loc[decisions["state"] == PLANNED, "return_id"]
    tight = slack.reindex(planned.to_numpy())
    late, soon = int((tight < 0).sum()), int(((tight >= 0) & (tight <= 1)).sum())
    lines = (
        [f"{late} refunds are past their due day already." if late > 1 else "1 refund is past its due day already."]
        if late
        else []
    )
    return lines + ([f"{soon} refunds fall due by tomorrow."] if soon else [])


def _not_planned(decisions: pd.DataFrame, state: str, words: str) -> list[str]:
    ids = decisions.loc[decisions["state"] == state, "return_id"]
    if ids.empty:
        return []
    return [f"{len(ids)} return{'s' if len(ids) > 1 else ''} {words}: {_named(ids.tolist())}."]


def _named(ids: Sequence[str]) -> str:
    rest = len(ids) - SHOWN
    return ", ".join(ids[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
