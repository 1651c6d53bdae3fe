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
from routing.decide.exact import ABSOLUTE_GAP_EUR, solve_integral
from routing.decide.model import as_values, chosen, joint_model
from routing.decide.problem import Choice, Problem, each_cost, objective_eur
from routing.decide.reduce import InPlay, Settled, settle
from routing.decide.response import Response

FIRST_WIDTH_EUR = 0.03
WIDER = 4.0
MUCH_WIDER = 100.0
SMALL = 4_000
ROUNDING_EUR = 1e-6


@dataclass(frozen=True)
class Found:
    """The best plan known (None: none yet), the bound, and what is proven: OPTIMAL, FEASIBLE, INFEASIBLE or FAILED."""

    choice: Choice | None
    objective_eur: float
    bound_eur: float
    status: Status


@dataclass(frozen=True)
class _Attempt:
    """One core solved: the best plan within it (None: none found), and a bound on all plans within it."""

    status: Status
    choice: Choice | None
    bound_eur: float


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
        attempt = _solve(problem, core, found.choice, seed=seed, deadline=deadline)
        found = _better(problem, found, attempt, response.bound_eur + width)
        listener(Progress("decide", 0.8, f"core of {len(core)} options", best_eur=found.objective_eur))
        missing = found.objective_eur - response.bound_eur + ROUNDING_EUR
        if found.status in (Status.OPTIMAL, Status.INFEASIBLE) or width >= missing:
            break
        # A step may find a better plan, which is then proven in a smaller core.
        width = min(missing, width * (WIDER if found.choice else MUCH_WIDER))
    return found


def _core(problem: Problem, play: InPlay, response: Response, choice: Choice | None, width: float) -> InPlay:
    x, z, keep = (extra <= width for extra in (response.x_extra, response.z_extra, response.keep_extra))
    if choice is not None:
        x[choice.x[choice.moves]] = True
        z[choice.z[choice.moves]] = True
        keep |= choice.keeps
    return play.only(x=x, z=z, keep=keep)


def _solve(problem: Problem, core: InPlay, start: Choice | None, *, seed: int, deadline: Deadline) -> _Attempt:
    """Solve the model over what the core leaves open; most returns have one option left and need no model."""
    settled = settle(problem, core)
    open_ = settled.open
    paid = float(each_cost(problem, settled.choice)[~settled.choice.unplaced].sum())
    if not len(open_):
        return _nothing_open(problem, settled)
    model = joint_model(problem, open_, excess_eur=problem.limits.excess_eur, capacity=settled.left)
    values = None if start is None else as_values(problem, open_, start)
    solution = solve_integral(model, seed=seed, time_limit_s=deadline.left_s, start=values)
    if solution.status not in (Status.OPTIMAL, Status.FEASIBLE):
        return _Attempt(solution.status, None, solution.bound + paid)
    return _Attempt(solution.status, chosen(problem, open_, solution.values, settled.choice), solution.bound + paid)


def _nothing_open(problem: Problem, settled: Settled) -> _Attempt:
    if (settled.broken & np.isinf(problem.limits.excess_eur)).any():
        return _Attempt(Status.INFEASIBLE, None, np.inf)
    return _Attempt(Status.OPTIMAL, settled.choice, objective_eur(problem, settled.choice))


def _better(problem: Problem, found: Found, attempt: _Attempt, widest_eur: float) -> Found:
    """Return what is known after an attempt; plans outside its core cost at least `widest_eur`."""
    choice, cost = found.choice, found.objective_eur
    if attempt.choice is not None and objective_eur(problem, attempt.choice) < cost:
        choice, cost = attempt.choice, objective_eur(problem, attempt.choice)
    if attempt.status is Status.INFEASIBLE:
        status = Status.INFEASIBLE if np.isinf(widest_eur) else found.status
        return Found(choice, cost, max(found.bound_eur, widest_eur), status)
    bound = max(found.bound_eur, min(attempt.bound_eur, widest_eur, cost))
    proven = cost - bound <= ABSOLUTE_GAP_EUR + ROUNDING_EUR
    return Found(choice, cost, bound, Status.OPTIMAL if proven else Status.FEASIBLE if choice else Status.FAILED)
