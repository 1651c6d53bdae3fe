"""HiGHS given the program as arrays, without a modelling layer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.locating.plan import write_plan
from benchmarks.locating.programs.of import program_of
from benchmarks.locating.programs.program import Program
from benchmarks.locating.question import Question
from benchmarks.locating.solved import CORES, proven, tell_built, tell_solved
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.journal import BUILD, SOLVE
from benchmarks.measuring.telling import Telling

if TYPE_CHECKING:
    import highspy


class ByHighs:
    """HiGHS with its default parameters, all cores, and no gap that it may be content with."""

    def refusal(self, question: Question) -> str | None:
        """It takes every program."""
        import highspy  # noqa: F401  # while loading, not while solving

        return None

    def run(self, question: Question, problem: Any, *, seed: int, clock: Clock, telling: Telling) -> None:
        """Build, solve, and keep every better plan that it tells through its callback."""
        with telling.stage(BUILD):
            program = program_of(question.kind, problem)
            highs = _highs(program, seed=seed)
        tell_built(program, clock=clock, telling=telling)
        highs.cbMipImprovingSolution.subscribe(partial(_keep, program, telling))
        highs.setOptionValue("time_limit", clock.left_s)
        with telling.stage(SOLVE):
            highs.run()
            tell_highs(highs, program, clock=clock, telling=telling)


def _highs(program: Program, *, seed: int) -> highspy.Highs:
    import highspy

    highs = highspy.Highs()
    for option, value in {"output_flag": False, "threads": CORES, "random_seed": seed, "mip_rel_gap": 0.0}.items():
        highs.setOptionValue(option, value)
    _pass(program, highs)
    return highs


def _pass(program: Program, highs: highspy.Highs) -> None:
    """Hand the program over as arrays, which HiGHS takes as they are."""
    import highspy

    rows, columns = program.matrix.shape
    a_format, sense = int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize)
    matrix = program.matrix
    highs.passModel(
        columns, rows, matrix.nnz, a_format, sense, 0.0, program.cost, np.zeros(columns), program.upper,
        program.row_lower, program.row_upper, matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32),
        matrix.data, program.whole.astype(np.int32),
    )  # fmt: skip


def _keep(program: Program, telling: Telling, event: Any) -> None:
    """Tell a better plan, in case the time is over before HiGHS looks at the clock."""
    found = event.data_out
    values = np.array(found.mip_solution)
    telling.found({"bound": proven(found.mip_dual_bound)})
    telling.better(float(found.objective_function_value), lambda path: write_plan(program.plan(values), path))


def tell_highs(highs: highspy.Highs, program: Program, *, clock: Clock, telling: Telling) -> None:
    """Tell what HiGHS found, its own bound with it."""
    import highspy

    told, solution = highs.getInfo(), highs.getSolution()
    is_plan = told.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(solution.col_value) if is_plan else None
    telling.found({"status": highs.modelStatusToString(highs.getModelStatus())})
    tell_solved(
        program, values, cost=told.objective_function_value, bound=told.mip_dual_bound, clock=clock, telling=telling
    )


BY_HIGHS = ByHighs()
