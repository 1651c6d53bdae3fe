"""A mixed integer program in the making: blocks of columns and families of rows, each keyed by a table and periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Bounds = FloatArray | float
Term = tuple[IntArray, IntArray, FloatArray]
"""Lines of a family, columns and factors, three arrays of one shape."""


@dataclass(frozen=True)
class Family:
    """Rows of one kind: `keys` has a line per row of the family, `start` is the first row of the program.

    `lower` and `upper` bound them, shape (n,). `kind` is the word for it in prices and reasons.
    """

    kind: str
    start: int
    keys: pd.DataFrame
    lower: FloatArray
    upper: FloatArray

    @property
    def stop(self) -> int:
        """One after the last row."""
        return self.start + len(self.lower)


@dataclass
class Program:
    """Minimise cost x + offset over lower <= x <= upper, rows within their bounds, some columns whole."""

    offset: float = 0.0
    families: list[Family] = field(default_factory=list)
    _cost: list[FloatArray] = field(default_factory=list)
    _lower: list[FloatArray] = field(default_factory=list)
    _upper: list[FloatArray] = field(default_factory=list)
    _whole: list[NDArray[np.bool_]] = field(default_factory=list)
    _entries: list[tuple[IntArray, IntArray, FloatArray]] = field(default_factory=list)
    columns: int = 0
    rows: int = 0

    def copied(self) -> Program:
        """Return a program of its own with the same columns and rows, to which more may be added."""
        return Program(
            self.offset, list(self.families), [cost.copy() for cost in self._cost], list(self._lower),
            list(self._upper), list(self._whole), list(self._entries), self.columns, self.rows,
        )  # fmt: skip

    def add_columns(
        self, shape: tuple[int, ...], *, lower: Bounds = 0.0, upper: Bounds = np.inf, whole: bool = False
    ) -> IntArray:
        """Add a column per cell of `shape` and return their numbers in that shape; they cost nothing yet."""
        size = int(np.prod(shape))
        numbers = np.arange(self.columns, self.columns + size).reshape(shape)
        self.columns += size
        self._cost.append(np.zeros(size))
        self._lower.append(np.broadcast_to(np.asarray(lower, dtype=float), shape).ravel().copy())
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=float), shape).ravel().copy())
        self._whole.append(np.full(size, whole))
        return numbers

    def add_cost(self, columns: IntArray, cost: Bounds) -> None:
        """Add to the cost of columns; shapes must agree or broadcast, and a column may come more than once."""
        self._settle_columns()
        np.add.at(self._cost[0], columns.ravel(), np.broadcast_to(cost, columns.shape).ravel())

    def scale_costs(self, factor: float) -> None:
        """Let everything cost so many times as much."""
        self._settle_columns()
        self._cost[0] = self._cost[0] * factor
        self.offset *= factor

    def add_rows(
        self, kind: str, keys: pd.DataFrame, terms: Sequence[Term], *,
        lower: Bounds = -np.inf, upper: Bounds = np.inf,
    ) -> None:  # fmt: skip
        """Add a row per line of `keys`. A term is (line of keys, column, factor), arrays of one shape."""
        count = len(keys)
        if count == 0:
            return
        for line, column, factor in terms:
            used = factor.ravel() != 0
            self._entries.append((line.ravel()[used] + self.rows, column.ravel()[used], factor.ravel()[used]))
        bounds = [np.broadcast_to(np.asarray(b, dtype=float), (count,)).copy() for b in (lower, upper)]
        self.families.append(Family(kind, self.rows, keys.reset_index(drop=True), *bounds))
        self.rows += count

    def family(self, kind: str) -> Family | None:
        """Return the first family of a kind; None where it has no rows."""
        return next((f for f in self.families if f.kind == kind), None)

    def add_terms(self, rows: IntArray, columns: IntArray, factor: float) -> None:
        """Let columns take part in rows that are there already."""
        self._entries.append((rows.ravel(), columns.ravel(), np.full(rows.size, factor)))

    @property
    def cost(self) -> FloatArray:
        """Cost of each column."""
        self._settle_columns()
        return self._cost[0]

    @property
    def lower(self) -> FloatArray:
        """Lower bound of each column."""
        self._settle_columns()
        return self._lower[0]

    @property
    def upper(self) -> FloatArray:
        """Upper bound of each column."""
        self._settle_columns()
        return self._upper[0]

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Which columns must be whole numbers."""
        self._settle_columns()
        return self._whole[0]

    @property
    def row_lower(self) -> FloatArray:
        """Lower bound of each row."""
        return np.concatenate([f.lower for f in self.families]) if self.families else np.zeros(0)

    @property
    def row_upper(self) -> FloatArray:
        """Upper bound of each row."""
        return np.concatenate([f.upper for f in self.families]) if self.families else np.zeros(0)

    def cost_of(self, values: FloatArray) -> float:
        """Return what values of the columns cost."""
        return float(self.cost @ values + self.offset)

    def matrix(self) -> sparse.csc_matrix:
        """Return the coefficients, shape (rows, columns)."""
        parts = [np.concatenate(p) for p in zip(*self._entries, strict=True)] if self._entries else [np.zeros(0)] * 3
        row, column, factor = parts
        return sparse.csc_matrix((factor, (row, column)), shape=(self.rows, self.columns))

    def _settle_columns(self) -> None:
        """Make one array of what was added block by block."""
        if len(self._whole) != 1:
            for parts in (self._cost, self._lower, self._upper):
                parts[:] = [np.concatenate([np.zeros(0), *parts])]
            self._whole[:] = [np.concatenate([np.zeros(0, dtype=bool), *self._whole])]
