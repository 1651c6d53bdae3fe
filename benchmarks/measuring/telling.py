"""What a running method tells its watcher: better plans with their times, and the best one in case it is killed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measuring.clock import Clock
from benchmarks.measuring.journal import Journal

Write = Callable[[Path], None]
"""Writes a plan to the path given."""
LEAST_PAUSE_S = 0.25  # between two plans written
PAUSE_FACTOR = 20  # nor with very large plans: at most a twentieth of the time goes into writing


class Telling(Journal):
    """A journal that also keeps the best plan so far in `plan`, written whole or not at all."""

    def __init__(self, file: Path, *, plan: Path) -> None:
        super().__init__(file)
        self._plan = plan
        self._clock = Clock(0.0)
        self._waiting: tuple[float, float, Write] | None = None
        self._next_s = 0.0

    def begin(self, clock: Clock) -> None:
        """Times told from now on are this clock's."""
        self._clock = clock

    def beside(self, suffix: str) -> Path:
        """Return where something else may be left: beside the plan, with another suffix."""
        return self._plan.with_suffix(suffix)

    def better(self, cost: float, write: Write) -> None:
        """Note a better plan; it is written now, or with a later one where the last was written just now."""
        self._waiting = self._clock.spent_s, cost, write
        self.tick()

    def tick(self) -> None:
        """Write the plan that waits, when it is time; cheap enough to be called in every step of a search."""
        if self._waiting is not None and self._clock.spent_s >= self._next_s:
            at_s, cost, write = self._waiting
            began = time.perf_counter()
            write(self._plan)
            self._say({"at_s": at_s, "cost": cost})
            self._waiting = None
            taken_s = time.perf_counter() - began
            self._next_s = self._clock.spent_s + max(LEAST_PAUSE_S, PAUSE_FACTOR * taken_s)

    def answer(self, cost: float | None, write: Write) -> None:
        """Note the answer: the clock stops before it is written. `cost` is None where the method tells none."""
        answered_s = self._clock.spent_s
        write(self._plan)
        self.found({"answered_s": answered_s, "claimed": cost})
