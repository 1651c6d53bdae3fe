"""The night as one linear program, as small as it can be made without solving it: what general solvers are given.

The joint model of `routing/decide/model.py` with whole numbers relaxed. Our own engine's reductions are handed on:
limits that cannot bind and options that a cheaper one replaces are left out, and so are, in addition, recovery options
that a cheaper one of the same link beats in every limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.deciding.dominated import undominated
from retour.instance import Instance
from retour.pickup_estimate import estimate_pickup
from routing.decide.model import Model, joint_model, prices_of_limits
from routing.decide.problem import Problem, night_problem
from routing.decide.reduce import InPlay, worth_a_look
from routing.decide.response import respond

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Linear:
    """A night, its options in play and the model over them; solvers leave out that variables are whole."""

    problem: Problem
    play: InPlay
    model: Model

    def size(self) -> dict[str, int]:
        """Return columns, rows and nonzeros."""
        rows, columns = self.model.matrix.shape
        return {"columns": columns, "rows": rows, "nonzeros": int(self.model.matrix.nnz)}


def linear_program(instance: Instance) -> Linear:
    """Return the linear program of a night at its planning prices of pickup."""
    problem = night_problem(instance, estimate_pickup(instance))
    play = worth_a_look(problem)
    best = InPlay(play.x, play.z[undominated(problem, play)], play.keep, play.rows)
    return Linear(problem, best, joint_model(problem, best, excess_eur=problem.limits.excess_eur))


def proven(linear: Linear, values: FloatArray, row_duals: FloatArray) -> dict[str, Any]:
    """Return cost and worst violation of an LP answer, and the bound its duals prove over all options.

    The bound is the Lagrangian one of `respond`: valid for any prices, so also for those of an approximate answer.
    """
    prices = prices_of_limits(linear.problem, linear.play, np.nan_to_num(row_duals))
    return {
        "cost_eur": float(linear.model.cost @ values),
        "bound_eur": respond(linear.problem, prices).bound_eur,
        "worst_violation": worst_violation(linear.model, values),
    }


def worst_violation(model: Model, values: FloatArray) -> float:
    """Return by how much the values break the worst row or limit of a variable, in the row's own unit."""
    activity = model.matrix @ values
    broken = (model.row_lower - activity, activity - model.row_upper, -values, values - model.upper)
    return float(max(0.0, *(side.max(initial=0.0) for side in broken)))
