"""The exact method: a problem in, a solved one out; it prices nothing itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.progress import Listener, Progress
from retour.vocabulary import Status
from routing.decide.core import best_plan
from routing.decide.deadline import Deadline
from routing.decide.infeasible import decisive_penalties, high_penalties, proves_infeasible
from routing.decide.placing import Scores, place_all, repair
from routing.decide.problem import Choice, Problem, objective_eur
from routing.decide.reduce import InPlay, worth_a_look
from routing.decide.response import Response, at_prices, best_values
from routing.decide.shut import with_shut_limits
from routing.decide.sifting import Relaxed, relax

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Solved:
    """A plan (None unless OPTIMAL or FEASIBLE), the bound, and the price of every limit (rows,).

    When INFEASIBLE, `excess` (rows,) may say by how much a relaxation goes beyond the limits.
    """

    status: Status
    choice: Choice | None
    bound_eur: float
    prices: FloatArray
    excess: FloatArray | None = None


def exact(problem: Problem, *, seed: int, deadline: Deadline, listener: Listener) -> Solved:
    """Solve the joint model: prices by linear relaxation, a plan placed by them, an integral core to the proof.

    INFEASIBLE only when it is proven that no plan exists. Every return needs an option.
    """
    nobody_pays = np.zeros(len(problem.limits))
    if np.isinf(best_values(problem, *at_prices(problem, nobody_pays))).any():
        return Solved(Status.INFEASIBLE, None, np.inf, nobody_pays)
    play = worth_a_look(problem)
    listener(Progress("decide", 0.2, f"{len(play)} options of {len(problem.options)} returns"))
    relaxed = relax(problem, play, seed=seed, deadline=deadline, penalty_eur=high_penalties(problem))
    if relaxed.overflows and not proves_infeasible(problem, relaxed):
        relaxed = relax(problem, play, seed=seed, deadline=deadline, penalty_eur=decisive_penalties(problem))
    if proves_infeasible(problem, relaxed):
        return Solved(Status.INFEASIBLE, None, np.inf, relaxed.prices, relaxed.excess)
    listener(Progress("decide", 0.5, f"no plan below {relaxed.response.bound_eur:.2f} EUR"))
    start = first_plan(problem, play, relaxed)
    found = best_plan(problem, play, relaxed.response, start, seed=seed, deadline=deadline, listener=listener)
    return Solved(found.status, found.choice, found.bound_eur, with_shut_limits(problem, relaxed.prices))


def first_plan(problem: Problem, play: InPlay, relaxed: Relaxed) -> Choice | None:
    """Return the better of two quick plans, None when neither places every return.

    One places returns at the prices of the limits, those with most to lose first. Where there was no time for good
    prices, the other places them at bare cost, those that gain most first.
    """
    plans = [placed(problem, play, relaxed.prices, order_by_loss(problem, relaxed.response))]
    if not relaxed.converged:
        by_gain = np.argsort(relaxed.response.value_eur, kind="stable")
        plans.append(placed(problem, play, np.zeros(len(problem.limits)), by_gain))
    return min((p for p in plans if p is not None), key=lambda p: objective_eur(problem, p), default=None)


def placed(problem: Problem, play: InPlay, prices: FloatArray, order: IntArray) -> Choice | None:
    """Let returns in this order take their cheapest fitting option at these prices; None: some found none."""
    x, z, keep = at_prices(problem, prices)
    night = place_all(problem, Scores(_only(x, play.x), _only(z, play.z), _only(keep, play.keep)), order)
    return night.choice if repair(night) else None


def order_by_loss(problem: Problem, response: Response) -> IntArray:
    """Return the planned returns by what their second collection option costs more, the greatest first."""
    options = problem.options
    owner = options.link_return[options.x_link]
    order = np.lexsort((response.x_extra, owner))
    second = np.full(len(options), np.inf)
    later = np.flatnonzero(np.diff(owner[order], prepend=-1) == 0)
    np.minimum.at(second, owner[order][later], response.x_extra[order][later])
    return np.lexsort((np.arange(len(options)), -second))


def _only(scores: FloatArray, members: IntArray) -> FloatArray:
    out = np.full(len(scores), np.inf)
    out[members] = scores[members]
    return out

