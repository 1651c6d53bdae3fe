"""The result tables of the decision stage: decisions and prices."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.eligibility import PLANNED, eligibility
from retour.indexed import KINDS, OUTCOMES
from retour.instance import Instance
from retour.plan import shaped
from retour.vocabulary import Outcome
from routing.decide.explain import Explained
from routing.decide.limit_rows import CONTRACT
from routing.decide.problem import Choice, Problem, each_co2e, each_cost, used

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
NEARLY_USED = 0.9
PRICE_SHOWN_EUR = 5e-4


def decision_table(instance: Instance, problem: Problem, choice: Choice, explained: Explained) -> pd.DataFrame:
    """Return the `decisions` table: one row per return, in table order."""
    head = eligibility(instance).astype({"why": object})
    planned = pd.DataFrame(
        {
            **_places(instance, problem, choice),
            "cost_eur": each_cost(problem, choice),
            "co2e_kg": each_co2e(problem, choice),
            "customer_fee_eur": _fees(instance, problem, choice),
            "runner_up": pd.Series(explained.runner_up, dtype=object),
            "runner_up_extra_eur": explained.extra_eur,
            "why": pd.Series(explained.why, dtype=object),
        }
    )
    planned.index = pd.Index(problem.options.return_idx)
    body = planned.drop(columns="why").reindex(head.index)
    why = head["why"].where(head["state"] != PLANNED, planned["why"].reindex(head.index))
    return shaped("decisions", pd.concat([head[["return_id", "state"]], body, why], axis=1))


def price_table(problem: Problem, choice: Choice, prices: FloatArray) -> pd.DataFrame:
    """Return the `prices` table: limits that have a price, or are used to nine tenths and more.

    A contract minimum is shown as promised and brought items; its price is what one promised item less would save.
    """
    limits, amount = problem.limits, used(problem, choice)
    sign = np.where(limits.table["limit"] == CONTRACT, -1.0, 1.0)
    table = limits.table.assign(capacity=sign * limits.stated, used=sign * amount, price_eur=prices)
    return shaped("prices", table[prices_worth_showing(table)])


def prices_worth_showing(table: pd.DataFrame) -> pd.Series:
    """Return which rows of a whole `prices` table it keeps."""
    nearly = (table["capacity"] > 0) & (table["used"] >= NEARLY_USED * table["capacity"])
    return (table["price_eur"] > PRICE_SHOWN_EUR) | nearly


def _places(instance: Instance, problem: Problem, choice: Choice) -> dict[str, object]:
    ix, options, ways = instance.indexed, problem.options, problem.options.ways
    way = _at(options.z_way, choice.z)
    process, at = _at(ways.process_idx, way), _at(ways.entry, way)
    outcome = _named(np.array(OUTCOMES, dtype=object), _at(ix.processes.outcome, process))
    size = ix.returns.size_idx[options.return_idx]
    return {
        "point_id": _named(ix.points.ids, _at(options.x_point, choice.x)),
        "entry_hub_id": _named(ix.hub_ids, _at(options.entries.hub_idx, at)),
        "hub_id": _named(ix.hub_ids, _at(ways.hub_idx, way)),
        "site_id": _named(ix.site_ids, _at(ix.processes.site_idx, process)),
        "process_id": _named(ix.processes.ids, process),
        "outcome": outcome.where(~pd.Series(choice.keeps), str(Outcome.KEEP)),
        "day": pd.Series(_at(ways.day, way), dtype="Int64").where(pd.Series(way >= 0)),
        "size": _named(ix.size_ids, size),
    }


def _fees(instance: Instance, problem: Problem, choice: Choice) -> FloatArray:
    """Return what the policy asks of the customer for a withdrawal at the kind of point chosen; claims are free."""
    ix, options = instance.indexed, problem.options
    by_kind = np.array([instance.policy.fee_eur(k) for k in KINDS])
    fee = np.append(by_kind[ix.points.kind], 0.0)[_at(options.x_point, choice.x)]
    return np.where(ix.returns.withdrawal[options.return_idx], fee, 0.0)


def _at(values: IntArray, position: IntArray) -> IntArray:
    """Return values at positions, -1 at position -1."""
    return np.append(values, -1)[position]


def _named(names: NDArray[np.object_], position: IntArray) -> pd.Series:
    words = np.array([*(str(n) for n in names), None], dtype=object)
    return pd.Series(words[position], dtype=object)
