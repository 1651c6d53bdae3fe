"""What no plan can undercut: a lower bound on the objective, by our own arithmetic.

Two bounds, both valid for every feature of the problem because each only leaves rules out:

- the quick one charges every served stop half of its two cheapest legs, and the fleet what the required load
  needs at least;
- the linear one (`routing.pickup.bound_lp`) asks in addition that legs join up and that every group of stops
  is visited by enough trips.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from routing.pickup.arcs import IMPOSSIBLE, Layer, layers_of
from routing.pickup.engines import StopRule
from routing.pickup.integers import IntegerProblem, IntegerType
from routing.pickup.problem import LOAD_UNITS
from routing.pickup.schedule import Route

MAX_LP_SIZE = 4_000  # stops times vehicle types
FIRST_ROUND_S = 6e-4  # for each of these: less time is not worth beginning


def lower_bound(
    integers: IntegerProblem, *, routes: Sequence[Route] = (), stop: StopRule | None = None
) -> int:
    """A proven lower bound on the objective in micro-euro; 0 when nothing better is known.

    `routes` is any feasible plan that serves all required stops: the linear bound begins with it. Without it, or
    above `MAX_LP_SIZE`, only the quick bound is computed. `stop` limits the time of the linear bound.
    """
    quick = quick_bound(integers)
    size = len(integers.stops) * len(integers.types)
    left_s = None if stop is None else stop.left_s()
    if not routes or size > MAX_LP_SIZE or (left_s is not None and left_s < FIRST_ROUND_S * size):
        return quick
    from routing.pickup.bound_lp import linear_bound  # loads the linear solver only when it is used

    return max(quick, linear_bound(integers, routes=routes, stop=stop or StopRule(None, None)))


def quick_bound(integers: IntegerProblem) -> int:
    """Half the two cheapest legs and the paid service of each stop, or its prize; plus the fleet needed at least."""
    each = np.full(len(integers.stops), float(IMPOSSIBLE))
    hub_legs = float(IMPOSSIBLE)
    for layer in layers_of(integers):
        served = np.where(layer.fits, _cheapest_pair(layer) / 2 + layer.visit, IMPOSSIBLE)
        each = np.minimum(each, served)
        hub_legs = min(hub_legs, float((layer.cost[-1].min() + layer.cost[:, -1].min()) / 2))
    required = np.array([stop.required for stop in integers.stops], dtype=bool) & (each < IMPOSSIBLE)
    prize = np.array([stop.prize for stop in integers.stops], dtype=np.int64)
    stops = float(np.where(required, each, np.minimum(each, prize)).sum())
    return max(0, int(stops + _least_fleet(integers, required, hub_legs)))


def _cheapest_pair(layer: Layer) -> np.ndarray:
    """Least cost of coming to each stop and leaving it, not from and to the same other stop."""
    hub = len(layer.fits)
    inward, outward = layer.cost[:, :hub], layer.cost[:hub].T
    first_in, first_out = inward.argmin(axis=0), outward.argmin(axis=0)
    column = np.arange(hub)
    in_cost, out_cost = inward[first_in, column], outward[first_out, column]
    second_in, second_out = _second(inward, first_in), _second(outward, first_out)
    apart = np.minimum(in_cost + second_out, second_in + out_cost)
    return np.where((first_in != first_out) | (first_in == hub), in_cost + out_cost, apart)


def _second(cost: np.ndarray, first: np.ndarray) -> np.ndarray:
    rest = cost.copy()
    rest[first, np.arange(cost.shape[1])] = IMPOSSIBLE
    return rest.min(axis=0, initial=IMPOSSIBLE)


def _least_fleet(integers: IntegerProblem, required: np.ndarray, hub_legs: float) -> float:
    """Fixed cost, unloading and half the hub legs of the vans and trips that the required load needs at least."""
    kinds = [kind for kind in integers.types if kind.count]
    if not required.any() or not kinds:
        return 0.0
    fixed, trips = min(kind.fixed for kind in kinds), 1
    for unit in range(len(LOAD_UNITS)):
        total = int(integers.loads[required, unit].sum())
        largest = max(kind.capacity[unit] for kind in kinds)
        if total and largest:
            trips = max(trips, -(-total // largest))
            fixed = max(fixed, _fixed_for(total, kinds, unit))
    return fixed + trips * (hub_legs + min(kind.unload_s * kind.per_s for kind in kinds))


def _fixed_for(total: int, kinds: list[IntegerType], unit: int) -> int:
    """Least fixed cost of vans with room for the total: the better of fractional vans and the fewest vans."""
    vans = [(kind.fixed, kind.capacity[unit] * kind.max_trips, kind.count) for kind in kinds if kind.capacity[unit]]
    left, fraction = total, 0.0
    for fixed, room, count in sorted(vans, key=lambda van: van[0] / van[1]):
        taken = min(left, room * count)
        fraction += fixed * taken / room
        left -= taken
    left, fewest = total, 0
    for _, room, count in sorted(vans, key=lambda van: -van[1]):
        used = min(count, -(-max(0, left) // room))
        fewest += used
        left -= used * room
    cheapest = sorted(fixed for fixed, _, count in vans for _ in range(min(count, fewest)))[:fewest]
    return max(int(fraction), sum(cheapest))
