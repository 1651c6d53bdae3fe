"""One independent part of a night: a first plan or a proof, then the engine's improvement."""

from __future__ import annotations

from dataclasses import dataclass, replace

from retour.errors import BackendError, InfeasibleError
from routing.pickup.bound import lower_bound
from routing.pickup.construct import construct
from routing.pickup.engines import Engine, Report, StopRule
from routing.pickup.exact import solve_exactly
from routing.pickup.explain import why_not_together
from routing.pickup.integers import IntegerProblem
from routing.pickup.repair import repair
from routing.pickup.schedule import Route, Schedule, evaluate


@dataclass(frozen=True)
class PartAnswer:
    """The answer for one part; `notes` say what went wrong on the way; a `proven` one cannot be improved."""

    routes: tuple[Route, ...]
    bound_micro: int = 0
    iterations: int = 0
    notes: tuple[str, ...] = ()
    proven: bool = False


def begin(part: IntegerProblem, start: tuple[Route, ...]) -> PartAnswer:
    """The proven best plan of a handful of stops, else the better of a constructed plan and `start`.

    Raises `InfeasibleError` where trying every plan shows that none serves the required stops.
    """
    exact = solve_exactly(part)
    if exact is not None:
        if exact.routes is None:
            raise InfeasibleError(why_not_together(part))
        return PartAnswer(exact.routes, exact.objective_micro, proven=True)
    routes = construct(part)
    if known := _known(part, start):
        routes = _better(part, routes, repair(part, known))
    return PartAnswer(routes)


def improve(
    part: IntegerProblem, first: PartAnswer, *, engine: Engine, seed: int, stop: StopRule, report: Report
) -> PartAnswer:
    """What the engine makes of the first plan, repaired; the first plan where that is better or the engine fails."""
    try:
        found = engine(part, seed=seed, stop=stop, start=first.routes, report=report)
    except BackendError as error:
        return replace(first, notes=(f"{error} The constructed plan was kept.",))
    routes = _better(part, repair(part, found.routes), first.routes)
    return PartAnswer(routes, iterations=found.iterations)


def with_bound(part: IntegerProblem, answer: PartAnswer, *, stop: StopRule) -> PartAnswer:
    """The answer with a proven bound, which nothing but time (if `stop` has a deadline) limits."""
    complete = evaluate(part, answer.routes).feasible
    return replace(answer, bound_micro=lower_bound(part, routes=answer.routes if complete else (), stop=stop))


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
    missing = sum(breach.rule == "required" for breach in schedule.breaches)
    return len(schedule.breaches) - missing, missing, schedule.objective_micro
