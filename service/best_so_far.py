"""How the best cost came down while a night was planned: kept as it is told, small however long it takes."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from retour.progress import Progress

DECIDE, ROUTE = "decide", "route"
MOST_STEPS = 240


class Step(NamedTuple):
    """A new best: seconds since the start, which round (1, 2, ...), which stage, and its objective in EUR.

    Each stage has an objective of its own: the net cost of all decisions, or the cost of the routes and of what they
    leave. Both start anew every round.
    """

    seconds: float
    round: int
    stage: str
    best_eur: float


class BestSoFar:
    """Keeps the steps of deciding and routing, as a `Listener`."""

    def __init__(self, already_s: float = 0.0) -> None:
        """Start the clock with so many seconds on it."""
        self._started, self._round, self._stage = time.perf_counter() - already_s, 0, ""
        self._steps: dict[tuple[int, str], list[Step]] = {}

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps kept, in the order they were told."""
        return tuple(step for series in self._steps.values() for step in series)

    def listen(self, news: Progress) -> None:
        """Keep a piece of news that tells another best than the last; a new round begins when deciding begins again."""
        if news.stage == DECIDE and self._stage != DECIDE:
            self._round += 1
        self._stage = news.stage
        if news.stage not in (DECIDE, ROUTE) or news.best_eur is None:
            return
        seconds = round(time.perf_counter() - self._started, 2)
        step = Step(seconds, max(self._round, 1), news.stage, round(news.best_eur, 2))
        series = self._steps.setdefault((step.round, step.stage), [])
        if series and series[-1].best_eur == step.best_eur:
            return
        series.append(step)
        if len(series) > MOST_STEPS:
            del series[1:-1:2]  # every other one, the first and the last stay


def write_steps(path: Path, steps: Iterable[Step]) -> None:
    """Write steps as CSV with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(Step._fields)
        rows.writerows(steps)


def step_table(steps: Iterable[Step]) -> pd.DataFrame:
    """Return steps as a table with the columns of `Step`."""
    return pd.DataFrame(list(steps), columns=list(Step._fields))


def read_steps(path: Path) -> pd.DataFrame:
    """Return the steps of a stored run; none for a run stored before they were kept."""
    return pd.read_csv(path) if path.is_file() else step_table(())
