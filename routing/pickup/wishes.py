"""What a plan costs beyond driving: unbalanced vans, scattered routes, stops that changed vans. Micro-euro."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from routing.pickup.integers import IntegerProblem


def balance_micro(integers: IntegerProblem, paid_s: Sequence[int]) -> int:
    """The price of the difference between the longest and the shortest of the given paid times, one per van that
    drives."""
    return integers.wishes.balance_per_s * (max(paid_s) - min(paid_s)) if paid_s else 0


def compactness_micro(integers: IntegerProblem, stops: Sequence[int]) -> int:
    """The price of the distances from one van's stops (positions) to their mean; rounded once for the van."""
    if not (integers.wishes.compactness_per_m and len(stops) > 1):
        return 0
    x, y = (coordinate[list(stops)] for coordinate in integers.crow_m)
    return round(integers.wishes.compactness_per_m * float(np.hypot(x - x.mean(), y - y.mean()).sum()))


def stability_micro(integers: IntegerProblem, vans: Iterable[tuple[tuple[str, int], Sequence[int]]]) -> int:
    """The price of stops on another van than earlier; `vans` gives type id and number, and stop positions."""
    earlier = integers.wishes.earlier
    moved = sum(earlier.get(idx, van) != van for van, stops in vans for idx in stops) if earlier else 0
    return integers.wishes.stability * moved
