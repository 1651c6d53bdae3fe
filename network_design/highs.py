"""HiGHS behind two functions: programs with whole columns, and linear ones with prices. The only file that knows it.

Status and bound are read from the solver object itself.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

import highspy
import numpy as np
from highspy.highs import HighsCallbackEvent
from numpy.typing import NDArray
from scipy import sparse

from network_design.model.program import FloatArray, Program
from retour.errors import BackendError
from retour.vocabulary import Status

RELATIVE_GAP = 1e-9
LARGE_NONZEROS = 300_000
"""From here on the interior point method: simplex stalls on the largest relaxations."""
_INTEGER, _CONTINUOUS = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
_STATUS = {
    highspy.HighsModelStatus.kOptimal: Status.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: Status.INFEASIBLE,
    highspy.HighsModelStatus.kUnboundedOrInfeasible: Status.INFEASIBLE,
    highspy.HighsModelStatus.kTimeLimit: Status.FAILED,
    highspy.HighsModelStatus.kInterrupt: Status.FAILED,
    highspy.HighsModelStatus.kSolutionLimit: Status.FAILED,
    highspy.HighsModelStatus.kIterationLimit: Status.FAILED,
    highspy.HighsModelStatus.kUnknown: Status.FAILED,
}


@dataclass(frozen=True)
class Solution:
    """OPTIMAL, INFEASIBLE, FEASIBLE (stopped early with values) or FAILED (without).

    `bound` is the solver's own dual bound, None where it has none; `row_price` the duals of a linear program.
    """

    status: Status
    values: FloatArray
    bound: float | None
    row_price: FloatArray


@dataclass(frozen=True)
class Instead:
    """Figures that go before a program's own for one solution: costs and bounds of its columns."""

    cost: FloatArray | None = None
    lower: FloatArray | None = None
    upper: FloatArray | None = None


def solve_whole(
    program: Program, *, seed: int, budget_s: float, start: FloatArray | None = None, instead: Instead | None = None
) -> Solution:
    """Solve with whole columns to a relative gap of 1e-9, from the values `start` if given."""
    highs = _highs(seed=seed, budget_s=budget_s)
    highs.setOptionValue("mip_rel_gap", RELATIVE_GAP)
    highs.passModel(_to_highs(program, whole=program.whole, instead=instead))
    _start_from(highs, start)
    highs.run()
    return _solution(highs, mip=bool(program.whole.any()))


def solve_linear(
    program: Program, *, seed: int, budget_s: float, instead: Instead | None = None, prices_only: bool = False,
    rows: NDArray[np.bool_] | None = None, stopped: threading.Event | None = None,
) -> Solution:  # fmt: skip
    """Solve with no column whole; `prices_only` stops a large one at nearly best prices, without a corner.

    With `rows` only some rows count; the others have no price. FAILED soon after it is `stopped`.
    """
    highs = _highs(seed=seed, budget_s=budget_s)
    lp = _to_highs(program, whole=np.zeros(program.columns, dtype=bool), instead=instead, rows=rows)
    if len(lp.a_matrix_.value_) > LARGE_NONZEROS:
        highs.setOptionValue("solver", "ipm")
        highs.setOptionValue("run_crossover", "off" if prices_only else "on")
    highs.passModel(lp)
    _end_when(highs, stopped)
    highs.run()
    found = _solution(highs, mip=False)
    if rows is None or not len(found.row_price):
        return found
    price = np.zeros(len(rows))
    price[rows] = found.row_price
    return replace(found, row_price=price)


@dataclass(frozen=True)
class ArrayProgram:
    """A program as arrays: matrix (rows, columns), costs, bounds of columns and rows, which columns are whole."""

    matrix: sparse.csc_matrix
    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    row_lower: FloatArray
    row_upper: FloatArray
    whole: NDArray[np.bool_]


