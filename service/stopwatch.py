"""Wall time of a run by step, and what is left of its budget."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

SHORTEST_BUDGET_S = 1.0
STORE_S, STORE_SHARE = 2.0, 0.05  # kept back of a budget for checking and storing
STORE_OVER_LOAD = 8.0  # or so much of the time it took to load: large nights, slow and busy machines
log = structlog.get_logger()


class Stopwatch:
    """Wall time by named step, seconds."""

    def __init__(self, already_s: float) -> None:
        """Start the watch, with so many seconds on it."""
        self.started = time.perf_counter() - already_s
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what happens inside as one step."""
        begun = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begun, 3)
        log.info("step done", step=name, seconds=self.seconds[name])

    def left_s(self, budget_s: float | None, *, plans: int = 1) -> float | None:
        """Return what remains for planning of a budget that began with the watch, at least a second.

        Checking and storing each of the `plans` takes as many times as long as loading did, here and now; at most half
        the budget is kept back for it.
        """
        if budget_s is None:
            return None
        spent_s = time.perf_counter() - self.started
        store_s = max(STORE_S + STORE_SHARE * budget_s, plans * STORE_OVER_LOAD * self.seconds.get("load", 0.0))
        return max(SHORTEST_BUDGET_S, budget_s - min(store_s, budget_s / 2) - spent_s)
