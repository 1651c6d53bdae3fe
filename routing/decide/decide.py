"""Where each return goes: all of tonight's returns decided jointly under shared limits, priced, proven, explained."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from retour.errors import BackendError, InfeasibleError
from retour.instance import Instance
from retour.pickup_estimate import estimate_pickup
from retour.plan import Answer
from retour.pricing import PickupEstimate
from retour.progress import Listener, Progress, silent
from retour.vocabulary import Status
from routing.decide.comparators import JOINT, Compared, comparator_table, compare
from routing.decide.deadline import Deadline
from routing.decide.engines import METHODS, Solved
from routing.decide.explain import explain
from routing.decide.infeasible import what_blocks
from routing.decide.inspection import with_inspection
from routing.decide.problem import Choice, Problem, night_problem, objective_eur
from routing.decide.response import bound_without_pickup
from routing.decide.tables import decision_table, price_table
from routing.decide.why_not import no_way_out

STAGE = "decide"
SHARE_FOR_SOLVING = 0.75
EXPLANATION_S = 60.0


@dataclass(frozen=True)
class Decided:
    """What tonight's decisions are and what is proven about them.

    `decisions`, `prices` and `comparators` are result tables; `pickup` are the planning prices they were taken with;
    `bound_without_pickup_eur` is below the cost of every plan even with the pickup estimate left out.
    """

    answer: Answer
    decisions: pd.DataFrame = field(repr=False)
    prices: pd.DataFrame = field(repr=False)
    comparators: pd.DataFrame = field(repr=False)
    pickup: PickupEstimate = field(repr=False)
    bound_without_pickup_eur: float


def decide(
    instance: Instance,
    *,
    pickup: PickupEstimate | None = None,
    method: str = "exact",
    seed: int = 0,
    budget_s: float | None = None,
    listener: Listener = silent,
) -> Decided:
    """Decide every planned return: point, hub, site, process and day, or KEEP, at least cost.

    `pickup` defaults to `estimate_pickup`; `budget_s` is wall-clock time for everything, None: until proven. Without a
    budget the same instance and seed give the same tables. Raises InfeasibleError naming the limits that block,
    BackendError when time ran out before any plan was found, ValueError for an unknown method.
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; choose one of {', '.join(METHODS)}")
    clock = Deadline(budget_s)
    pickup = pickup or estimate_pickup(instance)
    problem = night_problem(instance, pickup)
    if len(problem.options.without_option):
        raise InfeasibleError(no_way_out(instance, problem.options))
    listener(Progress(STAGE, 0.1, f"{len(problem.options)} returns, {len(problem.limits)} shared limits"))
    compared = compare(instance, problem)
    solved = METHODS[method](problem, seed=seed, deadline=clock.share(SHARE_FOR_SOLVING), listener=listener)
    choice = _found(problem, solved, seed=seed)
    listener(Progress(STAGE, 0.9, "decided", best_eur=objective_eur(problem, choice)))
    compared.append(Compared(JOINT, choice))
    prices = price_table(problem, choice, solved.prices)
    decisions = decision_table(instance, problem, choice, explain(instance, problem, choice, solved.prices))
    return Decided(
        answer=_answer(problem, solved, choice, method=method, seconds=clock.spent_s),
        decisions=with_inspection(instance, decisions, prices),
        prices=prices,
        comparators=comparator_table(problem, compared, solved.bound_eur),
        pickup=pickup,
        bound_without_pickup_eur=bound_without_pickup(problem, solved.prices),
    )


def _found(problem: Problem, solved: Solved, *, seed: int) -> Choice:
    """Return the plan found; where there is none, raise what a person can act on."""
    if solved.choice is not None:
        return solved.choice
    if solved.status is Status.INFEASIBLE:
        raise InfeasibleError(what_blocks(problem, solved.excess, seed=seed, deadline=Deadline(EXPLANATION_S)))
    raise BackendError("No plan within every limit was found, nor a proof that there is none. Give it more time.")


def _answer(problem: Problem, solved: Solved, choice: Choice, *, method: str, seconds: float) -> Answer:
    cost_eur = objective_eur(problem, choice)
    return Answer(STAGE, solved.status, cost_eur, min(cost_eur, solved.bound_eur), seconds, method)
