"""Prices that make the relaxation's value high: the volume algorithm (Barahona and Anbil 2000, 10.1007/s101070050002).

Each step goes from the best prices so far in the direction in which the rules are broken on average, and is as long
as the gap to the best known plan allows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from network_design.locate.location_routing.relaxation import Prices, Response

NEWEST_SHARE = 0.1  # of the newest answer in the average of what rules are broken by
FIRST_LENGTH, SHORTEST = 0.2, 1e-4
LONGER, SHORTER = 1.1, 0.7
PATIENCE = 8  # steps without a better value before steps become shorter


@dataclass
class Ascent:
    """The best prices so far, what they prove, and the average of what is broken; `look` tells the value at prices."""

    look: Callable[[Prices], Response]
    prices: Prices
    best: Response = field(init=False)
    broken: Prices = field(init=False)
    length: float = FIRST_LENGTH
    idle: int = 0
    steps: int = 0

    def __post_init__(self) -> None:
        """Begin at the prices given."""
        self.best = self.look(self.prices)
        self.broken = self.best.broken

    @property
    def is_over(self) -> bool:
        """Whether steps have no length any more."""
        return self.length < SHORTEST

    def step(self, target: float) -> Response:
        """Try other prices, with `target` the cost of a plan; return the value there."""
        tried = self._next_prices(target)
        found = self.look(tried)
        self.broken = _mean(found.broken, self.broken)
        self.steps += 1
        if found.value > self.best.value:
            if _product(found.broken, self.broken) > 0:
                self.length = min(2.0, self.length * LONGER)
            self.best, self.prices, self.idle = found, tried, 0
        else:
            self.idle += 1
            if self.idle >= PATIENCE:
                self.length, self.idle = self.length * SHORTER, 0
        return found

    def _next_prices(self, target: float) -> Prices:
        free = (self.prices.room > 0) | (self.broken.room > 0)  # a price of 0 cannot fall
        room = np.where(free, self.broken.room, 0.0)
        route = self.broken.route if self.prices.route > 0 or self.broken.route > 0 else 0.0
        norm = float((self.broken.visit**2).sum() + route**2 + (room**2).sum())
        size = self.length * max(target - self.best.value, 1e-6 * abs(target)) / max(norm, 1e-9)
        return Prices(
            visit=self.prices.visit + size * self.broken.visit,
            route=max(0.0, self.prices.route + size * route),
            room=np.maximum(0.0, self.prices.room + size * room),
        )


def _mean(newest: Prices, before: Prices) -> Prices:
    share = NEWEST_SHARE
    return Prices(
        share * newest.visit + (1 - share) * before.visit,
        share * newest.route + (1 - share) * before.route,
        share * newest.room + (1 - share) * before.room,
    )


def _product(one: Prices, other: Prices) -> float:
    return float(one.visit @ other.visit + one.route * other.route + (one.room * other.room).sum())
