"""How much time is left."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Deadline:
    """Counts from when it is made; `budget_s` None never ends."""

    budget_s: float | None = None
    started_s: float = field(default_factory=time.monotonic)

    @property
    def spent_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started_s

    @property
    def left_s(self) -> float:
        """Seconds left, 0 when it is over, inf without a budget."""
        return float("inf") if self.budget_s is None else max(0.0, self.budget_s - self.spent_s)

    def share(self, share: float) -> Deadline:
        """Return a deadline from the same start with this share of the budget."""
        return self if self.budget_s is None else Deadline(self.budget_s * share, self.started_s)
