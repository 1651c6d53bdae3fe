"""What a night's planning yields: the answers of its solvers and the tables of the plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from retour.tables import RESULT_TABLES
from retour.tables.column import TEXT
from retour.vocabulary import Status

_WORST_FIRST = (Status.FAILED, Status.INFEASIBLE, Status.FEASIBLE, Status.OPTIMAL)


@dataclass(frozen=True)
class Answer:
    """What one solver proved: `objective_eur` found, `bound_eur` no plan can be below; None where there is none."""

    stage: str
    status: Status
    objective_eur: float | None
    bound_eur: float | None
    seconds: float
    engine: str
    note: str = ""

    @property
    def gap(self) -> float | None:
        """Relative distance of objective and bound, over the objective's size; None where there is no bound."""
        return relative_gap(self.objective_eur, self.bound_eur)


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Return (objective - bound) / max(|objective|, 1), never below zero; None when either is missing."""
    if objective is None or bound is None:
        return None
    return max(0.0, objective - bound) / max(abs(objective), 1.0)


@dataclass(frozen=True)
class Plan:
    """One planned night. `objective_eur` is what the solvers claim; the ledger must add up to the same cent."""

    instance_hash: str
    night: date
    objective_eur: float
    answers: tuple[Answer, ...]
    decisions: pd.DataFrame = field(repr=False)
    visits: pd.DataFrame = field(repr=False)
    stops: pd.DataFrame = field(repr=False)
    routes: pd.DataFrame = field(repr=False)
    ledger: pd.DataFrame = field(repr=False)
    prices: pd.DataFrame = field(repr=False)
    comparators: pd.DataFrame = field(repr=False)
    pickup: pd.DataFrame = field(repr=False, default_factory=lambda: shaped("pickup", pd.DataFrame()))
    rests: pd.DataFrame = field(repr=False, default_factory=lambda: shaped("rests", pd.DataFrame()))
    alerts: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """The weakest status of all answers."""
        return next((s for s in _WORST_FIRST if any(a.status == s for a in self.answers)), Status.FAILED)

    @property
    def ledger_total_eur(self) -> float:
        """Sum of the ledger."""
        return float(self.ledger["cost_eur"].sum())

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the plan's tables by name, in the order of the declarations."""
        return {n: getattr(self, n) for n in RESULT_TABLES if n != "violations"}


def shaped(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with exactly the declared columns of result table `name`, in order, absent ones empty."""
    table = RESULT_TABLES[name]
    out = frame.reindex(columns=table.column_names).reset_index(drop=True)
    # An empty column has no values to tell its type by.
    words = {c.name: "str" for c in table.columns if c.kind == TEXT and out[c.name].isna().all()}
    return out.astype(words)
