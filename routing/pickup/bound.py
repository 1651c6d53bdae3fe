"""What no plan can undercut: a lower bound on the objective, by our own arithmetic.

Four bounds, all valid for every feature of the problem because each only leaves rules out (the order of deliveries
and pickups on board, breaks, releases, company) and costs (overtime and every wish) that are never negative:

- the wide one (`routing.pickup.bound_wide`) needs memory linear in stops and is meant for thousands of them, as is
  the one by room (`routing.pickup.bound_room`), which knows distances in the plane only;
- the quick one charges every served stop half of its two cheapest legs, and the fleet what the required load
  needs at least;
- the linear one (`routing.pickup.bound_lp`) asks in addition that legs join up and that every group of stops
  is visited by enough trips.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from routing.pickup.arcs import IMPOSSIBLE, Layer, layers_of
from routing.pickup.bound_room import room_bound
from routing.pickup.bound_wide import wide_bound
from routing.pickup.engines import StopRule
from routing.pickup.integers import IntegerProblem
from routing.pickup.least import least_fleet, sum_of_choices
from routing.pickup.scheduled import Route

MAX_DENSE = 1_500  # stops; above it only the wide bound and that by room are computed
MAX_LP_SIZE = 4_000  # stops times vehicle types
FIRST_ROUND_S = 6e-4  # for each of these: less time is not worth beginning


def lower_bound(
    integers: IntegerProblem, *, routes: Sequence[Route] = (), stop: StopRule | None = None
) -> int:
    """A proven lower bound on the objective in micro-euro; 0 when nothing better is known.

    `routes` is any feasible plan that serves all required stops: the linear bound begins with it. Without it, or
    above `MAX_LP_SIZE`, the linear bound is left out. `stop` limits the time of the linear bound.
    """
    if len(integers.stops) > MAX_DENSE:
        return max(wide_bound(integers), room_bound(integers))
    quick = max(quick_bound(integers), room_bound(integers))
    size = len(integers.stops) * len(integers.types)
    left_s = None if stop is None else stop.left_s()
    if not routes or size > MAX_LP_SIZE or (left_s is not None and left_s < FIRST_ROUND_S * size):
        return quick
    from routing.pickup.bound_lp import linear_bound  # loads the linear solver only when it is used

    return max(quick, linear_bound(integers, routes=routes, stop=stop or StopRule(None, None)))


def worth_time(integers: IntegerProblem) -> bool:
    """Whether time helps the bound: only the linear one has any use for it."""
    return len(integers.stops) <= MAX_DENSE and len(integers.stops) * len(integers.types) <= MAX_LP_SIZE


def quick_bound(integers: IntegerProblem) -> int:
    """Half the two cheapest legs and the paid service of each stop, or its prize; plus the fleet needed at least.

    Of alternatives the cheapest counts.
    """
    each = np.full(len(integers.stops), float(IMPOSSIBLE))
    hub_legs = float(IMPOSSIBLE)
    for layer in layers_of(integers):
        served = np.where(layer.fits, _cheapest_pair(layer) / 2 + layer.visit, IMPOSSIBLE)
        each = np.minimum(each, served)
        hub_legs = min(hub_legs, float((layer.cost[-1].min() + layer.cost[:, -1].min()) / 2))
    return max(0, int(sum_of_choices(integers, each) + least_fleet(integers, each < IMPOSSIBLE, hub_legs)))


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
