"""Which depots to open, and which of them for each customer, at given costs; and what every choice costs at least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from network_design.locate.location_routing.covering import cheapest_cover

MOST_DEPOTS = 14  # of which every set is looked at
PRICE_STEPS = 30
STEP_SHARE = 0.02  # of the value: the first step of prices


@dataclass(frozen=True)
class Choice:
    """`opened` (depots,) are flags, `depot` (customers,) is whose each customer is; no choice costs below `value`."""

    value: float
    opened: np.ndarray
    depot: np.ndarray


class Chooser(Protocol):
    """Chooses at given costs, and keeps what was proven of all plans."""

    @property
    def bound(self) -> float:
        """What no plan costs less than."""
        ...

    @property
    def depots(self) -> np.ndarray:
        """The depots that plans cheaper than the best known one may open."""
        ...

    def choose(self, opening: np.ndarray, cost: np.ndarray, constant: float) -> Choice:
        """Return a choice where opening costs `opening` (depots,) and serving `cost` (depots, customers), on top of
        what is `constant`."""
        ...


def chooser_for(room: np.ndarray, total: int, *, ceiling: float) -> Chooser:
    """Return what looks at every set of depots, or where they are too many, what puts prices on customers instead."""
    return EverySet(room, total, ceiling=ceiling) if len(room) <= MOST_DEPOTS else ByPrices(room, total)


class EverySet:
    """Looks at every set of depots with room for all demand, and remembers the most that was proven of each.

    `room` (depots,) and `total` are loads. Sets proven to cost `ceiling`, what a plan costs, are looked at no more.
    """

    def __init__(self, room: np.ndarray, total: int, *, ceiling: float) -> None:
        depots = len(room)
        self.members = (np.arange(1 << depots)[:, None] >> np.arange(depots) & 1).astype(bool)
        self.proven = np.where(self.members @ room >= total, -np.inf, np.inf)
        self.ceiling = ceiling

    @property
    def bound(self) -> float:
        """What no plan costs less than, or the ceiling where nothing below it is left."""
        return min(self.ceiling, float(self.proven.min()))

    @property
    def depots(self) -> np.ndarray:
        """The depots of the sets that are still looked at."""
        return np.flatnonzero(self.members[self.proven < self.ceiling].any(axis=0))

    def choose(self, opening: np.ndarray, cost: np.ndarray, constant: float) -> Choice:
        """Return the cheapest choice."""
        total = self._service(cost) + self.members @ opening + constant
        looked_at = self.proven < self.ceiling
        self.proven[looked_at] = np.maximum(self.proven, total)[looked_at]
        chosen = int(np.argmin(np.where(looked_at, total, np.inf)))
        opened = self.members[chosen]
        return Choice(float(total[chosen]), opened, np.where(opened[:, None], cost, np.inf).argmin(axis=0))

    def _service(self, cost: np.ndarray) -> np.ndarray:
        """What serving all customers costs from the nearest of each set's depots, shape (sets,)."""
        nearest = np.full((1, cost.shape[1]), np.inf)
        for depot in range(len(cost)):
            nearest = np.concatenate([nearest, np.minimum(nearest, cost[depot])])
        return nearest.sum(axis=1)


class ByPrices:
    """Puts a price on serving each customer, so that depots know nothing of each other (`covering` chooses them).

    The prices are improved by some subgradient steps in every choice, from the best of the choice before.
    """

    def __init__(self, room: np.ndarray, total: int) -> None:
        self.room, self.total, self.price = room, total, np.zeros(0)
        self.bound = -np.inf
        self.depots = np.arange(len(room))

    def choose(self, opening: np.ndarray, cost: np.ndarray, constant: float) -> Choice:
        """Return the depots of the best prices, and each customer's cheapest of them."""
        price = self.price if len(self.price) else cost.min(axis=0)
        best, opened = -np.inf, np.zeros(len(self.room), dtype=bool)
        for step in range(PRICE_STEPS):
            served = cost < price
            gain = opening + np.where(served, cost - price, 0.0).sum(axis=1)
            least, chosen = cheapest_cover(gain, self.room, self.total)
            if least + price.sum() > best:
                best, opened, self.price = float(least + price.sum()), chosen, price
            broken = 1.0 - served[chosen].sum(axis=0)
            norm = float((broken**2).sum())
            if norm == 0.0:
                break
            price = price + STEP_SHARE * abs(best + constant) / (1 + step) / norm * broken
        self.bound = max(self.bound, best + constant)
        return Choice(best + constant, opened, np.where(opened[:, None], cost, np.inf).argmin(axis=0))
