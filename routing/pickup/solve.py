"""Solve a pickup problem: check, explain, split, prove what is small, improve what is not, evaluate, bound."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from retour.errors import BackendError, InfeasibleError
from retour.vocabulary import Status
from routing.pickup.answer import PickupAnswer
from routing.pickup.bound import lower_bound
from routing.pickup.construct import construct
from routing.pickup.engines import Engine, StopRule, load_engine
from routing.pickup.exact import solve_exactly
from routing.pickup.explain import types_that_fit, why_infeasible, why_not_together
from routing.pickup.integers import IntegerProblem, to_eur, to_integers
from routing.pickup.parts import split_by_hub, without_stops
from routing.pickup.problem import PickupProblem, check_problem
from routing.pickup.progress import OnProgress, ProgressBoard
from routing.pickup.repair import repair
from routing.pickup.schedule import Route, Schedule, evaluate

DEFAULT_ITERATIONS = 2_000
BOUND_SHARE = 0.12  # of the time budget, for the linear bound


@dataclass(frozen=True)
class _Solved:
    """The answer for one part, in micro-euro."""

    routes: tuple[Route, ...]
    bound_micro: int
    iterations: int = 0
    notes: tuple[str, ...] = ()


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

    `budget_s` is wall clock for everything, set-up and bound included; `iterations` counts the engine's own steps
    in each part. With `iterations` alone (or neither: `DEFAULT_ITERATIONS`) the same seed gives the same answer;
    with both, the first limit met ends the search. `start` is a plan to begin with, such as yesterday's; stops
    and vans it does not know are ignored. `on_progress` is called with each better plan.

    Raises `InfeasibleError` with the reasons when the required stops provably cannot be served, `BackendError` for
    an unknown engine, `ValueError` when `check_problem` finds defects. A plan that lacks required stops although
    nothing proves them impossible comes back as FAILED, never as FEASIBLE. When the engine breaks down, the
    constructed plan comes back `degraded`.
    """
    started = time.perf_counter()
    run_engine = load_engine(engine)
    night = prepare(problem)
    board = ProgressBoard(night.parts, apart_micro=night.apart_micro, started=started, tell=on_progress or tell_nobody)
    search = _Search(run_engine, seed, tuple(start), board)
    rule = _stop_rule(started, budget_s, iterations)
    stops = [len(part.stops) for part in night.parts]
    solved = [
        _solve_part(part, part_no, share(rule, stops[part_no:]), search) for part_no, part in enumerate(night.parts)
    ]
    return join(night, solved, engine=engine, seed=seed, started=started)


@dataclass(frozen=True)
class Night:
    """A checked problem and its independent parts, without the optional stops that no van can serve.

    `apart_micro` is what leaving those out costs, in micro-euro.
    """

    whole: IntegerProblem
    parts: list[IntegerProblem]
    apart_micro: int


@dataclass(frozen=True)
class PartAnswer:
    """The answer for one part; `notes` say what went wrong on the way, if anything did."""

    routes: tuple[Route, ...]
    bound_micro: int
    iterations: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Search:
    """How every part is searched."""

    engine: Engine
    seed: int
    start: tuple[Route, ...]
    board: ProgressBoard


def prepare(problem: PickupProblem) -> Night:
    """Check, explain and split; raises `ValueError` or `InfeasibleError` as `solve_pickup` does."""
    if defects := check_problem(problem):
        raise ValueError("\n".join(defects))
    whole = to_integers(problem)
    if reasons := why_infeasible(whole):
        raise InfeasibleError(reasons)
    hopeless = [idx for idx in range(len(whole.stops)) if not types_that_fit(whole, idx)]
    kept = without_stops(problem, {problem.stops[idx].stop_id for idx in hopeless})
    parts = [to_integers(part) for part in split_by_hub(kept)]
    return Night(whole, parts, sum(whole.stops[idx].prize for idx in hopeless))


def share(rule: StopRule, waiting: Sequence[int], *, workers: int = 1) -> StopRule:
    """The rule for the first of the waiting parts, given their stops: its share of the time that is left."""
    left_s = rule.left_s()
    if left_s is None:
        return rule
    portion = min(1.0, workers * waiting[0] / max(1, sum(waiting)))
    return StopRule(time.perf_counter() + left_s * portion, rule.iterations)


