"""Solve a pickup problem: check, explain, split, prove what is small, improve what is not, evaluate, bound."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retour.errors import InfeasibleError
from retour.vocabulary import Status
from routing.pickup.alone import fits
from routing.pickup.answer import PickupAnswer
from routing.pickup.bound import worth_time
from routing.pickup.engines import AUTO, Chosen, Engine, StopRule, choose_engine, load_engine
from routing.pickup.explain import why_infeasible
from routing.pickup.integers import IntegerProblem, to_eur, to_integers
from routing.pickup.parts import split_by_hub, without_stops
from routing.pickup.problem import PickupProblem, check_problem
from routing.pickup.progress import OnProgress, ProgressBoard
from routing.pickup.schedule import Route, Schedule, evaluate
from routing.pickup.search import PartAnswer, begin, improve, with_bound

DEFAULT_ITERATIONS = 2_000
BOUND_SHARE = 0.12  # of the time budget, for the bounds
BOUND_S = 3.0  # rather this long, where it is no more than
BOUND_MOST = 0.3  # of the time budget
LAST_LOOK_S = 1.5e-4  # a stop, after the search: repair, evaluation, and the bounds that need little time
LATE_S, LATE_SHARE = 1.2, 0.02  # kept back: workers end their last round late, and the answer is checked after that
EXTRA_STOPS = 50  # added to a part's stops when time is shared, so that small parts get enough


def solve_pickup(
    problem: PickupProblem,
    *,
    engine: str = "pyvrp",
    seed: int,
    budget_s: float | None = None,
    iterations: int | None = None,
    on_progress: OnProgress | None = None,
    start: Sequence[Route] = (),
) -> PickupAnswer:
    """The best plan found for tonight's vans, with a proven bound.

    `engine` is a name, or `AUTO` for the first that honours every feature of the problem; one asked for by name that
    lacks a feature leaves the constructed plan, which honours all of them, marked `degraded`.
    `budget_s` is wall clock for everything, set-up and bound included; `iterations` counts the engine's own steps
    in each part. With `iterations` alone (or neither: `DEFAULT_ITERATIONS`) the same seed gives the same answer;
    with both, the first limit met ends the search. `start` is a plan to begin with, such as yesterday's; stops
    and vans it does not know are ignored. `on_progress` is called with each better plan.

    Raises `InfeasibleError` with the reasons when the required stops provably cannot be served, `BackendError` for
    an unknown engine or (with `AUTO`) when none honours all features, `ValueError` when `check_problem` finds
    defects. A plan that lacks required stops although nothing proves them impossible comes back as FAILED, never as
    FEASIBLE. When the engine breaks down, the constructed plan comes back `degraded`.
    """
    started = time.perf_counter()
    if engine != AUTO:
        load_engine(engine)
    night = prepare(problem)
    chosen = choose_engine(night.whole, name=engine)
    run_engine = load_engine(chosen.name)
    board = ProgressBoard(night.parts, apart_micro=night.apart_micro, started=started, tell=on_progress or tell_nobody)
    rule = _stop_rule(started, budget_s, iterations)
    solved = _begin_all(night, tuple(start), board)
    _improve_all(night, solved, _Search(run_engine, seed, _before_bounds(rule, night), board))
    _bound_all(night, solved, rule)
    return join(night, solved, engine=chosen, seed=seed, started=started)


@dataclass(frozen=True)
class Night:
    """A checked problem and its independent parts, without the optional stops that no van can serve.

    `apart_micro` is what leaving those out costs, in micro-euro.
    """

    whole: IntegerProblem
    parts: list[IntegerProblem]
    apart_micro: int


@dataclass(frozen=True)
class _Search:
    """How every part is searched, and until when."""

    engine: Engine
    seed: int
    rule: StopRule
    board: ProgressBoard


def prepare(problem: PickupProblem) -> Night:
    """Check, explain and split; raises `ValueError` or `InfeasibleError` as `solve_pickup` does."""
    if defects := check_problem(problem):
        raise ValueError("\n".join(defects))
    whole = to_integers(problem)
    if reasons := why_infeasible(whole):
        raise InfeasibleError(reasons)
    servable = np.asarray(fits(whole).any(axis=0))
    hopeless = [choice for choice in whole.choices if not servable[list(choice.members)].any()]
    kept = without_stops(problem, {problem.stops[idx].stop_id for choice in hopeless for idx in choice.members})
    parts = [to_integers(part) for part in split_by_hub(kept)]
    return Night(whole, parts, sum(choice.prize for choice in hopeless))


def _begin_all(night: Night, start: tuple[Route, ...], board: ProgressBoard) -> list[PartAnswer]:
    """A first plan for every part, so that the whole has one before any time is spent on improving it."""
    solved = []
    for part_no, part in enumerate(night.parts):
        solved.append(begin(part, start))
        board.post(part_no, 0, solved[part_no].routes)
    return solved


def _improve_all(night: Night, solved: list[PartAnswer], search: _Search) -> None:
    """Improve the parts one after another, in place, each for its share of the time."""
    for part_no in _unproven(solved):
        stop = _share(search.rule, night, _unproven(solved, since=part_no))
        report = search.board.report_for(part_no)
        solved[part_no] = improve(
            night.parts[part_no], solved[part_no], engine=search.engine, seed=search.seed, stop=stop, report=report
        )
        search.board.post(part_no, solved[part_no].iterations, solved[part_no].routes)


def _bound_all(night: Night, solved: list[PartAnswer], rule: StopRule) -> None:
    """Bound the parts one after another, in place, each for its share of the time."""
    for part_no in _unproven(solved):
        deadline = _share(rule, night, _unproven(solved, since=part_no)).deadline
        solved[part_no] = with_bound(night.parts[part_no], solved[part_no], stop=StopRule(deadline, None))


def tell_nobody(progress: object) -> None:
    """For callers who do not wait for news."""


def _stop_rule(started: float, budget_s: float | None, iterations: int | None) -> StopRule:
    if budget_s is None:
        return StopRule(None, DEFAULT_ITERATIONS if iterations is None else iterations)
    return StopRule(started + budget_s - min(LATE_S, LATE_SHARE * budget_s), iterations)


def _before_bounds(rule: StopRule, night: Night) -> StopRule:
    """The rule for searching, which leaves time for the bounds where they need it, and for a last look at the plan."""
    left_s = rule.left_s()
    if left_s is None:
        return rule
    reserve_s = LAST_LOOK_S * len(night.whole.stops)
    if any(map(worth_time, night.parts)):
        reserve_s += max(BOUND_SHARE * left_s, BOUND_S)
    reserve_s = min(BOUND_MOST * left_s, reserve_s)
    return StopRule(time.perf_counter() + left_s - reserve_s, rule.iterations)


def _unproven(solved: Sequence[PartAnswer], *, since: int = 0) -> list[int]:
    """Positions, from `since` on, of the parts that a search or a bound can still improve."""
    return [part_no for part_no in range(since, len(solved)) if not solved[part_no].proven]


def _share(rule: StopRule, night: Night, waiting: list[int]) -> StopRule:
    """The rule for the first of the waiting parts: its share, by size, of the time that is left."""
    left_s = rule.left_s()
    if left_s is None:
        return rule
    sizes = [EXTRA_STOPS + len(night.parts[part_no].stops) for part_no in waiting]
    return StopRule(time.perf_counter() + left_s * sizes[0] / sum(sizes), rule.iterations)


def join(night: Night, solved: Sequence[PartAnswer], *, engine: Chosen, seed: int, started: float) -> PickupAnswer:
    """One answer for the whole night; `started` is a `time.perf_counter`."""
    schedule = evaluate(night.whole, [route for part in solved for route in part.routes])
    bound_micro = night.apart_micro + sum(part.bound_micro for part in solved)
    return PickupAnswer(
        status=_status(schedule, bound_micro),
        objective_eur=schedule.objective_eur,
        bound_eur=to_eur(bound_micro),
        routes=schedule.routes,
        unserved=schedule.unserved,
        engine=engine.name,
        seed=seed,
        iterations=sum(part.iterations for part in solved),
        degraded=any(part.notes for part in solved),
        note=" ".join([*map(str, schedule.breaches), *(note for part in solved for note in part.notes)]),
        parts_eur=schedule.parts_eur,
        engine_why=engine.why,
        seconds=time.perf_counter() - started,
    )


def _status(schedule: Schedule, bound_micro: int) -> Status:
    if not schedule.feasible:
        return Status.FAILED
    return Status.OPTIMAL if schedule.objective_micro == bound_micro else Status.FEASIBLE
