"""Programs that HiGHS solves whole: from a first design where much is to choose, and by parts where time ran out."""

from __future__ import annotations

import time
from dataclasses import replace

from network_design.highs import Solution, solve_linear, solve_whole
from network_design.large.first import first_design
from network_design.large.improving import improve
from network_design.large.together import alone
from network_design.model.build import DesignModel, build_model
from network_design.model.program import FloatArray
from retour.progress import Listener, silent
from retour.vocabulary import Status

MANY_CHOICES = 500
"""From so many whole columns on a first design helps."""
START_SHARE, EXACT_SHARE = 0.2, 0.6
"""Shares of the time: at most for a design to start from, and for the whole program; the rest is for its parts."""


def solve_medium(model: DesignModel, *, seed: int, budget_s: float, listener: Listener = silent) -> Solution:
    """Return the best values found in time, with the bound of the whole program."""
    deadline = time.perf_counter() + budget_s
    many = int(model.program.whole.sum()) > MANY_CHOICES
    start = _quick_design(model, seed=seed, budget_s=budget_s * START_SHARE) if many else None
    exact_s = (deadline - time.perf_counter()) * EXACT_SHARE
    found = solve_whole(model.program, seed=seed, budget_s=exact_s, start=start)
    if found.status is Status.FEASIBLE:
        better = improve(alone(model), found.values, seed=seed, deadline=deadline, listener=listener)
        return replace(found, values=better)
    return found


def _quick_design(model: DesignModel, *, seed: int, budget_s: float) -> FloatArray | None:
    """Return a first design rounded from the relaxation; None where none is found in time."""
    deadline = time.perf_counter() + budget_s
    weak = build_model(model.sets.instance, strong=False)
    relaxed = solve_linear(weak.program, seed=seed, budget_s=budget_s)
    return first_design(weak, relaxed.values, seed=seed, deadline=deadline) if len(relaxed.values) else None
