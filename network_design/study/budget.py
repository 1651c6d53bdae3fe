"""A study's time, shared by what it asks."""

from __future__ import annotations

import time

from network_design.study.cases import options
from network_design.study.settings import Front, Study

FIRST = 4
"""A design that starts from nothing gets so many times the share of a search that starts from another."""
LEAD, LED = 5, 2
"""Shares per future of a large network: of the design that all others start from, and of one that starts from it."""


def most_designs(study: Study) -> int:
    """Return how many designs a study stores at most, counting one for all futures once in each."""
    futures = len(study.scenarios)
    number = len(options(study)) + futures + (study.baseline is not None)
    if study.uncertainty is not None:
        number += 2 * max(1, futures)
    if study.front is not None:
        number += _front_points(study.front) + study.front.alternatives
    return number


def _front_points(front: Front) -> int:
    """Return how many designs a front asks for: the best of every aim, and those in between."""
    between: int = front.points ** (len(front.aims) - 1)
    return len(front.aims) + between


class Shares:
    """A time budget shared by the work that is left, in proportion."""

    def __init__(self, study: Study, *, budget_s: float) -> None:
        """Start the clock for everything that a study asks."""
        self._deadline = time.perf_counter() + budget_s
        many = max(1, len(study.scenarios))
        designed = 0 if study.is_plain else FIRST * len(options(study))
        self.left = {"alone": FIRST * many, "options": designed + len(study.scenarios)}
        if study.baseline is not None:
            self.left["baseline"] = FIRST
        if study.greenfield is not None:
            self.left["greenfield"] = FIRST
        if study.uncertainty is not None:
            self.left["hedge"] = 2 + 2 * many
        if study.front is not None:
            self.left["front"] = _front_points(study.front) + study.front.alternatives
        if study.sensitivity is not None:
            each = FIRST if study.sensitivity.again else 1
            self.left["sensitivity"] = 2 * each * len(study.sensitivity.levers)

    def take(self, work: str) -> float:
        """Return the seconds for a piece of work, at least one."""
        units, every = self.left.pop(work), sum(self.left.values())
        return max(1.0, self.left_s * units / max(1, units + every))

    def take_to_lead(self, futures: int) -> float:
        """Take the seconds for a design that those of all futures start from: they need the less."""
        self.left["lead"], self.left["alone"] = LEAD * futures, LED * futures
        return self.take("lead")

    @property
    def left_s(self) -> float:
        """Seconds until the end."""
        return max(0.0, self._deadline - time.perf_counter())
