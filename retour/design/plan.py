"""A design: what is open when and how large, what flows where, and what is proven about it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from retour.plan import relative_gap
from retour.tables.column import TEXT
from retour.tables.design import DESIGN_RESULT_TABLES
from retour.vocabulary import Status


@dataclass(frozen=True)
class Design:
    """One design of an instance. `cost` is the solver's claim, discounted; the ledger must add up to it.

    No design costs less than `bound` (None: nothing is proven). Tables are DESIGN_RESULT_TABLES without violations.
    """

    instance_hash: str
    status: Status
    cost: float
    bound: float | None
    opened: pd.DataFrame = field(repr=False)
    flows: pd.DataFrame = field(repr=False)
    processed: pd.DataFrame = field(repr=False)
    handled: pd.DataFrame = field(repr=False)
    served: pd.DataFrame = field(repr=False)
    ledger: pd.DataFrame = field(repr=False)
    emissions: pd.DataFrame = field(repr=False)
    prices: pd.DataFrame = field(repr=False)
    note: str = ""

    @property
    def gap(self) -> float | None:
        """(cost - bound) / |cost|, never negative; None without a bound."""
        return relative_gap(self.cost, self.bound)

    @property
    def ledger_total(self) -> float:
        """Sum of the ledger, discounted."""
        return float(self.ledger["present_cost"].sum())

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the design's tables by name, in the order of the declarations."""
        return {n: getattr(self, n) for n in DESIGN_RESULT_TABLES if n != "violations"}


def shaped(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with exactly the declared columns of a result table, in order, absent ones empty."""
    table = DESIGN_RESULT_TABLES[name]
    out = frame.reindex(columns=table.column_names).reset_index(drop=True)
    words = {c.name: "str" for c in table.columns if c.kind == TEXT and out[c.name].isna().all()}
    return out.astype(words)
