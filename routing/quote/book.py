"""What is left of every shared limit while customers choose one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.quote.shelf import Shelf, Uses

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
ROUNDING = 1e-9


@dataclass(frozen=True)
class Need:
    """What one alternative uses: `amount[i]` units of limit `row[i]`."""

    row: tuple[int, ...]
    amount: tuple[float, ...]


class Book:
    """Room left per limit (rows + 1,), the last never used up; limits whose excess is sold never are either."""

    def __init__(self, shelf: Shelf) -> None:
        """Open a book in which nothing is promised yet."""
        self.stated = np.append(shelf.capacity, np.inf)
        hard = np.append(np.isinf(shelf.excess_eur), True)
        self.left: FloatArray = np.where(hard, self.stated, np.inf)
        self.used: FloatArray = np.zeros(len(self.left))

    def fits(self, uses: Uses, options: IntArray) -> NDArray[np.bool_]:
        """Return which of the options find room, shape (len(options),)."""
        return np.asarray((uses.amount[options] <= self.left[uses.row[options]] + ROUNDING).all(axis=1))

    def has(self, row: int, amount: float) -> bool:
        """Return whether so much is left of one limit; row -1: no such limit."""
        return row < 0 or amount <= self.left[row] + ROUNDING

    def first_lacking(self, uses: Uses, option: int) -> int:
        """Return the row of the first limit of which an option finds too little left, -1 where it fits."""
        lacking = np.flatnonzero(uses.amount[option] > self.left[uses.row[option]] + ROUNDING)
        return int(uses.row[option, lacking[0]]) if len(lacking) else -1

    def enter(self, need: Need) -> None:
        """Promise what an alternative needs."""
        self._move(need.row, need.amount, 1.0)

    def strike(self, need: Need) -> None:
        """Take a promise back."""
        self._move(need.row, need.amount, -1.0)

    def _move(self, row: Sequence[int], amount: Sequence[float], sign: float) -> None:
        for i, units in zip(row, amount, strict=True):
            self.left[i] -= sign * units
            self.used[i] += sign * units
