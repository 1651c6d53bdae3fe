"""What a measured process does."""

from __future__ import annotations

import time

import psutil

from benchmarks.locating.methods import METHODS
from benchmarks.locating.question import Question
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.journal import LOAD
from benchmarks.measuring.outcomes import REFUSED
from benchmarks.measuring.telling import Telling


def run(name: str, question: Question, *, seed: int, budget_s: float, telling: Telling) -> None:
    """Measure one run; the clock started with the process: imports and reading are inside the budget."""
    clock = Clock(budget_s, started=time.perf_counter() - process_age_s())
    with telling.stage(LOAD):
        solver = METHODS[name].load()
        reason = solver.refusal(question)
        problem = None if reason else question.read()
    if reason is not None:
        telling.found({REFUSED: reason})
        return
    telling.begin(clock)
    solver.run(question, problem, seed=seed, clock=clock, telling=telling)


def process_age_s() -> float:
    """Return how long this process has been running, in seconds."""
    return max(0.0, time.time() - psutil.Process().create_time())
