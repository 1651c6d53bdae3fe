"""HiGHS on the linear program: interior point without and with crossover to a vertex, and dual simplex.

Interior point without crossover runs without presolve: what its postsolve makes of the duals proves a bound 0.02 % too
low (1.13, country nights), and it took no less time with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.deciding.linear import Linear, linear_program, proven
from benchmarks.measuring.journal import BUILD, SOLVE, VERIFY, Journal
from retour.instance import Instance
from routing.decide.deadline import Deadline

if TYPE_CHECKING:
    import highspy


INTERIOR_POINT = {"solver": "ipm", "run_crossover": "off", "presolve": "off"}
CROSSOVER = {"solver": "ipm", "run_crossover": "on", "presolve": "on"}
SIMPLEX = {"solver": "simplex", "presolve": "on"}


def interior_point(instance: Instance, *, seed: int, deadline: Deadline, journal: Journal) -> None:
    """Solve by interior point, and stop there."""
    _solve(instance, INTERIOR_POINT, seed=seed, deadline=deadline, journal=journal)


def crossover(instance: Instance, *, seed: int, deadline: Deadline, journal: Journal) -> None:
    """Solve by interior point, then cross over to a vertex."""
    _solve(instance, CROSSOVER, seed=seed, deadline=deadline, journal=journal)


def simplex(instance: Instance, *, seed: int, deadline: Deadline, journal: Journal) -> None:
    """Solve by dual simplex."""
    _solve(instance, SIMPLEX, seed=seed, deadline=deadline, journal=journal)


def _solve(instance: Instance, options: Mapping[str, str], *, seed: int, deadline: Deadline, journal: Journal) -> None:
    import highspy

    with journal.stage(BUILD):
        linear = linear_program(instance)
        highs = highspy.Highs()
        for option, value in {**options, "output_flag": False, "random_seed": seed}.items():
            highs.setOptionValue(option, value)
        highs.passModel(to_highs(linear))
    journal.found(linear.size())
    highs.setOptionValue("time_limit", deadline.left_s)
    with journal.stage(SOLVE):
        highs.run()
    status = highs.getModelStatus()
    journal.found({"converged": status == highspy.HighsModelStatus.kOptimal, "note": highs.modelStatusToString(status)})
    with journal.stage(VERIFY):
        solution = highs.getSolution()
        if len(solution.col_value):
            journal.found(proven(linear, np.array(solution.col_value), np.array(solution.row_dual)))


def to_highs(linear: Linear) -> highspy.HighsLp:
    """Return the relaxed model as HiGHS takes it."""
    import highspy

    model, lp = linear.model, highspy.HighsLp()
    lp.num_row_, lp.num_col_ = model.matrix.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.cost, np.zeros(len(model.cost)), model.upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = model.matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = model.matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = model.matrix.data
    return lp