def tell_nobody(progress: object) -> None:
    """For callers who do not wait for news."""


def _stop_rule(started: float, budget_s: float | None, iterations: int | None) -> StopRule:
    if budget_s is None:
        return StopRule(None, DEFAULT_ITERATIONS if iterations is None else iterations)
    return StopRule(started + budget_s, iterations)


def _solve_part(part: IntegerProblem, part_no: int, rule: StopRule, search: _Search) -> PartAnswer:
    exact = solve_exactly(part)
    if exact is None:
        return _improve(part, part_no, rule, search)
    if exact.routes is None:
        raise InfeasibleError(why_not_together(part))
    search.board.post(part_no, 0, exact.routes)
    return PartAnswer(exact.routes, exact.objective_micro)


def _improve(part: IntegerProblem, part_no: int, rule: StopRule, search: _Search) -> PartAnswer:
    """Construct, improve by the engine, keep the better plan, and bound it."""
    first = construct(part)
    if known := _known(part, search.start):
        first = _better(part, first, repair(part, known))
    search.board.post(part_no, 0, first)
    routes, iterations = first, 0
    notes: tuple[str, ...] = ()
    try:
        found = search.engine(
            part, seed=search.seed, stop=_before_bound(rule), start=first, report=search.board.report_for(part_no)
        )
        routes, iterations = _better(part, repair(part, found.routes), first), found.iterations
    except BackendError as error:
        notes = (f"{error} The constructed plan was kept.",)
    search.board.post(part_no, iterations, routes)
    complete = evaluate(part, routes).feasible
    bound = lower_bound(part, routes=routes if complete else (), stop=StopRule(rule.deadline, None))
    return PartAnswer(routes, bound, iterations, notes)


def _before_bound(rule: StopRule) -> StopRule:
    left_s = rule.left_s()
    if left_s is None:
        return rule
    return StopRule(time.perf_counter() + left_s * (1 - BOUND_SHARE), rule.iterations)


def _known(part: IntegerProblem, start: tuple[Route, ...]) -> tuple[Route, ...]:
    """What this part knows of a plan: its own vans and stops."""
    return tuple(
        Route(route.vehicle_type_id, route.vehicle_no, tuple(
            tuple(stop_id for stop_id in trip if stop_id in part.stop_idx) for trip in route.trips
        ))
        for route in start
        if route.vehicle_type_id in part.type_idx
    )


def _better(part: IntegerProblem, one: tuple[Route, ...], other: tuple[Route, ...]) -> tuple[Route, ...]:
    """The plan that breaks less, misses fewer required stops, costs less; the first when they are equal."""
    return min((one, other), key=lambda routes: _rank(evaluate(part, routes)))


def _rank(schedule: Schedule) -> tuple[int, int, int]:
    missing = len(schedule.missing_required)
    return len(schedule.breaches) - missing, missing, schedule.objective_micro


def join(night: Night, solved: Sequence[PartAnswer], *, engine: str, seed: int, started: float) -> PickupAnswer:
    """One answer for the whole night; `started` is a `time.perf_counter`."""
    schedule = evaluate(night.whole, [route for part in solved for route in part.routes])
    bound_micro = night.apart_micro + sum(part.bound_micro for part in solved)
    return PickupAnswer(
        status=_status(schedule, bound_micro),
        objective_eur=schedule.objective_eur,
        bound_eur=to_eur(bound_micro),
        routes=schedule.routes,
        unserved=schedule.unserved,
        engine=engine,
        seed=seed,
        iterations=sum(part.iterations for part in solved),
        degraded=any(part.notes for part in solved),
        note=" ".join([*map(str, schedule.breaches), *(note for part in solved for note in part.notes)]),
        seconds=time.perf_counter() - started,
    )


def _status(schedule: Schedule, bound_micro: int) -> Status:
    if not schedule.feasible:
        return Status.FAILED
    return Status.OPTIMAL if schedule.objective_micro == bound_micro else Status.FEASIBLE
