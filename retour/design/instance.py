"""A validated design network: settings and tables, and what every reader of them needs to know of periods."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from dataclasses import replace as dataclass_replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.design.arcs import arcs_of
from retour.design.series import by_period
from retour.design.settings import DesignSettings
from retour.instance import row_hashes
from retour.tables.design import DESIGN_TABLES

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class DesignInstance:
    """A design network behind the gate; it does not change. Tables have every declared column in declared order."""

    settings: DesignSettings
    tables: dict[str, pd.DataFrame] = field(repr=False)
    _series: dict[str, pd.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def periods(self) -> int:
        """How many periods there are; they are numbered from 1."""
        return len(self.tables["periods"])

    @cached_property
    def discount(self) -> FloatArray:
        """What one unit of money paid in each period is worth at the start, shape (periods,)."""
        table = self.tables["periods"].sort_values("period")
        years = table["years_from_start"].fillna(table["period"] - 1).to_numpy(float)
        factor: FloatArray = (1 + self.settings.discount_rate) ** -years
        return factor

    def series(self, name: str) -> pd.DataFrame:
        """Return a table whose figures change over time with a row per key and period (1, 2, ...), sorted by them."""
        if name not in self._series:
            keys = [k for k in DESIGN_TABLES[name].key if k != "period"]
            self._series[name] = by_period(self.tables[name], keys, self.periods)
        return self._series[name]

    @cached_property
    def arcs(self) -> pd.DataFrame:
        """Every product on every way it may take: from_id, to_id, mode, product_id, distance_km, cost_per_t,
        capacity_t (of the whole way), days (empty: as its mode says), sorted by the first four."""
        return arcs_of(self.tables, circuity=self.settings.circuity)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of settings and every table: equal inputs, equal hash."""
        digest = hashlib.sha256(json.dumps(self.settings.model_dump(mode="json"), sort_keys=True).encode())
        for name in sorted(self.tables):
            frame = self.tables[name]
            digest.update(f"{name}:{list(frame.columns)}:{len(frame)}".encode())
            digest.update(row_hashes(frame).tobytes())
        return digest.hexdigest()

    def replace(self, *, settings: DesignSettings | None = None, **tables: pd.DataFrame) -> DesignInstance:
        """Return a variant with other settings or tables; tables must be as the gate leaves them.

        Raises KeyError for an undeclared table and ValueError for missing columns.
        """
        for name, frame in tables.items():
            missing = set(DESIGN_TABLES[name].column_names) - set(frame.columns)
            if missing:
                raise ValueError(f"{name} lacks columns {sorted(missing)}")
        fresh = {n: f.reset_index(drop=True) for n, f in tables.items()}
        return dataclass_replace(self, settings=settings or self.settings, tables={**self.tables, **fresh})
