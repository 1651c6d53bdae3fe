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
from routing.decide.by_prices import by_prices
from routing.decide.comparators import JOINT, Compared, comparator_table, compare
from routing.decide.deadline import Deadline
from routing.decide.exactly import Solved, exact
from routing.decide.explain import explain
from routing.decide.infeasible import what_blocks
from routing.decide.inspection import with_inspection
from routing.decide.problem import Choice, Problem, night_problem, objective_eur
from routing.decide.response import bound_without_pickup
from routing.decide.scale.large import Large
from routing.decide.tables import decision_table, price_table
from routing.decide.why_not import no_way_out

STAGE = "decide"
AUTO, EXACT, PRICES = "auto", "exact", "prices"
METHODS = (EXACT, PRICES)
EXACT_RETURNS = 12_000
"""Nights of more returns are decided by prices, unless asked otherwise."""
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
    method: str = AUTO,
    processes: int = 1,
    cluster: str | None = None,
    seed: int = 0,
    budget_s: float | None = None,
    listener: Listener = silent,
) -> Decided:
    """Decide every planned return: point, hub, site, process and day, or KEEP, at least cost.

    `pickup` defaults to `estimate_pickup`. `method` is "exact", "prices" or, by default, whichever fits the size;
    `processes` work side by side on a large night, or a Dask `cluster` ("tcp://planner:8786") does. `budget_s` is
    wall-clock time for everything, None: until proven.
    Without a budget the same instance and seed give the same tables, on any number of processes. Raises
    InfeasibleError naming the limits that block, BackendError when time ran out before any plan was found, ValueError
    for an unknown method.
    """
    if method not in (AUTO, *METHODS):
        raise ValueError(f"unknown method {method!r}; choose one of {', '.join(METHODS)}")
    night = _Night(instance, pickup or estimate_pickup(instance), seed, Deadline(budget_s), listener)
    large = len(instance.tables["returns"]) > EXACT_RETURNS
    if method == EXACT or (method == AUTO and not large):
        problem, solved = _exactly(night)
        return _decided(night, problem, solved, method=EXACT)
    finished = by_prices(
        instance, night.pickup, processes=processes, cluster=cluster, seed=seed,
        deadline=night.clock.share(SHARE_FOR_SOLVING), listener=listener,
    )  # fmt: skip
    if finished.problem is not None and finished.solved is not None:
        return _decided(night, finished.problem, finished.solved, method=PRICES)
    return _decided_large(night, finished.large)


@dataclass(frozen=True)
class _Night:
    """What is asked: the instance, its planning prices of pickup, and for how long, told to whom."""

    instance: Instance
    pickup: PickupEstimate
    seed: int
    clock: Deadline
    listener: Listener


def _exactly(night: _Night) -> tuple[Problem, Solved]:
    problem = night_problem(night.instance, night.pickup)
    if len(problem.options.without_option):
        raise InfeasibleError(no_way_out(night.instance, problem.options))
    night.listener(Progress(STAGE, 0.1, f"{len(problem.options)} returns, {len(problem.limits)} shared limits"))
    clock = night.clock.share(SHARE_FOR_SOLVING)
    return problem, exact(problem, seed=night.seed, deadline=clock, listener=night.listener)


def _decided(night: _Night, problem: Problem, solved: Solved, *, method: str) -> Decided:
    """Return the tables of a night whose every option is at hand."""
    instance, choice = night.instance, _found(problem, solved, seed=night.seed)
    night.listener(Progress(STAGE, 0.9, "decided", best_eur=objective_eur(problem, choice)))
    prices = price_table(problem, choice, solved.prices)
    decisions = decision_table(instance, problem, choice, explain(instance, problem, choice, solved.prices))
    compared = [*compare(instance, problem), Compared(JOINT, choice)]
    return Decided(
        answer=_answer(solved.status, objective_eur(problem, choice), solved.bound_eur, method, night.clock.spent_s),
        decisions=with_inspection(instance, decisions, prices),
        prices=prices,
        comparators=comparator_table(problem, compared, solved.bound_eur),
        pickup=night.pickup,
        bound_without_pickup_eur=bound_without_pickup(problem, solved.prices),
    )


def _decided_large(night: _Night, large: Large) -> Decided:
    """Return the tables of a night that its partitions wrote."""
    solved = large.solved
    assert large.decisions is not None and large.comparators is not None  # by_prices raises where there is no plan
    night.listener(Progress(STAGE, 0.9, "decided", best_eur=solved.cost_eur))
    return Decided(
        answer=_answer(Status.FEASIBLE, solved.cost_eur, solved.bound_eur, PRICES, night.clock.spent_s),
        decisions=large.decisions,
        prices=large.prices,
        comparators=large.comparators,
        pickup=night.pickup,
        bound_without_pickup_eur=large.bound_without_pickup_eur,
    )


def _found(problem: Problem, solved: Solved, *, seed: int) -> Choice:
    """Return the plan found; where there is none, raise what a person can act on."""
    if solved.choice is not None:
        return solved.choice
    if solved.status is Status.INFEASIBLE:
        raise InfeasibleError(what_blocks(problem, solved.excess, seed=seed, deadline=Deadline(EXPLANATION_S)))
    raise BackendError("No plan within every limit was found, nor a proof that there is none. Give it more time.")


def _answer(status: Status, cost_eur: float, bound_eur: float, method: str, seconds: float) -> Answer:
    return Answer(STAGE, status, cost_eur, min(cost_eur, bound_eur), seconds, method)
