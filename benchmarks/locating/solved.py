"""What general solvers tell alike: the model that was handed over, and what came of it."""

from __future__ import annotations

import math
import os
from functools import partial

from benchmarks.locating.plan import write_plan
from benchmarks.locating.programs.program import FloatArray, Program
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.telling import Telling

NOTHING = 1e19  # from here on a bound means that none is known
CORES = os.cpu_count() or 1


def proven(bound: float) -> float | None:
    """Return a bound; None for what solvers say where nothing is proven."""
    return bound if math.isfinite(bound) and abs(bound) < NOTHING else None


def tell_built(program: Program, *, clock: Clock, telling: Telling) -> None:
    """Tell when the solver has its model, and how large it is."""
    telling.found({"built_s": clock.spent_s} | program.size())


def tell_solved(
    program: Program, values: FloatArray | None, *, cost: float, bound: float, clock: Clock, telling: Telling
) -> None:
    """Tell the bound, as the solver's own object says it, and the plan that the values mean, if there are any."""
    telling.found({"bound": proven(bound)})
    if values is None:
        telling.found({"answered_s": clock.spent_s})
    else:
        telling.answer(cost, partial(write_plan, program.plan(values)))
