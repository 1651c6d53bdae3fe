"""SCIP through OR-Tools' linear solver wrapper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.locating.programs.of import program_of
from benchmarks.locating.programs.program import Program
from benchmarks.locating.question import Question
from benchmarks.locating.solved import tell_built, tell_solved
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.journal import BUILD, SOLVE
from benchmarks.measuring.telling import Telling

if TYPE_CHECKING:
    from ortools.linear_solver import pywraplp

MS_PER_S = 1000


class ByScip:
    """SCIP with its default parameters; in OR-Tools it has one thread."""

    def refusal(self, question: Question) -> str | None:
        """It takes every program."""
        from ortools.linear_solver import pywraplp

        return None if pywraplp.Solver.SupportsProblemType(pywraplp.Solver.SCIP_MIXED_INTEGER_PROGRAMMING) else "absent"

    def run(self, question: Question, problem: Any, *, seed: int, clock: Clock, telling: Telling) -> None:
        """Build the model coefficient by coefficient, which is the only way it has, and solve."""
        from ortools.linear_solver import pywraplp

        with telling.stage(BUILD):
            program = program_of(question.kind, problem)
            solver = pywraplp.Solver.CreateSolver("SCIP")
            variables = to_scip(program, solver)
        tell_built(program, clock=clock, telling=telling)
        solver.SetTimeLimit(int(clock.left_s * MS_PER_S))
        with telling.stage(SOLVE):
            status, objective = solver.Solve(), solver.Objective()
            is_plan = status in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE)
            values = np.array([variable.solution_value() for variable in variables]) if is_plan else None
            cost = objective.Value() if is_plan else np.nan
            tell_solved(program, values, cost=cost, bound=objective.BestBound(), clock=clock, telling=telling)


def to_scip(program: Program, solver: pywraplp.Solver) -> list[pywraplp.Variable]:
    """Put the program into the solver and return its variables."""
    highest = np.where(np.isinf(program.upper), solver.infinity(), program.upper).tolist()
    variables = [
        solver.Var(0.0, most, whole, f"v{k}")
        for k, (most, whole) in enumerate(zip(highest, program.whole.tolist(), strict=True))
    ]
    for variable, cost in zip(variables, program.cost.tolist(), strict=True):
        solver.Objective().SetCoefficient(variable, cost)
    matrix = program.matrix
    for row, (start, end) in enumerate(zip(matrix.indptr[:-1].tolist(), matrix.indptr[1:].tolist(), strict=True)):
        constraint = solver.RowConstraint(float(program.row_lower[row]), float(program.row_upper[row]), "")
        columns, values = matrix.indices[start:end].tolist(), matrix.data[start:end].tolist()
        for k, value in zip(columns, values, strict=True):
            constraint.SetCoefficient(variables[k], value)
    solver.Objective().SetMinimization()
    return variables


BY_SCIP = ByScip()
