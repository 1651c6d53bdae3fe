"""What every location solver hands back, and what it tells on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from retour.vocabulary import Status

PROVEN = 1e-9  # relative distance of cost and bound below which nothing is left to find


@dataclass(frozen=True)
class LocationProgress:
    """Seconds since the search began, the best cost so far (None without a plan) and the best bound so far."""

    seconds: float
    cost: float | None
    bound: float | None


OnProgress = Callable[[LocationProgress], None]


@dataclass(frozen=True)
class LocationAnswer:
    """What is open and who is served from where; sites and customers are numbered from 0 as the problem lists them.

    `cost` and `bound` are in the problem's own unit (`cost` None: no plan was found; `bound` None: nothing is proven).
    `open_sites` is sorted. `assignment` holds the site of each customer (shape: customers) where each has one; where
    demand is split, `flows` holds (from, to, amount) rows per echelon by name. `routes` holds (depot, customers in
    order) per vehicle. `site_price` is what one more unit of each site's capacity would save, `customer_price` what
    each customer costs to serve at the margin, where the method yields them. `note` says what a reader should know.
    """

    status: Status
    cost: float | None
    bound: float | None
    open_sites: tuple[int, ...] = ()
    assignment: np.ndarray | None = None
    flows: dict[str, np.ndarray] = field(default_factory=dict)
    routes: tuple[tuple[int, tuple[int, ...]], ...] = ()
    site_price: np.ndarray | None = None
    customer_price: np.ndarray | None = None
    iterations: int = 0
    method: str = ""
    note: str = ""

    @property
    def gap(self) -> float | None:
        """(cost - bound) / cost, never negative; None without a bound or a cost."""
        if self.cost is None or self.bound is None:
            return None
        return max(0.0, (self.cost - self.bound) / abs(self.cost)) if self.cost else 0.0


class Deadline:
    """How much wall time is left; the clock runs from `started` (of `time.perf_counter`)."""

    def __init__(self, budget_s: float, *, started: float | None = None) -> None:
        self.started = time.perf_counter() if started is None else started
        self.budget_s = budget_s

    def left_s(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.started + self.budget_s - time.perf_counter())

    def spent_s(self) -> float:
        """Seconds spent."""
        return time.perf_counter() - self.started

    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self.left_s() <= 0.0
