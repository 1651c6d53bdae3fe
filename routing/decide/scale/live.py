"""Prices, and the ways worth a look at them: worked out once per process, whatever number of partitions asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retour.indexed import OUTCOMES
from routing.decide.scale import kernels
from routing.decide.scale.night import Night
from routing.decide.scale.ranks import RuleOrder, rule_order
from routing.decide.scale.side_by_side import in_parts

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
MOST_WITHIN_EUR = 2.0
"""Beyond this hardly any way is beaten by so much, and looking costs more than it saves."""

FEW_BLOCKS = 64


@dataclass(frozen=True)
class Prices:
    """Prices of places (effective, shape (places,)), of one KEEP, and of the limits on ways (rows,), in EUR."""

    place: FloatArray
    keep: float
    limit: FloatArray


class Live(NamedTuple):
    """Ways worth a look at some prices: per block `start`, and of each its attributes at those prices."""

    start: IntArray
    way: IntArray
    outcome: IntArray
    hub_days: FloatArray
    fixed: FloatArray
    per_kg: FloatArray
    gain: FloatArray
    charge: FloatArray

    @property
    def cost(self) -> tuple[Any, ...]:
        """What the kernels take."""
        return (self.start, *self[2:])


class LiveWays:
    """The ways worth a look at the prices asked for last."""

    def __init__(self, night: Night) -> None:
        self.night = night
        self._last: tuple[tuple[bytes, float], Live] | None = None

    @cached_property
    def rule_order(self) -> RuleOrder:
        """How fixed rules rank recoveries."""
        return rule_order(self.night)

    def at(self, prices: Prices, within: float) -> Live:
        """Return the ways that no other of their block beats by `within` EUR at these prices."""
        asked = (prices.limit.tobytes(), within)
        last = self._last  # one read: partitions of a cluster's worker may run in several threads
        if last is None or last[0] != asked:
            last = self._last = asked, live_ways(self.night, prices.limit, within)
        return last[1]


def live_ways(night: Night, price: FloatArray, within: float) -> Live:
    """Return the ways that no other of their block beats by `within` EUR at prices of the limits (rows,)."""
    cost, limits = night.cost, night.limits
    fixed = cost.fixed + kernels.tolls(limits.start, limits.row, limits.amount, price)
    fixed += price[limits.budget_row] @ cost.budget_fixed
    per_kg = cost.per_kg + price[limits.budget_row] @ cost.budget_per_kg
    if within > MOST_WITHIN_EUR:
        start, way = night.ways.start, np.arange(len(fixed))
    else:

        def look(first: int, stop: int) -> tuple[IntArray, IntArray]:
            return kernels.undominated(
                night.ways.start[first : stop + 1], night.outcome, len(OUTCOMES), night.hub_days, fixed, per_kg,
                cost.gain, cost.charge, within,
            )  # fmt: skip

        found = in_parts(look, len(night.ways.start) - 1, least=FEW_BLOCKS)
        way = np.concatenate([ways for _, ways in found])
        start = np.append(0, np.cumsum(np.concatenate([np.diff(starts) for starts, _ in found])))
    return Live(
        start, way, night.outcome[way], night.hub_days[way], fixed[way], per_kg[way], cost.gain[way],
        cost.charge[way],
    )  # fmt: skip
