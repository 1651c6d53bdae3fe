"""The independent checker: recomputes a plan from the tables alone and says which promises are broken.

It shares nothing with the solvers: it imports the language (`retour`) only.
"""

from __future__ import annotations

import pandas as pd

from retour.instance import Instance
from retour.ledger import decision_ledger
from retour.plan import Plan
from retour.pricing import SPEND_ACTIVITIES
from routing.check.decisions import check_decisions
from routing.check.finding import as_table
from routing.check.limits import check_limits
from routing.check.money import check_money
from routing.check.routes import check_routes
from routing.check.visits import check_visits


def check_plan(instance: Instance, plan: Plan) -> pd.DataFrame:
    """Return the violations of a whole night as a table (rule, ids, found, limit, unit, message); empty when sound."""
    found = check_decided(instance, plan.decisions)
    found += check_visits(instance, plan.decisions, plan.visits, plan.stops)
    found += check_routes(instance, plan.visits, plan.stops, plan.routes)
    # What is not known cannot be priced.
    return as_table(found if names_unknown(found) else found + check_money(instance, plan))


def names_unknown(found: list[dict[str, str]]) -> bool:
    """Return True when an id was found that no table knows."""
    return any(f["rule"].startswith("unknown") for f in found)


def check_decided(instance: Instance, decisions: pd.DataFrame) -> list[dict[str, str]]:
    """Return the broken promises of decisions alone; limits are counted only when every id is known."""
    found = check_decisions(instance, decisions)
    if names_unknown(found):
        return found
    rows = decision_ledger(instance, decisions, None)
    spent = rows[rows["activity"].isin(SPEND_ACTIVITIES)]
    return found + check_limits(
        instance, decisions, spend_eur=float(spent["cost_eur"].sum()), co2e_kg=float(rows["co2e_kg"].sum())
    )


__all__ = ["check_decided", "check_plan"]
