"""The best plan and the best bound so far, shared by the threads that look for better ones."""

from __future__ import annotations

import math
import threading
import time

import numpy as np

from network_design.locate.answer import PROVEN, LocationProgress, OnProgress
from network_design.locate.distances import IntArray

ROUNDING = 1e-10  # relative: what a bound may have gained by adding up floating-point numbers


class Incumbent:
    """Keeps the cheapest plan told and the highest bound told; both in the unit of the cost.

    Where costs are `whole` numbers a bound is rounded up.
    """

    def __init__(self, *, whole: bool, started: float, on_progress: OnProgress | None = None) -> None:
        self.whole = whole
        self.cost = math.inf
        self.bound = 0.0
        self.open_sites: IntArray = np.empty(0, dtype=np.int64)
        self.found_at = started
        self._started, self._on_progress, self._lock = started, on_progress, threading.Lock()

    @property
    def enough(self) -> float:
        """A bound above this proves that nothing better exists."""
        if math.isinf(self.cost):
            return math.inf
        if self.whole:
            return self.cost - 1.0 + self._slack(self.cost)
        return self.cost - PROVEN / 2.0 * abs(self.cost)

    @property
    def target(self) -> float:
        """A cost to raise the bound towards: that of the plan, a guess while none serves everybody."""
        return self.cost if self.cost < math.inf else 2.0 * abs(self.bound) + 1.0

    @property
    def is_proven(self) -> bool:
        """Whether the plan is the best there is."""
        return self.cost < math.inf and self.cost - self.bound <= PROVEN * abs(self.cost)

    def offer(self, open_sites: IntArray, cost: float) -> bool:
        """Take a plan if it is cheaper; return whether it is."""
        with self._lock:
            cost = float(np.rint(cost)) if self.whole else cost
            if cost >= self.cost and len(self.open_sites):
                return False
            self.cost, self.open_sites, self.found_at = cost, np.sort(open_sites), time.perf_counter()
            self._tell()
            return True

    def prove(self, bound: float) -> None:
        """Take a bound if it is higher; infinite: nothing better than the plan exists."""
        with self._lock:
            sound = min(self.cost, self.sound(bound)) if bound < self.cost else self.cost
            if sound > self.bound:
                self.bound = sound
                self._tell()

    def sound(self, bound: float) -> float:
        """Return a bound less what rounding may have added, up to a whole number where costs are."""
        if math.isinf(bound):
            return bound
        less = bound - self._slack(bound)
        return float(math.ceil(less)) if self.whole else less

    def _slack(self, value: float) -> float:
        return ROUNDING * abs(value) + ROUNDING

    def _tell(self) -> None:
        if self._on_progress is not None:
            cost = self.cost if self.cost < math.inf else None
            self._on_progress(LocationProgress(time.perf_counter() - self._started, cost, self.bound))
