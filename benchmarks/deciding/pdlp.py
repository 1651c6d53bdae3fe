"""OR-Tools PDLP (Applegate et al. 2021, arXiv 2106.04756) on the linear program, on all cores."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.deciding.linear import Linear, linear_program, proven
from benchmarks.measuring.journal import BUILD, SOLVE, VERIFY, Journal
from retour.instance import Instance
from routing.decide.deadline import Deadline

if TYPE_CHECKING:
    from ortools.pdlp.python import pdlp

COARSE, FINE = 1e-4, 1e-6


def coarse(instance: Instance, *, seed: int, deadline: Deadline, journal: Journal) -> None:
    """Solve until residuals and gap are below 1e-4, PDLP's customary tolerance. It draws nothing from a seed."""
    _solve(instance, COARSE, deadline=deadline, journal=journal)


def fine(instance: Instance, *, seed: int, deadline: Deadline, journal: Journal) -> None:
    """Solve until residuals and gap are below 1e-6."""
    _solve(instance, FINE, deadline=deadline, journal=journal)


def _solve(instance: Instance, tolerance: float, *, deadline: Deadline, journal: Journal) -> None:
    from ortools.pdlp import solve_log_pb2, solvers_pb2
    from ortools.pdlp.python import pdlp

    with journal.stage(BUILD):
        linear = linear_program(instance)
        program = to_pdlp(linear)
        asked = solvers_pb2.PrimalDualHybridGradientParams(num_threads=os.cpu_count())
        asked.termination_criteria.simple_optimality_criteria.eps_optimal_absolute = tolerance
        asked.termination_criteria.simple_optimality_criteria.eps_optimal_relative = tolerance
        asked.termination_criteria.time_sec_limit = deadline.left_s
    journal.found(linear.size())
    with journal.stage(SOLVE):
        answer = pdlp.primal_dual_hybrid_gradient(program, asked)
    reason = answer.solve_log.termination_reason
    converged = reason == solve_log_pb2.TERMINATION_REASON_OPTIMAL
    journal.found({"converged": converged, "note": solve_log_pb2.TerminationReason.Name(reason)})
    with journal.stage(VERIFY):
        journal.found(proven(linear, np.array(answer.primal_solution), np.array(answer.dual_solution)))


def to_pdlp(linear: Linear) -> pdlp.QuadraticProgram:
    """Return the relaxed model as PDLP takes it."""
    from ortools.pdlp.python import pdlp

    model, program = linear.model, pdlp.QuadraticProgram()
    rows, columns = model.matrix.shape
    program.resize_and_initialize(columns, rows)
    program.objective_vector = model.cost
    program.variable_lower_bounds, program.variable_upper_bounds = np.zeros(columns), model.upper
    program.constraint_lower_bounds, program.constraint_upper_bounds = model.row_lower, model.row_upper
    program.constraint_matrix = model.matrix
    return program
