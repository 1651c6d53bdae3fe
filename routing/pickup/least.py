"""The least that choices and fleet cost, whatever the routes: what the lower bounds add up."""

from __future__ import annotations

import numpy as np

from routing.pickup.arcs import IMPOSSIBLE
from routing.pickup.integers import IntegerProblem, IntegerType


def sum_of_choices(integers: IntegerProblem, each: np.ndarray) -> float:
    """The cheapest stop of each choice, or its prize; required choices that nobody can serve cost nothing.

    `each` is what serving a stop costs at least, (stops,), `IMPOSSIBLE` where nobody can.
    """
    of_choice = np.array([stop.choice for stop in integers.stops], dtype=np.int64)
    least = np.full(len(integers.choices), float(IMPOSSIBLE))
    np.minimum.at(least, of_choice, each)
    required = np.array([choice.required for choice in integers.choices], dtype=bool)
    prize = np.array([choice.prize for choice in integers.choices], dtype=float)
    return float(np.where(required & (least < IMPOSSIBLE), least, np.minimum(least, prize)).sum())


def least_fleet(integers: IntegerProblem, servable: np.ndarray, hub_legs: float) -> float:
    """Fixed cost, unloading and half the hub legs of the vans and trips that the required load needs at least.

    All that trips bring is aboard when they leave, all that they collect when they come back: each of the two totals
    needs its trips. Of alternatives none is counted.
    """
    required = integers.required & servable
    kinds = [kind for kind in integers.types if kind.count]
    if not required.any() or not kinds:
        return 0.0
    fixed, trips = min(kind.fixed for kind in kinds), 1
    for column, total in enumerate(integers.demands[required].sum(axis=0).tolist()):
        room = {kind.type_idx: integers.rooms(kind)[column] for kind in kinds}
        largest = max(room.values())
        if total and largest:
            trips = max(trips, -(-total // largest))
            fixed = max(fixed, _fixed_for(total, kinds, room))
    return fixed + trips * (hub_legs + min(_unload_cost(kind) for kind in kinds))


def _unload_cost(kind: IntegerType) -> int:
    """What unloading costs at least per trip; a night that ends elsewhere may go without."""
    return 0 if kind.ends_elsewhere else kind.unload_s * kind.per_s


def _fixed_for(total: int, kinds: list[IntegerType], room: dict[int, int]) -> int:
    """Least fixed cost of vans with room for the total: the better of fractional vans and the fewest vans."""
    vans = [
        (kind.fixed, room[kind.type_idx] * kind.max_trips, kind.count) for kind in kinds if room[kind.type_idx]
    ]
    left, fraction = total, 0.0
    for fixed, most, count in sorted(vans, key=lambda van: van[0] / van[1]):
        taken = min(left, most * count)
        fraction += fixed * taken / most
        left -= taken
    left, fewest = total, 0
    for _, most, count in sorted(vans, key=lambda van: -van[1]):
        used = min(count, -(-max(0, left) // most))
        fewest += used
        left -= used * most
    cheapest = sorted(fixed for fixed, _, count in vans for _ in range(min(count, fewest)))[:fewest]
    return max(int(fraction), sum(cheapest))
