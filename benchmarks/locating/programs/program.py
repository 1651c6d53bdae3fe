"""A mixed-integer program as arrays, and the way back from its values to a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from network_design.locate.answer import LocationAnswer
from retour.vocabulary import Status

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
HALF = 0.5  # from here on a binary variable counts as one


@dataclass(frozen=True)
class Block:
    """Rows of one family: row k sums `value` x variable over the columns in line k of `column` (rows, terms).

    `value` is broadcast to that shape, `lower` and `upper` to the rows.
    """

    column: IntArray
    value: ArrayLike
    lower: ArrayLike = -np.inf
    upper: ArrayLike = np.inf


@dataclass(frozen=True)
class Program:
    """Minimise cost x variable, each from 0 to `upper` and whole where `whole`, within the limits of the rows.

    `plan` turns values into the plan they mean.
    """

    cost: FloatArray
    upper: FloatArray
    whole: NDArray[np.bool_]
    matrix: sparse.csr_matrix
    row_lower: FloatArray
    row_upper: FloatArray
    plan: Callable[[FloatArray], LocationAnswer]

    def size(self) -> dict[str, int]:
        """Return columns, rows and nonzeros."""
        rows, columns = self.matrix.shape
        return {"columns": columns, "rows": rows, "nonzeros": int(self.matrix.nnz)}


def program(
    cost: FloatArray, upper: FloatArray, whole: NDArray[np.bool_], blocks: Sequence[Block],
    plan: Callable[[FloatArray], LocationAnswer],
) -> Program:  # fmt: skip
    """Stack the families of rows."""
    matrices = [_matrix(block, len(cost)) for block in blocks]
    limits = [np.concatenate([_limit(block, side) for block in blocks]) for side in ("lower", "upper")]
    return Program(cost, upper, whole, sparse.vstack(matrices, format="csr"), limits[0], limits[1], plan)


def _matrix(block: Block, columns: int) -> sparse.csr_matrix:
    rows, terms = block.column.shape
    value = np.broadcast_to(np.asarray(block.value, dtype=float), block.column.shape).flatten()
    start = np.arange(rows + 1) * terms
    matrix = sparse.csr_matrix((value, block.column.flatten(), start), shape=(rows, columns))
    matrix.eliminate_zeros()
    return matrix


def _limit(block: Block, side: str) -> FloatArray:
    limit = np.asarray(getattr(block, side), dtype=float)
    return np.broadcast_to(limit, (len(block.column),))


def open_where(values: FloatArray) -> tuple[int, ...]:
    """Return where a binary variable is one."""
    return tuple(np.flatnonzero(values > HALF).tolist())


def a_plan(**parts: object) -> LocationAnswer:
    """Return a plan; what it costs and what is proven is told apart from it."""
    return LocationAnswer(Status.FEASIBLE, cost=None, bound=None, **parts)  # type: ignore[arg-type]
