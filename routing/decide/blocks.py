"""Rows of one kind of limit, before they are stacked: who uses how much of what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Use:
    """Option `option[i]` uses `amount[i]` units of row `row[i]`."""

    row: IntArray
    option: IntArray
    amount: FloatArray


NO_USE = Use(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


@dataclass(frozen=True)
class Block:
    """Rows of one kind of limit: (place, detail) names, capacities, use by collection (x), recovery (z), KEEP options,
    and by ways: what every recovery option of a way uses alike.

    `excess_eur` sells what goes beyond the capacity; inf: not for sale. `capacity` may be less than the tables state
    where the difference cannot be used anyway; `stated` is then what they state.
    """

    limit: str
    unit: str
    names: list[tuple[str, str]]
    capacity: FloatArray
    excess_eur: FloatArray | float = np.inf
    x: Use = NO_USE
    z: Use = NO_USE
    way: Use = NO_USE
    keep: Use = NO_USE
    stated: FloatArray | None = None


def use_one(row: IntArray, option: IntArray) -> Use:
    """Return use of one unit of `row[i]` by each option; row -1: no use."""
    return use_some(row, option, np.ones(len(row)))


def use_some(row: IntArray, option: IntArray, amount: FloatArray) -> Use:
    """Return use of `amount[i]` units of `row[i]` by each option; row -1: no use."""
    kept = row >= 0
    return Use(row[kept], option[kept], amount[kept])


def joined(uses: Iterable[Use]) -> Use:
    """Return all uses one after the other."""
    every = [NO_USE, *uses]
    return Use(
        np.concatenate([u.row for u in every]),
        np.concatenate([u.option for u in every]),
        np.concatenate([u.amount for u in every]),
    )


def row_of(members: IntArray, length: int) -> IntArray:
    """Return, for 0..length-1, the position in `members`, -1 for those that are not members."""
    row = np.full(length, -1, dtype=np.int64)
    row[members] = np.arange(len(members))
    return row


def distinct_rows(first: IntArray, second: IntArray, where: BoolArray) -> tuple[IntArray, IntArray]:
    """Return the distinct pairs (first, second) where asked, shape (rows, 2), and each place's pair, -1 elsewhere."""
    span = int(second.max(initial=0)) + 1
    keys, position = np.unique((first * span + second)[where], return_inverse=True)
    row = np.full(len(where), -1, dtype=np.int64)
    row[where] = position.ravel()
    return np.column_stack(np.divmod(keys, span)), row
