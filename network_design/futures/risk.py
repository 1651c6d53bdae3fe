"""What a design is worth in several futures: its expected cost, that of the worst ones, or between the two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Risk:
    """(1 - weight) x expected cost + weight x CVaR: the mean cost of the worst 1 - alpha of all futures."""

    alpha: float = 0.0
    weight: float = 0.0

    def value(self, cost: FloatArray, probability: FloatArray) -> float:
        """Return the value of costs by future; infinite where one of them is."""
        if not np.isfinite(cost).all():
            return float("inf")
        tail = conditional_value_at_risk(cost, probability, alpha=self.alpha) if self.weight else 0.0
        return (1 - self.weight) * float(cost @ probability) + self.weight * tail


def conditional_value_at_risk(cost: FloatArray, probability: FloatArray, *, alpha: float) -> float:
    """Return the mean of the worst 1 - alpha of the distribution; the future on its edge counts in part.

    Rockafellar and Uryasev (2002), doi:10.1016/S0378-4266(02)00271-6.
    """
    worst = np.argsort(-cost, kind="stable")
    counted = np.clip(1 - alpha - np.concatenate([[0.0], np.cumsum(probability[worst])[:-1]]), 0.0, probability[worst])
    return float(cost[worst] @ counted / (1 - alpha))
