"""The totals of the books beside those of the model, and which of them break others down."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from network_design.baseline.measures import SELECTORS, Measures
from network_design.baseline.tables import WITH_TONNES

MEASURES = ("cost", "quantity_t", "distance_t_km")
NOTHING = 1e-9


@dataclass(frozen=True)
class Total:
    """One total: what it covers, and its figures by measure in the books and in the model.

    `scope` holds the cells that the books give, by column. `parts` are the lines of finer totals of the same.
    A measure that the books do not give is not in `books`; where flows were seen, `seen` may tell it.
    """

    line: int
    activities: tuple[str, ...]
    scope: Mapping[str, Any]
    tolerance: float
    books: Mapping[str, float]
    model: Mapping[str, float]
    parts: tuple[int, ...] = ()
    seen: Mapping[str, float] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What it covers, in words."""
        said = {"place_id": "{}", "to_id": "to {}", "mode": "by {}", "product_id": "of {}", "period": "in period {}"}
        where = " ".join(said[name].format(value) for name, value in self.scope.items())
        return f"{' and '.join(self.activities)} {where}".strip()

    @property
    def counts_tonnes(self) -> bool:
        """Whether its tonnes are known of the model."""
        return set(self.activities) <= set(WITH_TONNES)

    def deviation(self, measure: str) -> float:
        """Return model less books."""
        return self.model[measure] - self.books[measure]

    def fits(self, measure: str) -> bool:
        """Say whether a measure deviates by no more than the tolerance."""
        return abs(self.deviation(measure)) <= self.tolerance * abs(self.books[measure]) + NOTHING

    def ratio(self, measure: str) -> float | None:
        """Return model over books; None where neither books nor what was seen say, or where one is nothing.

        Figures of another sign have no ratio either.
        """
        told = {**self.seen, **self.books}
        if measure not in told:
            return None
        model, books = self.model[measure], told[measure]
        return model / books if model * books > NOTHING**2 else None


def totals_of(books: pd.DataFrame, measures: Measures) -> tuple[Total, ...]:
    """Return every total of the table ACTUALS (with `line`) beside what a design has, in the order of the file."""
    found = [_total(row, measures) for row in books.to_dict("records")]
    return tuple(_with_parts(total, found) for total in found)


def in_scope(rows: pd.DataFrame, scope: Mapping[str, Any]) -> np.ndarray:
    """Say which rows a scope covers; columns that the rows do not have are not asked about."""
    inside = np.ones(len(rows), dtype=bool)
    for column, value in scope.items():
        if column in rows:
            inside &= (rows[column] == value).to_numpy(bool)
    return inside


def outside(totals: Sequence[Total]) -> int:
    """Return how many figures of the books deviate beyond their tolerance."""
    return sum(not total.fits(measure) for total in totals for measure in total.books)


def cost_deviation(totals: Sequence[Total]) -> float:
    """Return the deviations of cost as they stand, added up over totals that no finer one breaks down."""
    return float(sum(abs(t.deviation("cost")) for t in totals if "cost" in t.books and not t.parts))


def calibration_rows(totals: Sequence[Total]) -> list[dict[str, Any]]:
    """Return a row of CALIBRATION per figure of the books, without what tells why."""
    return [
        {
            "line": total.line, "total": total.words, "measure": measure, "model": total.model[measure],
            "books": total.books[measure], "deviation": total.deviation(measure),
            "deviation_share": total.deviation(measure) / abs(total.books[measure]) if total.books[measure] else None,
            "fits": total.fits(measure),
        }
        for total in totals for measure in MEASURES if measure in total.books
    ]  # fmt: skip


def _total(row: dict[str, Any], measures: Measures) -> Total:
    activities = tuple(row["activity"])
    given = {name: row[name] for name in SELECTORS if not pd.isna(row[name]) and row[name] != 0}
    cost = measures.cost[measures.cost["activity"].isin(activities) & in_scope(measures.cost, given)]
    counted = {WITH_TONNES[a] for a in activities if a in WITH_TONNES}
    amounts = measures.quantities[measures.quantities["counted"].isin(counted) & in_scope(measures.quantities, given)]
    model = {"cost": cost["cost"].sum(), "quantity_t": amounts["quantity_t"].sum(),
             "distance_t_km": amounts["distance_t_km"].sum()}  # fmt: skip
    return Total(
        line=int(row["line"]), activities=activities, scope=given, tolerance=float(row["tolerance"]),
        books={name: float(row[name]) for name in MEASURES if not math.isnan(row[name])},
        model={name: float(value) for name, value in model.items()},
    )  # fmt: skip


def _with_parts(total: Total, every: Sequence[Total]) -> Total:
    """Return a total with the lines of those of the same activities that lie strictly within it."""
    own = set(total.scope.items())
    parts = tuple(t.line for t in every if t.activities == total.activities and set(t.scope.items()) > own)
    return replace(total, parts=parts)