def whole_fixed(program: Program, values: FloatArray, bounds: Instead | None = None) -> Instead:
    """Return bounds (else the program's own) that also fix what is whole, as in `values`: the rest is linear."""
    own, fixed = bounds or Instead(), np.round(values)
    lower = program.lower if own.lower is None else own.lower
    upper = program.upper if own.upper is None else own.upper
    return replace(own, lower=np.where(program.whole, fixed, lower), upper=np.where(program.whole, fixed, upper))


def solve_arrays(
    program: ArrayProgram, *, seed: int, budget_s: float, relative_gap: float, start: FloatArray | None = None,
    stopped: threading.Event | None = None,
) -> Solution:  # fmt: skip
    """Solve a program given as arrays to a relative gap, from the values `start` if given; end soon after `stopped`."""
    highs = _highs(seed=seed, budget_s=budget_s)
    highs.setOptionValue("mip_rel_gap", relative_gap)
    matrix, lp = program.matrix.tocsc(), highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.cost, program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    _set_matrix(lp, matrix)
    lp.integrality_ = [_INTEGER if w else _CONTINUOUS for w in program.whole]
    highs.passModel(lp)
    _start_from(highs, start)
    _end_when(highs, stopped)
    highs.run()
    return _solution(highs, mip=bool(program.whole.any()))


def _end_when(highs: highspy.Highs, stopped: threading.Event | None) -> None:
    """Let a solver ask now and then whether it is stopped; simplex would ask at every step, and wait for an answer."""
    if stopped is None:
        return

    def look(event: HighsCallbackEvent) -> None:
        if stopped.is_set():
            event.interrupt()

    highs.cbMipInterrupt += look
    highs.cbIpmInterrupt += look


def _start_from(highs: highspy.Highs, start: FloatArray | None) -> None:
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        highs.setSolution(solution)


def _highs(*, seed: int, budget_s: float) -> highspy.Highs:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", seed % 2**31)
    if np.isfinite(budget_s):
        highs.setOptionValue("time_limit", max(0.0, budget_s))
    return highs


def _to_highs(
    program: Program, *, whole: NDArray[np.bool_], instead: Instead | None = None,
    rows: NDArray[np.bool_] | None = None,
) -> highspy.HighsLp:  # fmt: skip
    lp, matrix, other = highspy.HighsLp(), program.matrix(), instead or Instead()
    used = np.ones(program.rows, dtype=bool) if rows is None else rows
    matrix = matrix if rows is None else matrix[used]
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = program.cost if other.cost is None else other.cost
    lp.offset_ = program.offset if other.cost is None else 0.0
    lp.col_lower_ = program.lower if other.lower is None else other.lower
    lp.col_upper_ = program.upper if other.upper is None else other.upper
    lp.row_lower_, lp.row_upper_ = program.row_lower[used], program.row_upper[used]
    _set_matrix(lp, matrix)
    if whole.any():
        lp.integrality_ = [_INTEGER if w else _CONTINUOUS for w in whole]
    return lp


def _set_matrix(lp: highspy.HighsLp, matrix: sparse.csc_matrix) -> None:
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = matrix.data


def _solution(highs: highspy.Highs, *, mip: bool) -> Solution:
    info, solution, stopped = highs.getInfo(), highs.getSolution(), highs.getModelStatus()
    if stopped == highspy.HighsModelStatus.kUnbounded:
        raise BackendError("The design costs less and less without end: some cost or price of the tables is negative.")
    status = _STATUS.get(stopped)
    if status is None:
        raise BackendError(f"HiGHS stopped with {highs.modelStatusToString(stopped)}.")
    if status is Status.FAILED and info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        status = Status.FEASIBLE
    bound = info.mip_dual_bound if mip else info.objective_function_value if status is Status.OPTIMAL else -np.inf
    return Solution(
        status=status,
        values=np.array(solution.col_value, dtype=float),
        bound=float(bound) if np.isfinite(bound) else None,
        row_price=np.array(solution.row_dual, dtype=float),
    )
