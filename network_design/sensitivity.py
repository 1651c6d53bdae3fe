"""One lever at a time: what the cost becomes when supply, a rate, a price moves down and up. The table of a tornado."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from network_design.compare import different_places
from network_design.futures.attempt import attempt_design
from network_design.futures.standing import Standing, keep, standing_of
from network_design.model.build import build_model
from network_design.study.changes import changed
from network_design.study.settings import Change, Sensitivity
from network_design.study.tables import SENSITIVITY
from retour.design import DesignInstance
from retour.design.plan import Design
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status

MOVED = {
    "supply": (("supply", "amount_t"),),
    "transport": (("transport", "cost_per_km_t"), ("transport", "cost_per_t")),
    "opening": (("capacities", "opening_cost"),),
    "carbon": (("gases", "price_per_t"),),
    "sales": (("sales", "price_per_t"),),
}
"""Columns that each lever multiplies."""


@dataclass(frozen=True)
class Moved:
    """The cost with a lever moved, how many places are open in one design only, and the status of the search.

    None where nothing fits (INFEASIBLE) or nothing was found in time (FAILED).
    """

    cost: float | None
    different: int | None
    status: Status


def sensitivity(
    instance: DesignInstance, base: Design, asked: Sensitivity, *, seed: int, budget_s: float,
    listener: Listener = silent,
) -> pd.DataFrame:  # fmt: skip
    """Return the table SENSITIVITY of a design, the widest lever first; levers without figures are left out.

    Designed again where the study asks for it, else what stands in `base` is kept and flows adapt.
    """
    deadline, rows = time.perf_counter() + budget_s, []
    standing = standing_of(build_model(instance, strong=False).sets, base)
    moves = list(_moves(instance, asked))
    for i, (lever, changes) in enumerate(moves):
        listener(Progress("sensitivity", i / len(moves), f"moving {lever}"))
        left_s = max(1.0, (deadline - time.perf_counter()) / (2 * (len(moves) - i)))
        low, high = (
            _moved(changed(instance, each), base, None if asked.again else standing, seed=seed, budget_s=left_s)
            for each in changes
        )
        factors = (1 - asked.step, 1 + asked.step)
        costs, changes_of = (low.cost, base.ledger_total, high.cost), (low.different, high.different)
        rows.append((lever, *factors, *costs, *changes_of, str(low.status), str(high.status)))
    table = pd.DataFrame(rows, columns=SENSITIVITY.column_names).astype({"low_cost": float, "high_cost": float})
    width = np.fmax((table["low_cost"] - table["base_cost"]).abs(), (table["high_cost"] - table["base_cost"]).abs())
    return table.loc[width.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _moves(instance: DesignInstance, asked: Sensitivity) -> Iterator[tuple[str, tuple[list[Change], list[Change]]]]:
    for lever in asked.levers:
        columns = [(table, column) for table, column in MOVED[lever] if instance.tables[table][column].any()]
        if columns:
            down, up = (
                [Change(table=table, column=column, factor=factor) for table, column in columns]
                for factor in (1 - asked.step, 1 + asked.step)
            )
            yield lever, (down, up)


def _moved(instance: DesignInstance, base: Design, standing: Standing | None, *, seed: int, budget_s: float) -> Moved:
    """Return what becomes of an instance, designed again or with what stands kept."""
    if standing is not None:
        kept = keep(build_model(instance), standing, seed=seed, budget_s=budget_s)
        if kept is None:
            return Moved(None, None, Status.INFEASIBLE)
        return Moved(kept.design.ledger_total, 0, Status.FEASIBLE)
    tried = attempt_design(instance, seed=seed, budget_s=budget_s)
    if tried.design is None:
        return Moved(None, None, tried.status)
    return Moved(tried.design.ledger_total, different_places(base.opened, tried.design.opened), tried.status)
