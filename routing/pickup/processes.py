"""Solve in a process that can be killed, so that a stuck or crashing engine never costs the night its plan."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

from retour.errors import BackendError, InfeasibleError
from retour.vocabulary import Status
from routing.pickup.answer import PickupAnswer
from routing.pickup.bound import lower_bound
from routing.pickup.construct import construct
from routing.pickup.integers import to_eur, to_integers
from routing.pickup.problem import PickupProblem
from routing.pickup.progress import OnProgress, Progress
from routing.pickup.schedule import Route, evaluate
from routing.pickup.solve import solve_pickup

GRACE_S = 3.0


@dataclass(frozen=True)
class _Order:
    """What the process is asked to do; `sent_at` (of `time.time`) makes its start-up count."""

    problem: PickupProblem
    engine: str
    seed: int
    budget_s: float | None
    iterations: int | None
    start: tuple[Route, ...]
    sent_at: float


@dataclass(frozen=True)
class _Failure:
    """An error that crosses between processes as plain words."""

    kind: str
    reasons: tuple[str, ...]


def solve_in_process(
    problem: PickupProblem,
    *,
    engine: str = "pyvrp",
    seed: int,
    budget_s: float | None = None,
    iterations: int | None = None,
    on_progress: OnProgress | None = None,
    start: Sequence[Route] = (),
    grace_s: float = GRACE_S,
) -> PickupAnswer:
    """As `solve_pickup`, in a process of its own that is killed `grace_s` after the time budget.

    A process that is killed or dies leaves its last reported plan, or else the constructed one, marked `degraded`.
    The caller's main module must be importable without side effects (`if __name__ == "__main__":`).
    """
    started = time.perf_counter()
    order = _Order(problem, engine, seed, budget_s, iterations, tuple(start), time.time())
    deadline = None if budget_s is None else started + budget_s + grace_s
    spawn = multiprocessing.get_context("spawn")
    receiver, sender = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_work, args=(sender, order), daemon=True)
    process.start()
    sender.close()
    try:
        last, outcome = _listen(receiver, deadline, on_progress)
    finally:
        process.kill()
        process.join()
    if isinstance(outcome, PickupAnswer):
        return outcome
    if isinstance(outcome, _Failure):
        raise _as_error(outcome)
    return _rescue(order, last, why=outcome, started=started)


def _work(sender: Connection, order: _Order) -> None:
    """What the process does: solve, sending every better plan and at last the answer or the failure."""
    budget_s = order.budget_s
    if budget_s is not None:
        budget_s = max(0.0, budget_s - (time.time() - order.sent_at))
    try:
        answer = solve_pickup(
            order.problem,
            engine=order.engine,
            seed=order.seed,
            budget_s=budget_s,
            iterations=order.iterations,
            on_progress=sender.send,
            start=order.start,
        )
        sender.send(answer)
    except InfeasibleError as error:
        sender.send(_Failure("infeasible", error.reasons))
    except BackendError as error:
        sender.send(_Failure("backend", (str(error),)))
    except ValueError as error:
        sender.send(_Failure("defects", (str(error),)))


def _listen(
    receiver: Connection, deadline: float | None, on_progress: OnProgress | None
) -> tuple[Progress | None, PickupAnswer | _Failure | str]:
    """The last plan reported and the answer, the failure, or in words why there is neither."""
    last = None
    try:
        while receiver.poll(None if deadline is None else max(0.0, deadline - time.perf_counter())):
            message = receiver.recv()
            if not isinstance(message, Progress):
                return last, message
            last = message
            if on_progress is not None:
                on_progress(message)
    except EOFError:
        return last, "The routing process died."
    return last, "The routing process did not keep its time and was stopped."


def _as_error(failure: _Failure) -> Exception:
    if failure.kind == "infeasible":
        return InfeasibleError(failure.reasons)
    return BackendError(failure.reasons[0]) if failure.kind == "backend" else ValueError(failure.reasons[0])


def _rescue(order: _Order, last: Progress | None, *, why: str, started: float) -> PickupAnswer:
    """The best plan known without the engine's answer, with the quick bound."""
    integers = to_integers(order.problem)
    schedule = evaluate(integers, construct(integers) if last is None else last.routes)
    kept = "The constructed plan was kept." if last is None else "Its last plan was kept."
    return PickupAnswer(
        status=Status.FEASIBLE if schedule.feasible else Status.FAILED,
        objective_eur=schedule.objective_eur,
        bound_eur=to_eur(lower_bound(integers)),
        routes=schedule.routes,
        unserved=schedule.unserved,
        engine=order.engine,
        seed=order.seed,
        iterations=0 if last is None else last.iterations,
        degraded=True,
        note=f"{why} {kept}",
        seconds=time.perf_counter() - started,
    )
