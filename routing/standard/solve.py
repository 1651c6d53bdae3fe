"""Solve a standard instance with the pickup engines, and let the independent checker judge what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retour.vocabulary import Status
from routing.pickup.engines import AUTO, choose_engine
from routing.pickup.integers import to_micro
from routing.pickup.processes import solve_in_process
from routing.pickup.progress import OnProgress
from routing.standard.check import Checked, check_solution
from routing.standard.instance import StandardInstance
from routing.standard.to_pickup import from_solution, to_pickup_problem, to_solution

Solution = tuple[tuple[int, ...], ...]
GRACE_S = 1.5  # how long after its deadline an engine that is stuck inside one iteration may live


@dataclass(frozen=True)
class StandardAnswer:
    """Routes as a `.sol` file numbers them, and what the checker says of them.

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

    @property
    def gap(self) -> float | None:
        """(cost - bound) / cost, None without a bound or a cost."""
        cost = self.checked.cost
        return None if self.bound is None or not cost else max(0.0, (cost - self.bound) / cost)


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
    solution = to_solution(instance, [route.as_route() for route in answer.routes])
    checked = check_solution(instance, solution)
    bound = to_micro(answer.bound_eur)
    return StandardAnswer(
        status=answer.status if checked.feasible else Status.FAILED,
        solution=solution,
        checked=checked,
        bound=bound if bound > 0 else None,
        engine=choice.name,
        engine_why=choice.why,
        iterations=answer.iterations,
        degraded=answer.degraded,
        note=answer.note,
    )
