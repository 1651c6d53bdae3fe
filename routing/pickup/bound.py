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

from routing.pickup.arcs import IMPOSSIBLE, Arcs, relax_arcs
from routing.pickup.engines import StopRule
from routing.pickup.integers import IntegerProblem
from routing.pickup.problem import LOAD_UNITS
from routing.pickup.schedule import Route

MAX_LP_STOPS = 1_500


def lower_bound(
    integers: IntegerProblem, *, routes: Sequence[Route] = (), stop: StopRule | None = None
) -> int:
    """A proven lower bound on the objective in micro-euro; 0 when nothing better is known.

    `routes` is any feasible plan that serves all required stops (it starts the linear bound); without it, or
    with more than `MAX_LP_STOPS` stops, only the quick bound is computed. `stop` limits the linear bound.
    """
    arcs = relax_arcs(integers)
    quick = quick_bound(integers, arcs)
    if not routes or len(integers.stops) > MAX_LP_STOPS:
        return quick
    from routing.pickup.bound_lp import linear_bound  # loads the linear solver only when it is used

    return max(quick, linear_bound(integers, arcs, routes=routes, stop=stop or StopRule(None, None)))


def quick_bound(integers: IntegerProblem, arcs: Arcs) -> int:
    """Half the two cheapest legs and the paid service of each stop, or its prize; plus the fleet needed at least."""
    half_legs = _cheapest_pair(arcs) / 2 + arcs.visit
    required = np.array([stop.required for stop in integers.stops], dtype=bool)
    prize = np.array([stop.prize for stop in integers.stops], dtype=np.int64)
    servable = arcs.fits.any(axis=0)
    each = np.where(servable, half_legs, IMPOSSIBLE)
    stops = float(np.where(required, np.where(servable, each, 0), np.minimum(each, prize)).sum())
    return max(0, int(stops + _least_fleet(integers, arcs, required & servable)))


def _cheapest_pair(arcs: Arcs) -> np.ndarray:
    """Least cost of coming to each stop and leaving it, not from and to the same other stop."""
    inward, outward = arcs.cost[:, :arcs.stops], arcs.cost[:arcs.stops].T
    first_in, first_out = inward.argmin(axis=0), outward.argmin(axis=0)
    column = np.arange(arcs.stops)
    second_in, second_out = _without(inward, first_in), _without(outward, first_out)
    in_cost, out_cost = inward[first_in, column], outward[first_out, column]
    apart = np.minimum(in_cost + second_out.min(axis=0), second_in.min(axis=0) + out_cost)
    return np.where((first_in != first_out) | (first_in >= arcs.stops), in_cost + out_cost, apart)


def _without(cost: np.ndarray, row: np.ndarray) -> np.ndarray:
    rest = cost.copy()
    rest[row, np.arange(cost.shape[1])] = IMPOSSIBLE
    return rest


def _least_fleet(integers: IntegerProblem, arcs: Arcs, required: np.ndarray) -> float:
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
            fixed = max(fixed, _fixed_for(total, [(kind.fixed, kind.capacity[unit] * kind.max_trips, kind.count)
                                                  for kind in kinds]))
    leg = min(arcs.cost[arcs.stops:, :arcs.stops].min(), IMPOSSIBLE) + arcs.cost[:arcs.stops, arcs.stops:].min()
    unloading = min(kind.unload_s * kind.per_s for kind in kinds)
    return fixed + trips * (leg / 2 + unloading)


def _fixed_for(total: int, vans: list[tuple[int, int, int]]) -> int:
    """Least fixed cost of vans (fixed, room, count) with room for the total: the better of two relaxations."""
    room_left, fraction = total, 0.0
    for fixed, room, count in sorted((van for van in vans if van[1]), key=lambda van: van[0] / van[1]):
        taken = min(room_left, room * count)
        fraction += fixed * taken / room
        room_left -= taken
    number, room_left = 0, total
    for _, room, count in sorted(vans, key=lambda van: -van[1]):
        used = min(count, -(-max(0, room_left) // room)) if room else 0
        number += used
        room_left -= used * room
    cheapest = sorted(fixed for fixed, _, count in vans for _ in range(min(count, number)))[:number]
    return max(int(fraction), sum(cheapest))
