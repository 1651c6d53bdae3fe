"""Does the money add up? Every row re-multiplied, the whole ledger priced again, the claims compared."""

from __future__ import annotations

import pandas as pd

from retour.instance import Instance
from retour.ledger import night_ledger
from retour.plan import Plan
from routing.check.finding import MONEY_TOLERANCE_EUR, Found, each, violation

BOUND_TOLERANCE_EUR = 0.01


def check_money(instance: Instance, plan: Plan) -> Found:
    """Return every broken promise about cost, carbon, objective and bound."""
    found = rows_multiply(plan.ledger) + bounds_are_below(plan)
    found += _compare(
        "objective",
        plan.objective_eur,
        plan.ledger_total_eur,
        "EUR",
        "The solvers claim {:.2f} EUR; the ledger adds up to {:.2f}.",
    )
    again = night_ledger(instance, decisions=plan.decisions, visits=plan.visits, stops=plan.stops, routes=plan.routes)
    by_activity = pd.concat([_sums(plan.ledger), _sums(again)], axis=1, keys=["stated", "again"]).fillna(0.0)
    for activity, row in by_activity.iterrows():
        found += _compare(
            f"ledger {activity}",
            row[("stated", "cost_eur")],
            row[("again", "cost_eur")],
            "EUR",
            "The ledger states {:.2f} EUR of " + str(activity) + "; the plan costs {:.2f}.",
        )
        found += _compare(
            f"carbon {activity}",
            row[("stated", "co2e_kg")],
            row[("again", "co2e_kg")],
            "kg",
            "The ledger states {:.2f} kg CO2e of " + str(activity) + "; the plan emits {:.2f}.",
        )
    return found + routes_cost_their_ledger(plan)


def _sums(ledger: pd.DataFrame) -> pd.DataFrame:
    return ledger.groupby("activity")[["cost_eur", "co2e_kg"]].sum()


def _compare(rule: str, stated: float, again: float, unit: str, sentence: str) -> Found:
    if abs(stated - again) < MONEY_TOLERANCE_EUR:
        return []
    return [violation(rule, "all", f"{stated:.2f}", f"{again:.2f}", unit, sentence.format(stated, again))]


def rows_multiply(ledger: pd.DataFrame) -> Found:
    """Every ledger row is quantity x rate."""
    off = (ledger["quantity"] * ledger["rate_eur"] - ledger["cost_eur"]).abs() > MONEY_TOLERANCE_EUR
    return each(
        "ledger row",
        ledger[off],
        "subject_id",
        "{cost_eur:.2f}",
        "{quantity:g} x {rate_eur:g}",
        "EUR",
        "{activity} of {subject_id}: {cost_eur:.2f} EUR is not {quantity:g} {unit} x {rate_eur:g}.",
    )


def bounds_are_below(plan: Plan) -> Found:
    """No solver states a bound above what it found."""
    return [
        violation(
            "bound",
            a.stage,
            f"{a.bound_eur:.2f}",
            f"{a.objective_eur:.2f}",
            "EUR",
            f"Stage {a.stage} states a bound above its own objective.",
        )
        for a in plan.answers
        if a.bound_eur is not None
        and a.objective_eur is not None
        and a.bound_eur > a.objective_eur + BOUND_TOLERANCE_EUR
    ]


def routes_cost_their_ledger(plan: Plan) -> Found:
    """A route's stated cost is its ledger rows."""
    booked = plan.ledger[plan.ledger["subject"] == "route"].groupby("subject_id")["cost_eur"].sum()
    r = plan.routes.assign(booked=plan.routes["route_id"].map(booked).astype(float).fillna(0.0))
    off = r[(r["cost_eur"] - r["booked"]).abs() > MONEY_TOLERANCE_EUR]
    return each(
        "route cost",
        off,
        "route_id",
        "{cost_eur:.2f}",
        "{booked:.2f}",
        "EUR",
        "Route {route_id} states {cost_eur:.2f} EUR; its ledger rows add up to {booked:.2f}.",
    )
