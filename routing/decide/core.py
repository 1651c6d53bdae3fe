"""From prices to a proven integral plan: only options close to the best response can be in a plan that beats ours.

A plan that uses an option costs at least the bound plus the option's extra (reduced-cost fixing, Dantzig, Fulkerson
and Johnson 1954). So the model over the options within `width` of the best response, solved to the end, is proof for
all options once the plan found is within `width` of the bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retour.progress import Listener, Progress
from retour.vocabulary import Status
from routing.decide.deadline import Deadline
from routing.decide.exact import ABSOLUTE_GAP_EUR, Solution, solve_integral
from routing.decide.model import as_values, chosen, joint_model
from routing.decide.problem import Choice, Problem, objective_eur
from routing.decide.reduce import InPlay
from routing.decide.response import Response

FIRST_WIDTH_EUR = 0.03
WIDER = 10.0
SMALL = 4_000
LARGE = 60_000
ROUNDING_EUR = 1e-6


@dataclass(frozen=True)
class Found:
    """The best plan known (None: none yet), the bound, and what is proven: OPTIMAL, FEASIBLE, INFEASIBLE or FAILED."""

    choice: Choice | None
    objective_eur: float
    bound_eur: float
    status: Status


def best_plan(
    problem: Problem, play: InPlay, response: Response, start: Choice | None,
    *, seed: int, deadline: Deadline, listener: Listener,
) -> Found:  # fmt: skip
    """Solve ever wider cores until the plan is proven best, or time runs out; `start` is a plan to begin with."""
    cost = np.inf if start is None else objective_eur(problem, start)
    found = Found(start, cost, response.bound_eur, Status.FAILED if start is None else Status.FEASIBLE)
    width = np.inf if len(play) <= SMALL else FIRST_WIDTH_EUR
    while deadline.left_s > 0:
        core = _core(problem, play, response, found.choice, width)
        width = np.inf if len(core) == len(play) else width
        solution = _solve(problem, core, found.choice, seed=seed, deadline=deadline)
        found = _better(problem, core, found, solution, response.bound_eur + width)
        listener(Progress("decide", 0.8, f"core of {len(core)} options", best_eur=found.objective_eur))
        if solution.status in (Status.FEASIBLE, Status.FAILED) or found.status in (Status.OPTIMAL, Status.INFEASIBLE):
            break
        width = _next_width(problem, play, response, found, width)
    return found


def _next_width(problem: Problem, play: InPlay, response: Response, found: Found, width: float) -> float:
    """Return the width that would prove the plan found, or a step towards it where its core would be large."""
    missing = found.objective_eur - response.bound_eur + ROUNDING_EUR
    proving = len(_core(problem, play, response, found.choice, missing)) <= LARGE
    return missing if proving else min(missing, width * WIDER)


def _core(problem: Problem, play: InPlay, response: Response, choice: Choice | None, width: float) -> InPlay:
    x, z, keep = (extra <= width for extra in (response.x_extra, response.z_extra, response.keep_extra))
    if choice is not None:
        x[choice.x[choice.moves]] = True
        z[choice.z[choice.moves]] = True
        keep |= choice.keeps
    return play.only(x=x, z=z, keep=keep)


def _solve(problem: Problem, core: InPlay, start: Choice | None, *, seed: int, deadline: Deadline) -> Solution:
    model = joint_model(problem, core, problem.limits.excess_eur[core.rows])
    values = None if start is None else as_values(problem, core, start)
    return solve_integral(model, seed=seed, time_limit_s=deadline.left_s, start=values)


def _better(problem: Problem, core: InPlay, found: Found, solution: Solution, widest_eur: float) -> Found:
    """Return what is known after the core's solution; plans outside the core cost at least `widest_eur`."""
    choice, cost = found.choice, found.objective_eur
    if solution.status in (Status.OPTIMAL, Status.FEASIBLE):
        plan = chosen(problem, core, solution.values)
        if objective_eur(problem, plan) < cost:
            choice, cost = plan, objective_eur(problem, plan)
    if solution.status is Status.INFEASIBLE:
        bound, status = max(found.bound_eur, widest_eur), found.status
        return Found(choice, cost, bound, Status.INFEASIBLE if np.isinf(widest_eur) else status)
    bound = max(found.bound_eur, min(solution.bound, widest_eur, cost))
    proven = cost - bound <= ABSOLUTE_GAP_EUR + ROUNDING_EUR
    return Found(choice, cost, bound, Status.OPTIMAL if proven else Status.FEASIBLE if choice else Status.FAILED)
