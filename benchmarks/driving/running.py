"""What a measured process does."""

from __future__ import annotations

from pathlib import Path

from benchmarks.driving.methods import METHODS, PYVRP
from benchmarks.driving.read import read_subject
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.journal import LOAD, SOLVE
from benchmarks.measuring.outcomes import REFUSED, RefusedError
from benchmarks.measuring.telling import Telling


def run(method: str, path: Path, *, seed: int, budget_s: float, telling: Telling) -> None:
    """Measure one run; the clock starts when the subject is in memory and the method's libraries are loaded."""
    with telling.stage(LOAD):
        subject = read_subject(path)
        planner = METHODS[method].load()
        reason = planner.refusal(subject)
        credit_s = subject.reading_s if method == PYVRP else 0.0
    if reason is not None:
        telling.found({REFUSED: reason})
        return
    with telling.stage(SOLVE):
        clock = Clock(budget_s, credit_s)
        telling.begin(clock)
        try:
            planner.run(subject, seed=seed, clock=clock, telling=telling)
        except RefusedError as refused:
            telling.found({REFUSED: str(refused)})


def warm_up(method: str, path: Path) -> None:
    """Let a method compile what it needs, so that it lies in its cache."""
    METHODS[method].load().warm_up(read_subject(path))
