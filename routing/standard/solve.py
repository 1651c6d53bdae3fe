"""Solve a standard instance with the pickup engines, and let the independent checker judge what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retour.errors import InfeasibleError
from retour.vocabulary import Status
from routing.pickup.engines import AUTO, choose_engine
from routing.pickup.integers import to_micro
from routing.pickup.processes import solve_in_process
from routing.pickup.progress import OnProgress
from routing.pickup.unserved import Unserved, explain_unserved, unserved_record
from routing.standard.check import Checked, check_solution
from routing.standard.instance import StandardInstance
from routing.standard.to_pickup import UNITS_PER_EUR, from_solution, to_pickup_problem, to_solution

Solution = tuple[tuple[int, ...], ...]
GRACE_S = 1.5  # how long after its deadline an engine that is stuck inside one iteration may live


@dataclass(frozen=True)
class StandardAnswer:
    """Routes as a `.sol` file numbers them, and what the checker says of them.

    `unserved` says why a FAILED answer leaves clients; a unit of cost is a millionth of a euro there.
    `bound` is in the units of `checked.cost`, None where nothing is proven. `note` says why a plan is `degraded`
    or FAILED.
    """

    status: Status
    solution: Solution
    checked: Checked
    bound: int | None
    engine: str
    engine_why: str
    iterations: int
    degraded: bool
    note: str
    unserved: tuple[Unserved, ...] = ()

    @property
    def gap(self) -> float | None:
        """(cost - bound) / cost, None without a bound or a cost."""
        cost = self.checked.cost
        return None if self.bound is None or not cost else max(0.0, (cost - self.bound) / cost)


def say_units(eur: float) -> str:
    """Money in the units of cost of a standard file."""
    return f"{to_micro(eur):,}"


def how_told(instance: StandardInstance, reasons: Sequence[str]) -> str:
    """How the numbers in the reasons are to be read against the file."""
    nodes = f"Stops are numbered as in .sol files: stop {instance.depots} is node {instance.depots + 1} of the file"
    timed = any("minute" in reason or "hours" in reason for reason in reasons)
    units = f"; times read as if the file's unit were {instance.convention.scale:,} s" if timed else ""
    return f"{nodes}{units}."


def solve_standard(
    instance: StandardInstance,
    *,
    engine: str = AUTO,
    seed: int,
    budget_s: float | None = None,
    iterations: int | None = None,
    start: Sequence[Sequence[int]] = (),
    on_progress: OnProgress | None = None,
) -> StandardAnswer:
    """The best solution found in `budget_s` seconds of wall clock or so many iterations, whichever ends first.

    `start` is a solution to begin with. Progress tells costs in millionths: its `objective_eur` x 1,000,000 is the
    cost. Raises `InputError` for a start that names what does not exist, `InfeasibleError` and `BackendError` as
    `solve_in_process` does. What the checker finds broken comes back as FAILED, never as FEASIBLE.
    """
    problem = to_pickup_problem(instance)
    choice = choose_engine(problem, name=engine)
    try:
        answer = solve_in_process(
            problem,
            engine=choice.name,
            seed=seed,
            budget_s=budget_s,
            iterations=iterations,
            start=from_solution(instance, start),
            on_progress=on_progress,
            grace_s=GRACE_S,
        )
    except InfeasibleError as error:
        out_of_reach = explain_unserved(problem, None, say_eur=say_units)
        records = (unserved_record(stop, units_per_eur=UNITS_PER_EUR) for stop in out_of_reach)
        raise InfeasibleError((*error.reasons, how_told(instance, error.reasons)), unserved=records) from None
    solution = to_solution(instance, [route.as_route() for route in answer.routes])
    checked = check_solution(instance, solution)
    bound = to_micro(answer.bound_eur)
    failed = answer.status is Status.FAILED
    return StandardAnswer(
        status=answer.status if checked.feasible else Status.FAILED,
        unserved=tuple(explain_unserved(problem, answer, say_eur=say_units)) if failed else (),
        solution=solution,
        checked=checked,
        bound=bound if bound > 0 else None,
        engine=choice.name,
        engine_why=choice.why,
        iterations=answer.iterations,
        degraded=answer.degraded,
        note=answer.note,
    )
