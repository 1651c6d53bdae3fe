"""A part of a program: some columns are free, all others stay at given values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from network_design.highs import ArrayProgram, Solution, solve_arrays
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray
from retour.vocabulary import Status


@dataclass(frozen=True)
class Whole:
    """A program's arrays, made once: rows by columns for slicing, costs and bounds."""

    by_column: sparse.csc_matrix
    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    row_lower: FloatArray
    row_upper: FloatArray
    whole: NDArray[np.bool_]

    @classmethod
    def of(cls, model: DesignModel) -> Whole:
        """Return the arrays of a model."""
        p = model.program
        return cls(p.matrix(), p.cost, p.lower, p.upper, p.row_lower, p.row_upper, p.whole)


def improved(
    whole: Whole, values: FloatArray, free: NDArray[np.int64], *, seed: int, budget_s: float, relative_gap: float
) -> FloatArray | None:
    """Return values that cost less, changed in the free columns only; None where none were found."""
    part = whole.by_column[:, free]
    rows = np.flatnonzero(np.diff(part.tocsr().indptr))
    own = values[free]
    rest = (whole.by_column @ values - part @ own)[rows]
    program = ArrayProgram(
        part[rows], whole.cost[free], whole.lower[free], whole.upper[free],
        whole.row_lower[rows] - rest, whole.row_upper[rows] - rest, whole.whole[free],
    )  # fmt: skip
    found = solve_arrays(program, seed=seed, budget_s=budget_s, start=own, relative_gap=relative_gap)
    if not _usable(found):
        return None
    better = values.copy()
    better[free] = np.where(whole.whole[free], np.round(found.values), found.values)
    return better if whole.cost @ better < whole.cost @ values - 1e-9 * abs(whole.cost @ values) else None


def _usable(found: Solution) -> bool:
    return found.status in (Status.OPTIMAL, Status.FEASIBLE) and len(found.values) > 0
