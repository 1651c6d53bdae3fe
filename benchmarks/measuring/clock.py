"""The wall clock of one method: from coordinates in memory to its answer."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Clock:
    """Counts down `budget_s` from its making.

    `credit_s` are seconds that do not count: who has to read the file again does not pay for it.
    """

    budget_s: float
    credit_s: float = 0.0
    started: float = field(default_factory=time.perf_counter)

    @property
    def spent_s(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.started - self.credit_s

    @property
    def left_s(self) -> float:
        """Seconds of the budget that are left, never negative."""
        return max(0.0, self.budget_s - self.spent_s)
