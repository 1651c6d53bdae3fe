"""Solve a facility location problem within a budget of wall time."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from network_design.locate.answer import Deadline, LocationAnswer, LocationProgress, OnProgress
from network_design.locate.facility.possible import require_room
from network_design.locate.facility.relaxation import Relaxation
from network_design.locate.facility.single import solve_single
from network_design.locate.facility.split import solve_split
from network_design.locate.facility_problem import FacilityProblem

FINISH_SHARE, FINISH_S = 0.02, 0.3  # of the budget, and seconds at most, kept for ending what runs


def solve(
    problem: FacilityProblem, *, seed: int, budget_s: float, on_progress: OnProgress | None = None
) -> LocationAnswer:
    """Return the best plan found in `budget_s` seconds, with a bound that no plan can be cheaper than.

    Raises `InfeasibleError` where no choice of sites can hold all demand. The same seed finds the same plan unless
    time runs out first.
    """
    started = time.perf_counter()
    problem = _with_usable_capacity(problem)
    require_room(Relaxation.of(problem))
    deadline = Deadline(budget_s - min(FINISH_S, FINISH_SHARE * budget_s), started=started)
    tell = on_progress or _say_nothing
    if problem.single_source:
        return solve_single(problem, seed=seed, deadline=deadline, on_progress=tell)
    return solve_split(problem, deadline=deadline, on_progress=tell)


def _with_usable_capacity(problem: FacilityProblem) -> FacilityProblem:
    """The same problem, no capacity above all that is wanted: no site uses more, and programs take nothing infinite."""
    most = np.ceil(problem.demand.sum()) + 1.0
    if not problem.limited or (problem.capacity <= most).all():
        return problem  # as it is: a copy would check every figure again
    return replace(problem, capacity=np.minimum(problem.capacity, most))


def _say_nothing(progress: LocationProgress) -> None:
    """Take no notice."""
