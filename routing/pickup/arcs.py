"""The cheapest any van could pay for each leg, for the lower bounds.

Points are the stops, in order, followed by the hubs. A leg that no plan can contain costs `IMPOSSIBLE`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.pickup.explain import types_that_fit
from routing.pickup.integers import IntegerProblem

IMPOSSIBLE = 1 << 52  # micro-euro; still exact as a float


@dataclass(frozen=True, eq=False)
class Arcs:
    """Relaxed costs in micro-euro: `cost[i, j]` per leg, `visit[i]` per served stop (its paid service time).

    `fits[k, i]` says whether a van of type k could serve stop i alone; `seconds` are driving times without service.
    """

    cost: np.ndarray
    seconds: np.ndarray
    visit: np.ndarray
    fits: np.ndarray

    @property
    def stops(self) -> int:
        """Number of stops; points from here on are hubs."""
        return len(self.visit)

    @property
    def possible(self) -> np.ndarray:
        """Whether a plan can contain the leg."""
        return self.cost < IMPOSSIBLE


def relax_arcs(integers: IntegerProblem) -> Arcs:
    """Least cost of every leg and visit over the vehicle types that could make it."""
    fits = np.zeros((len(integers.types), len(integers.stops)), dtype=bool)
    for idx in range(len(integers.stops)):
        fits[types_that_fit(integers, idx), idx] = True
    places = np.array([*integers.stop_places, *(depot.place_idx for depot in integers.source.depots)], dtype=np.int64)
    seconds = integers.duration[np.ix_(places, places)]
    cost = _cheapest(integers, integers.distance[np.ix_(places, places)], seconds)
    cost[~_may_follow(integers, fits, seconds)] = IMPOSSIBLE
    per_s = np.array([kind.per_s for kind in integers.types], dtype=np.int64)[:, None]
    cheapest_s = np.where(fits, per_s, IMPOSSIBLE).min(axis=0, initial=IMPOSSIBLE)
    service_s = np.array([stop.service_s for stop in integers.stops], dtype=np.int64)
    return Arcs(cost, seconds, np.where(fits.any(axis=0), cheapest_s, 0) * service_s, fits)


def _cheapest(integers: IntegerProblem, metres: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    rates = {(kind.per_m, kind.per_s) for kind in integers.types if kind.count}
    cost = np.full(metres.shape, IMPOSSIBLE, dtype=np.int64)
    for per_m, per_s in sorted(rates):
        np.minimum(cost, per_m * metres + per_s * seconds, out=cost)
    return cost


def _may_follow(integers: IntegerProblem, fits: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """Legs some van may make: it may serve both ends, they fit together, and the windows allow the order."""
    stops, hubs = len(integers.stops), len(integers.source.depots)
    may = np.zeros((stops + hubs, stops + hubs), dtype=bool)
    for type_idx, kind in enumerate(integers.types):
        if kind.count:
            mine = fits[type_idx]
            may[:stops, :stops] |= np.outer(mine, mine) & _fit_together(integers, kind.capacity)
            may[:stops, stops + kind.hub_idx] |= mine
            may[stops + kind.hub_idx, :stops] |= mine
    ready_s = _earliest_start(integers, fits, seconds) + np.array([stop.service_s for stop in integers.stops])
    closes_s = np.array([max(closes for _, closes in stop.windows) for stop in integers.stops], dtype=np.int64)
    may[:stops, :stops] &= ready_s[:, None] + seconds[:stops, :stops] <= closes_s[None, :]
    np.fill_diagonal(may, False)
    return may


def _fit_together(integers: IntegerProblem, capacity: tuple[int, ...]) -> np.ndarray:
    pairs = np.ones((len(integers.stops), len(integers.stops)), dtype=bool)
    for unit, limit in enumerate(capacity):
        load = integers.loads[:, unit]
        pairs &= load[:, None] + load[None, :] <= limit
    return pairs


def _earliest_start(integers: IntegerProblem, fits: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """No service can begin earlier: the stop opens, and some van has come straight from its hub or another stop."""
    stops = len(integers.stops)
    opens_s = np.array([min(opens for opens, _ in stop.windows) for stop in integers.stops], dtype=np.int64)
    arrives_s = np.full(stops, IMPOSSIBLE, dtype=np.int64)
    for type_idx, kind in enumerate(integers.types):
        if kind.count:
            nearest_s = seconds[:, :stops].copy()
            np.fill_diagonal(nearest_s, IMPOSSIBLE)
            way_s = np.minimum(nearest_s[:stops].min(axis=0, initial=IMPOSSIBLE), nearest_s[stops + kind.hub_idx])
            arrives_s = np.where(fits[type_idx], np.minimum(arrives_s, kind.earliest_s + way_s), arrives_s)
    return np.maximum(opens_s, arrives_s)
