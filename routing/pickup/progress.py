"""What a running solver tells whoever waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from routing.pickup.engines import Report
from routing.pickup.integers import IntegerProblem, to_eur
from routing.pickup.schedule import Route, evaluate

LEAST_PAUSE_S = 0.25  # between two reports of one part, so that reporting does not slow the search
PAUSE_FACTOR = 20  # nor with very many stops: at most a twentieth of the time goes into looking at plans


@dataclass(frozen=True)
class Progress:
    """The best plan so far: seconds since the start, iterations of all parts, its objective, and its routes."""

    seconds: float
    iterations: int
    objective_eur: float
    routes: tuple[Route, ...]


OnProgress = Callable[[Progress], None]


class ProgressBoard:
    """Adds up the best plans of the parts and passes each improvement of the whole on; safe between threads."""

    def __init__(self, parts: list[IntegerProblem], *, apart_micro: int, started: float, tell: OnProgress) -> None:
        """`apart_micro` is the objective of what belongs to no part; `started` is a `time.perf_counter`."""
        self._parts = parts
        self._apart_micro = apart_micro
        self._started = started
        self._tell = tell
        self._lock = threading.Lock()
        self._best: dict[int, tuple[int, int, tuple[Route, ...]]] = {}
        self._next_at = [0.0] * len(parts)

    def post(self, part_no: int, iterations: int, routes: tuple[Route, ...]) -> None:
        """Keep a plan of one part that serves its required stops; tell when every part has one."""
        schedule = evaluate(self._parts[part_no], routes)
        if not schedule.feasible:
            return
        with self._lock:
            before = self._best.get(part_no)
            if before is not None and before[1] <= schedule.objective_micro:
                return
            self._best[part_no] = iterations, schedule.objective_micro, routes
            if len(self._best) == len(self._parts):
                self._tell(self._whole())

    def report_for(self, part_no: int) -> Report:
        """The reporting function of one part, quiet for a while after each report."""

        def report(iterations: int, routes: tuple[Route, ...]) -> None:
            began = time.perf_counter()
            if began >= self._next_at[part_no]:
                self.post(part_no, iterations, routes)
                now = time.perf_counter()
                self._next_at[part_no] = now + max(LEAST_PAUSE_S, PAUSE_FACTOR * (now - began))

        return report

    def _whole(self) -> Progress:
        best = [self._best[part_no] for part_no in range(len(self._parts))]
        return Progress(
            seconds=time.perf_counter() - self._started,
            iterations=sum(iterations for iterations, _, _ in best),
            objective_eur=to_eur(self._apart_micro + sum(objective for _, objective, _ in best)),
            routes=tuple(route for _, _, routes in best for route in routes),
        )
