"""The independent checker: recomputes a plan from the tables alone and says which promises are broken.

It shares nothing with the solvers: it imports the language (`retour`) only.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from retour.instance import Instance
from retour.plan import Plan
from routing.check.finding import as_table
from routing.check.limits import within_limits
from routing.check.money import check_money
from routing.check.part import Checked, check_part, names_unknown
from routing.check.rests import check_rests
from routing.check.routes import check_routes
from routing.check.visits import check_visits


def check_plan(instance: Instance, plan: Plan) -> pd.DataFrame:
    """Return the violations of a whole night as a table (rule, ids, found, limit, unit, message); empty when sound."""
    found = check_decided(instance, plan.decisions)
    found += check_visits(instance, plan.decisions, plan.visits, plan.stops)
    found += check_routes(instance, plan.visits, plan.stops, plan.routes)
    found += check_rests(instance, plan.stops, plan.routes, plan.rests)
    # What is not known cannot be priced.
    return as_table(found if names_unknown(found) else found + check_money(instance, plan))


def check_decided(instance: Instance, decisions: pd.DataFrame) -> list[dict[str, str]]:
    """Return the broken promises of decisions alone; limits are counted only when every id is known."""
    return check_parts(instance, [check_part(instance, decisions)])


def check_parts(instance: Instance, parts: Iterable[Checked]) -> list[dict[str, str]]:
    """Return the broken promises of a night whose parts were checked apart, on other machines perhaps.

    `instance` may be that of any part: all parts share its tables but the returns, each of which is in one part only.
    """
    checked = sum(parts, start=Checked())
    return checked.found if names_unknown(checked.found) else checked.found + within_limits(instance, checked.used)


__all__ = ["Checked", "check_decided", "check_part", "check_parts", "check_plan"]
