"""Solve in processes that can be killed, so that a stuck or crashing engine never costs the night its plan."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from retour.errors import BackendError, InfeasibleError
from routing.children import end_with_parent, keep_interrupts_from_children
from routing.pickup.answer import PickupAnswer
from routing.pickup.bound import lower_bound
from routing.pickup.construct import construct
from routing.pickup.engines import AUTO, StopRule, choose_engine, load_engine
from routing.pickup.integers import IntegerProblem, to_integers, to_micro
from routing.pickup.parts import put_together
from routing.pickup.problem import PickupProblem
from routing.pickup.progress import OnProgress, Progress, ProgressBoard
from routing.pickup.schedule import Route
from routing.pickup.search import PartAnswer
from routing.pickup.solve import Night, join, prepare, solve_pickup, tell_nobody

GRACE_S = 3.0
WORKERS = 2
SIDE_BY_SIDE_STOPS = 150  # with more stops, several parts and a time budget, parts run side by side


@dataclass(frozen=True)
class _Order:
    """What a process is asked to do; `stop_at` (of `time.time`) is its deadline, start-up included."""

    problem: PickupProblem
    engine: str
    seed: int
    stop_at: float | None
    iterations: int | None
    start: tuple[Route, ...]


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
    An interruption of the caller ends its processes at once, and so does its own end, however it comes.
    Large problems whose hubs share no stop run as `WORKERS` processes side by side when a time budget is given.
    The caller's main module must be importable without side effects (`if __name__ == "__main__":`).
    """
    started = time.perf_counter()
    if engine != AUTO:
        load_engine(engine)
    night = prepare(problem)
    chosen = choose_engine(night.whole, name=engine)
    side_by_side = budget_s is not None and len(problem.stops) > SIDE_BY_SIDE_STOPS
    lanes = Night(night.whole, _lanes(night.parts), night.apart_micro) if side_by_side else _in_one(night)
    board = ProgressBoard(lanes.parts, apart_micro=lanes.apart_micro, started=started, tell=on_progress or tell_nobody)
    limits = StopRule(None if budget_s is None else started + budget_s, iterations)
    jobs = [_Job(part, chosen.name, seed, limits, tuple(start), grace_s) for part in lanes.parts]

    def solve_one(lane_no: int) -> PartAnswer:
        return jobs[lane_no].run(lambda news: board.post(lane_no, news.iterations, news.routes))

    with ThreadPoolExecutor(WORKERS, initializer=keep_interrupts_from_children) as pool:  # a thread waits for a process
        try:
            solved = list(pool.map(solve_one, range(len(jobs))))
        except BaseException:  # an interruption too: leaving the pool waits for its threads
            for job in jobs:
                job.give_up()
            raise
    return join(lanes, solved, engine=chosen, seed=seed, started=started)


def _in_one(night: Night) -> Night:
    """Everything in one process, which splits it again."""
    return Night(night.whole, [night.whole], 0)


def _lanes(parts: list[IntegerProblem]) -> list[IntegerProblem]:
    """The parts put together into at most `WORKERS` problems of about as many stops each."""
    lanes: list[list[PickupProblem]] = [[] for _ in range(min(WORKERS, len(parts)))]
    for part in sorted((part.source for part in parts), key=lambda part: -len(part.stops)):
        min(lanes, key=lambda lane: sum(len(other.stops) for other in lane)).append(part)
    return [to_integers(put_together(lane)) for lane in lanes]


@dataclass(frozen=True)
class _Job:
    """One part, and how long its process may live."""

    part: IntegerProblem
    engine: str
    seed: int
    limits: StopRule
    start: tuple[Route, ...]
    grace_s: float
    started: list[BaseProcess] = field(default_factory=list)

    def run(self, tell: Callable[[Progress], None]) -> PartAnswer:
        """Start the process, pass its news on, and see to it that it ends."""
        spawn = multiprocessing.get_context("spawn")
        receiver, sender = spawn.Pipe(duplex=False)
        process = spawn.Process(target=_work, args=(sender, self._order()), daemon=True)
        process.start()
        self.started.append(process)
        sender.close()
        try:
            last, outcome = _listen(receiver, self._kill_at(), tell)
        finally:
            process.kill()
            process.join()
        if isinstance(outcome, _Failure):
            raise _as_error(outcome)
        return self._rescue(last, outcome) if isinstance(outcome, str) else _part_answer(outcome)

    def give_up(self) -> None:
        """End its process, whatever it is at; nobody waits for the answer any more."""
        for process in self.started:
            process.kill()

    def _order(self) -> _Order:
        left_s = self.limits.left_s()
        stop_at = None if left_s is None else time.time() + left_s
        return _Order(self.part.source, self.engine, self.seed, stop_at, self.limits.iterations, self.start)

    def _kill_at(self) -> float | None:
        return None if self.limits.deadline is None else self.limits.deadline + self.grace_s

    def _rescue(self, last: Progress | None, why: str) -> PartAnswer:
        """The best plan known without the process's answer, with the quick bound."""
        routes, kept = (construct(self.part), "constructed plan") if last is None else (last.routes, "last plan")
        iterations = 0 if last is None else last.iterations
        return PartAnswer(routes, lower_bound(self.part), iterations, (f"{why} The {kept} was kept.",))


def _work(sender: Connection, order: _Order) -> None:
    """What a process does: solve, sending every better plan and at last the answer or the failure."""
    end_with_parent()
    with suppress(BrokenPipeError):  # nobody listens any more: the caller is gone
        sender.send(_carried_out(order, sender.send))


def _carried_out(order: _Order, tell: OnProgress) -> PickupAnswer | _Failure:
    try:
        return solve_pickup(
            order.problem,
            engine=order.engine,
            seed=order.seed,
            budget_s=None if order.stop_at is None else max(0.0, order.stop_at - time.time()),
            iterations=order.iterations,
            on_progress=tell,
            start=order.start,
        )
    except InfeasibleError as error:
        return _Failure("infeasible", error.reasons)
    except BackendError as error:
        return _Failure("backend", (str(error),))


def _listen(
    receiver: Connection, kill_at: float | None, tell: Callable[[Progress], None]
) -> tuple[Progress | None, PickupAnswer | _Failure | str]:
    """The last plan reported and the answer, the failure, or in words why there is neither."""
    last = None
    try:
        while receiver.poll(None if kill_at is None else max(0.0, kill_at - time.perf_counter())):
            message = receiver.recv()
            if not isinstance(message, Progress):
                return last, message
            last = message
            tell(message)
    except EOFError:
        return last, "The routing process died."
    return last, "The routing process did not keep its time and was stopped."


def _part_answer(answer: PickupAnswer) -> PartAnswer:
    routes = tuple(route.as_route() for route in answer.routes)
    notes = (answer.note,) if answer.degraded else ()
    return PartAnswer(routes, to_micro(answer.bound_eur), answer.iterations, notes)


def _as_error(failure: _Failure) -> Exception:
    return InfeasibleError(failure.reasons) if failure.kind == "infeasible" else BackendError(failure.reasons[0])
