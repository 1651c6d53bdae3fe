"""What each leg costs the vans of one type at least, for the lower bounds.

Points are the stops, in order, followed by the type's hub. A leg that no plan can contain costs `IMPOSSIBLE`. Where
a night begins or ends elsewhere, the legs of the hub cost the lesser of those from (or to) both places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from routing.pickup.alone import fits
from routing.pickup.integers import IntegerProblem, IntegerType

IMPOSSIBLE = 1 << 52  # micro-euro; still exact as a float


@dataclass(frozen=True, eq=False)
class Layer:
    """One vehicle type's legs and visits, in micro-euro.

    `cost[i, j]` is what driving the leg costs, `visit[i]` the paid service of a stop, `seconds` driving times;
    `fits[i]` says whether a van of this type could serve the stop alone.
    """

    type_idx: int
    kind: IntegerType
    cost: np.ndarray
    seconds: np.ndarray
    visit: np.ndarray
    fits: np.ndarray

    @property
    def possible(self) -> np.ndarray:
        """Whether a plan can contain the leg."""
        return self.cost < IMPOSSIBLE


def layers_of(integers: IntegerProblem) -> Iterator[Layer]:
    """The layers of all vehicle types that have vans, one at a time: each needs two matrices."""
    served = fits(integers)
    for type_idx, kind in enumerate(integers.types):
        if kind.count:
            yield _layer(integers, type_idx, served[type_idx])


def _layer(integers: IntegerProblem, type_idx: int, fits: np.ndarray) -> Layer:
    kind = integers.types[type_idx]
    places = np.append(integers.stop_places, kind.place_idx)
    metres, seconds = (matrix[np.ix_(places, places)] for matrix in (integers.distance, integers.duration))
    for matrix, legs in ((integers.distance, metres), (integers.duration, seconds)):
        if kind.starts_elsewhere:
            np.minimum(legs[-1, :-1], matrix[kind.start_place_idx, integers.stop_places], out=legs[-1, :-1])
        if kind.ends_elsewhere:
            np.minimum(legs[:-1, -1], matrix[integers.stop_places, kind.end_place_idx], out=legs[:-1, -1])
    cost = kind.per_m * metres + kind.per_s * seconds
    cost[~_may_follow(integers, kind, fits, seconds)] = IMPOSSIBLE
    service_s = np.array([stop.service_s for stop in integers.stops], dtype=np.int64)
    return Layer(type_idx, kind, cost, seconds, service_s * kind.per_s, fits)


def _may_follow(integers: IntegerProblem, kind: IntegerType, fits: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """Legs the vans may drive: they may serve both ends, both fit on board, and the windows allow the order."""
    stops = len(integers.stops)
    may = np.zeros((stops + 1, stops + 1), dtype=bool)
    may[:stops, stops] = may[stops, :stops] = fits
    may[:stops, :stops] = np.outer(fits, fits) & _fit_together(integers, kind.capacity)
    service_s = np.array([stop.service_s for stop in integers.stops], dtype=np.int64)
    ready_s = _earliest_start(integers, kind, seconds) + service_s
    closes_s = np.array([max(closes for _, closes in stop.windows) for stop in integers.stops], dtype=np.int64)
    may[:stops, :stops] &= ready_s[:, None] + seconds[:stops, :stops] <= closes_s[None, :]
    if kind.linehaul_first:
        gives, gets = integers.loads.any(axis=1), integers.deliveries.any(axis=1)
        may[:stops, :stops] &= ~np.outer(gives, gets)
        may[stops, :stops] &= gets | ~gives
    np.fill_diagonal(may, False)
    return may


def _fit_together(integers: IntegerProblem, capacity: tuple[int, ...]) -> np.ndarray:
    """Both deliveries fit at the start, both pickups at the end, and the first pickup with the second delivery."""
    pairs = np.ones((len(integers.stops), len(integers.stops)), dtype=bool)
    for unit, limit in enumerate(capacity):
        load, delivery = integers.loads[:, unit], integers.deliveries[:, unit]
        pairs &= load[:, None] + load[None, :] <= limit
        if delivery.any():
            pairs &= np.maximum(load, delivery)[:, None] + delivery[None, :] <= limit
    return pairs


def _earliest_start(integers: IntegerProblem, kind: IntegerType, seconds: np.ndarray) -> np.ndarray:
    """No service can begin earlier: the stop is open, and a van has come from its hub or from another stop."""
    opens_s = np.array([min(opens for opens, _ in stop.windows) for stop in integers.stops], dtype=np.int64)
    way_s = seconds[:, :-1].copy()
    np.fill_diagonal(way_s, IMPOSSIBLE)
    return np.maximum(opens_s, kind.earliest_s + way_s.min(axis=0))
