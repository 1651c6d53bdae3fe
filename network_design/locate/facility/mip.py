"""Mixed-integer and linear programs from arrays, solved by HiGHS; bounds are the solver object's own."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from retour.errors import BackendError

FloatArray = NDArray[np.float64]

_INTEGER, _CONTINUOUS = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
_LIMITS = {
    highspy.HighsModelStatus.kTimeLimit,
    highspy.HighsModelStatus.kInterrupt,
    highspy.HighsModelStatus.kSolutionLimit,
    highspy.HighsModelStatus.kObjectiveBound,
}


@dataclass(frozen=True)
class Program:
    """Minimise cost x with low <= x <= high, row_low <= rows x <= row_high, and x whole where `whole` says so."""

    cost: FloatArray
    low: FloatArray
    high: FloatArray
    whole: NDArray[np.bool_]
    rows: csc_array
    row_low: FloatArray
    row_high: FloatArray


@dataclass(frozen=True)
class ProgramAnswer:
    """Values (None: no solution was found), their cost, and a lower bound of every cost below the cutoff.

    `infeasible`: it is proven that nothing (below the cutoff) exists; the bound is then inf. `row_price` are the row
    duals of a linear program.
    """

    values: FloatArray | None
    cost: float
    bound: float
    infeasible: bool
    row_price: FloatArray


def solve_program(
    program: Program,
    *,
    seed: int,
    time_limit_s: float,
    start: FloatArray | None = None,
    cutoff: float = np.inf,
    relative_gap: float = 0.0,
    threads: int = 1,
) -> ProgramAnswer:
    """Solve the program within the limit, from `start` if given; only costs below `cutoff` are looked for."""
    highs = highspy.Highs()
    options = {"output_flag": False, "threads": threads, "random_seed": seed % 2**31, "mip_rel_gap": relative_gap,
               "mip_abs_gap": 1e-6, "time_limit": max(0.0, time_limit_s), "objective_bound": cutoff}  # fmt: skip
    for option, value in options.items():
        highs.setOptionValue(option, value)
    highs.passModel(_to_highs(program))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        highs.setSolution(solution)
    highs.run()
    return _from_highs(highs, integral=bool(program.whole.any()))


def _to_highs(program: Program) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = program.rows.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.cost, program.low, program.high
    lp.row_lower_, lp.row_upper_ = program.row_low, program.row_high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = program.rows.indptr.astype(np.int32)
    lp.a_matrix_.index_ = program.rows.indices.astype(np.int32)
    lp.a_matrix_.value_ = program.rows.data
    if program.whole.any():
        lp.integrality_ = [_INTEGER if whole else _CONTINUOUS for whole in program.whole]
    return lp


def _from_highs(highs: highspy.Highs, *, integral: bool) -> ProgramAnswer:
    status, info, solution = highs.getModelStatus(), highs.getInfo(), highs.getSolution()
    infeasible = status == highspy.HighsModelStatus.kInfeasible
    optimal = status == highspy.HighsModelStatus.kOptimal
    if not (infeasible or optimal or status in _LIMITS):
        raise BackendError(f"HiGHS stopped with {highs.modelStatusToString(status)}.")
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    cost = float(info.objective_function_value) if found else np.inf
    bound = np.inf if infeasible else float(info.mip_dual_bound) if integral else cost if optimal else -np.inf
    return ProgramAnswer(
        values=np.array(solution.col_value, dtype=np.float64) if found else None,
        cost=cost,
        bound=bound,
        infeasible=infeasible,
        row_price=np.array(solution.row_dual, dtype=np.float64),
    )
