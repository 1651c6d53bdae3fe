"""Prices of the shared limits from the linear relaxation, solved on the few options that matter and proved on all.

Sifting (Bixby et al. 1992, doi 10.1287/opre.40.5.885): solve over a subset, let every return respond to the prices
among all its options, take the best responses in, until the bound of the responses meets the subset's optimum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.vocabulary import Status
from routing.decide.ascent import ascend
from routing.decide.deadline import Deadline
from routing.decide.exact import Solution, solve_relaxation
from routing.decide.model import joint_model, prices_of_limits
from routing.decide.problem import Problem
from routing.decide.reduce import InPlay
from routing.decide.response import Response, respond

FloatArray = NDArray[np.float64]
SMALL = 20_000
OPTIONS_PER_RETURN = 8
TOLERANCE_EUR = 1e-3
RELATIVE_TOLERANCE = 1e-8
EXCESS_TOLERANCE = 1e-4


@dataclass(frozen=True)
class Relaxed:
    """Prices per limit (rows,) with the response and bound they prove; `converged`: no better bound exists.

    `excess` (rows,) is what the relaxation needs beyond hard limits: anything above zero hints that no plan fits.
    """

    prices: FloatArray
    response: Response
    excess: FloatArray
    converged: bool

    @property
    def overflows(self) -> bool:
        """True when even fractional plans break a limit."""
        return bool((self.excess > EXCESS_TOLERANCE).any())


def relax(
    problem: Problem, play: InPlay, *, seed: int, deadline: Deadline, penalty_eur: FloatArray
) -> Relaxed:
    """Return the best prices found within the deadline, starting from those of a quick ascent.

    Going one unit beyond a hard limit costs `penalty_eur` (rows,), so that there is always a solution to price.
    """
    prices = ascend(problem, deadline=deadline)
    best = Relaxed(prices, respond(problem, prices), np.zeros(len(prices)), converged=False)
    penalties = np.where(np.isfinite(problem.limits.excess_eur), problem.limits.excess_eur, penalty_eur)
    for found in _rounds(problem, play, best.response, penalties, seed=seed, deadline=deadline):
        if found.converged or found.response.bound_eur >= best.response.bound_eur:
            best = found
    return best


def _rounds(
    problem: Problem, play: InPlay, response: Response, penalties: FloatArray, *, seed: int, deadline: Deadline
) -> Iterator[Relaxed]:
    active = most_promising(play, response)
    while deadline.left_s > 0:
        model = joint_model(problem, active, excess_eur=penalties)
        solution = solve_relaxation(model, seed=seed, time_limit_s=deadline.left_s)
        if solution.status is not Status.OPTIMAL:
            return
        prices = prices_of_limits(problem, play, solution.row_duals)
        response = respond(problem, prices)
        grown = _union(active, most_promising(play, response))
        converged = _meets(solution.objective, response.bound_eur) or len(grown) == len(active)
        yield Relaxed(prices, response, _hard_excess(problem, active, solution), converged)
        if converged:
            return
        active = grown


def _meets(objective_eur: float, bound_eur: float) -> bool:
    return objective_eur - bound_eur <= TOLERANCE_EUR + RELATIVE_TOLERANCE * abs(objective_eur)


def most_promising(play: InPlay, response: Response) -> InPlay:
    """Return the options in play that cost least more than their return's best, a few per return on average."""
    wanted = max(SMALL, OPTIONS_PER_RETURN * len(response.value_eur))
    if len(play) <= wanted:
        return play
    extras = np.concatenate([response.x_extra[play.x], response.z_extra[play.z], response.keep_extra[play.keep]])
    limit = np.partition(extras, wanted)[wanted]
    return play.only(x=response.x_extra <= limit, z=response.z_extra <= limit, keep=response.keep_extra <= limit)


def _union(some: InPlay, more: InPlay) -> InPlay:
    return InPlay(np.union1d(some.x, more.x), np.union1d(some.z, more.z), np.union1d(some.keep, more.keep), some.rows)


def _hard_excess(problem: Problem, active: InPlay, solution: Solution) -> FloatArray:
    excess = np.zeros(len(problem.limits))
    excess[active.rows] = solution.values[len(active) :]
    return np.where(np.isfinite(problem.limits.excess_eur), 0.0, excess)
