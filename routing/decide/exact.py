"""HiGHS behind two functions: one for linear relaxations, one for whole models. The only file that knows it.

One thread and a fixed seed: the same model gives the same answer, byte for byte, unless time runs out.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from retour.errors import BackendError
from retour.vocabulary import Status
from routing.decide.model import Model

FloatArray = NDArray[np.float64]
SMALL_NONZEROS = 200_000
"""Up to here simplex; beyond, interior point with crossover, which does not stall on the largest relaxations."""
ABSOLUTE_GAP_EUR = 1e-4
MAX_NODES = 5_000
"""Ends a proof that does not come, the same way on every machine."""
PRIMAL_SIMPLEX = 4
_INTEGER, _CONTINUOUS = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
_STATUS = {
    highspy.HighsModelStatus.kOptimal: Status.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: Status.INFEASIBLE,
    highspy.HighsModelStatus.kUnboundedOrInfeasible: Status.INFEASIBLE,
    highspy.HighsModelStatus.kTimeLimit: Status.FAILED,
    highspy.HighsModelStatus.kInterrupt: Status.FAILED,
    highspy.HighsModelStatus.kSolutionLimit: Status.FAILED,
    highspy.HighsModelStatus.kIterationLimit: Status.FAILED,
}


@dataclass(frozen=True)
class Solution:
    """OPTIMAL, INFEASIBLE, FEASIBLE (stopped early with values) or FAILED (without); `bound` is the solver's own."""

    status: Status
    values: FloatArray
    row_duals: FloatArray
    objective: float
    bound: float


def solve_relaxation(model: Model, *, seed: int, time_limit_s: float) -> Solution:
    """Solve the model with its binaries relaxed; values and row duals are complete only when OPTIMAL."""
    interior = model.matrix.nnz > SMALL_NONZEROS
    highs = _highs(seed=seed, time_limit_s=time_limit_s)
    highs.setOptionValue("solver", "ipm" if interior else "simplex")
    highs.setOptionValue("run_crossover", "on")
    highs.passModel(_to_highs(model, integral=False))
    highs.run()
    if highs.getModelStatus() == highspy.HighsModelStatus.kUnknown:
        # A large model may end just short of its dual tolerance; primal simplex cleans up from that basis.
        highs.setOptionValue("solver", "simplex")
        highs.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
        highs.run()
    unknown = highs.getModelStatus() == highspy.HighsModelStatus.kUnknown
    return _solution(highs, nearly=unknown and _has_values(highs))


def solve_integral(
    model: Model, *, seed: int, time_limit_s: float, start: FloatArray | None = None, max_nodes: int = MAX_NODES
) -> Solution:
    """Solve the model to a hundredth of a cent, from the values `start` if given; FEASIBLE when a limit came first."""
    highs = _highs(seed=seed, time_limit_s=time_limit_s)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", ABSOLUTE_GAP_EUR)
    highs.setOptionValue("mip_max_nodes", max_nodes)
    highs.passModel(_to_highs(model, integral=True))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        highs.setSolution(solution)
    highs.run()
    return _solution(highs)


def _highs(*, seed: int, time_limit_s: float) -> highspy.Highs:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", seed % 2**31)
    if np.isfinite(time_limit_s):
        highs.setOptionValue("time_limit", max(0.0, time_limit_s))
    return highs


def _to_highs(model: Model, *, integral: bool) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = model.matrix.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.cost, np.zeros(len(model.cost)), model.upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = model.matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = model.matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = model.matrix.data
    if integral:
        lp.integrality_ = [_INTEGER if whole else _CONTINUOUS for whole in model.whole]
    return lp


def _solution(highs: highspy.Highs, *, nearly: bool = False) -> Solution:
    """Read the answer; `nearly` takes a feasible basis for the best one (its prices prove a bound of their own)."""
    info, solution = highs.getInfo(), highs.getSolution()
    status = Status.OPTIMAL if nearly else _STATUS.get(highs.getModelStatus())
    if status is None:
        raise BackendError(f"HiGHS stopped with {highs.modelStatusToString(highs.getModelStatus())}.")
    if status is Status.FAILED and _has_values(highs):
        status = Status.FEASIBLE
    return Solution(
        status=status,
        values=np.array(solution.col_value, dtype=float),
        row_duals=np.array(solution.row_dual, dtype=float),
        objective=float(info.objective_function_value),
        bound=float(info.mip_dual_bound),
    )


def _has_values(highs: highspy.Highs) -> bool:
    return bool(highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible)
