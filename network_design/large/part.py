"""A part of a program: some columns are free, all others stay at given values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from network_design.highs import ArrayProgram, solve_arrays
from network_design.model.program import FloatArray, IntArray, Program
from retour.vocabulary import Status


def arrays_of(p: Program) -> ArrayProgram:
    """Return a program as arrays, made once for many parts."""
    return ArrayProgram(p.matrix(), p.cost, p.lower, p.upper, p.row_lower, p.row_upper, p.whole)


@dataclass(frozen=True)
class Part:
    """Some columns of a program, `free`, and the rows they stand in: their `matrix`, present values `own`, what they
    make of the rows, `activity`, and what all other columns make of them, `rest`."""

    whole: ArrayProgram
    free: IntArray
    rows: IntArray
    matrix: sparse.csc_matrix
    own: FloatArray
    activity: FloatArray
    rest: FloatArray

    @classmethod
    def of(cls, whole: ArrayProgram, values: FloatArray, free: IntArray) -> Part:
        """Return the part of the free columns at given values."""
        columns, own = whole.matrix[:, free], values[free]
        rows = np.flatnonzero(np.diff(columns.tocsr().indptr))
        matrix = columns[rows].tocsc()
        activity = matrix @ own
        rest = (whole.matrix @ values)[rows] - activity
        return cls(whole, free, rows, matrix, own, activity, rest)

    def solved(
        self, cost: FloatArray, row_lower: FloatArray, row_upper: FloatArray, *, seed: int, budget_s: float,
        relative_gap: float,
    ) -> FloatArray | None:  # fmt: skip
        """Return the best values of the free columns, whole ones exact, at their costs and within bounds of what they
        make of the rows; None where none are found."""
        w, free = self.whole, self.free
        program = ArrayProgram(
            self.matrix, cost, w.lower[free], w.upper[free], row_lower, row_upper, w.whole[free]
        )  # fmt: skip
        found = solve_arrays(program, seed=seed, budget_s=budget_s, start=self.own, relative_gap=relative_gap)
        if found.status not in (Status.OPTIMAL, Status.FEASIBLE) or not len(found.values):
            return None
        return np.where(w.whole[free], np.round(found.values), found.values)


def improved(
    whole: ArrayProgram, values: FloatArray, free: IntArray, *, seed: int, budget_s: float, relative_gap: float
) -> FloatArray | None:
    """Return values that cost less, changed in the free columns only; None where none were found."""
    part = Part.of(whole, values, free)
    lower, upper = whole.row_lower[part.rows] - part.rest, whole.row_upper[part.rows] - part.rest
    found = part.solved(whole.cost[free], lower, upper, seed=seed, budget_s=budget_s, relative_gap=relative_gap)
    if found is None:
        return None
    better = values.copy()
    better[free] = found
    return better if whole.cost @ better < whole.cost @ values - 1e-9 * abs(whole.cost @ values) else None
