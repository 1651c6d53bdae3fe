"""A lower bound from the room that far stops take in a van; memory linear in stops, legs must be lengths in a plane.

A trip that serves a stop drives at least out to it and home again, and the shares of the van that its stops fill add
up to no more than one. So each stop can be charged its share of its own way out and home, of a trip's fixed cost and
of unloading (Haimovich and Rinnooy Kan 1985, https://doi.org/10.1287/moor.10.4.527). This needs the triangle
inequality, which rounding breaks by less than a slack a leg. A trip of m stops has m + 1 legs: one and a half slacks
a stop make up for them, and two where the stop may be alone on its trip and its share leaves nothing to spare.

Every rule but the room of one trip is left out, and every cost but legs, service, unloading and fixed cost, each as
paid by the cheapest type of van that may serve the stop: so the bound is valid for every feature.
"""

from __future__ import annotations

import numpy as np

from routing.pickup.alone import fits
from routing.pickup.arcs import IMPOSSIBLE
from routing.pickup.integers import IntegerProblem, IntegerType
from routing.pickup.least import sum_of_choices
from routing.pickup.plane import PlaneMatrix
from routing.pickup.problem import Matrix

SAFETY = 1e-9  # share of the bound given up for the rounding of sums in floating point


def room_bound(integers: IntegerProblem) -> int:
    """The best of the bounds by pickups or deliveries in each load unit, micro-euro; 0 where legs are no lengths."""
    kinds = [kind for kind, served in zip(integers.types, fits(integers), strict=True) if served.any()]
    paid = [bool(kind.per_m) for kind in kinds], [bool(kind.per_s) for kind in kinds]
    for matrix, rates in zip((integers.distance, integers.duration), paid, strict=True):
        if any(rates) and not isinstance(matrix, PlaneMatrix):
            return 0
    totals = [
        sum_of_choices(integers, _each(integers, kinds, column)) for column in range(integers.demands.shape[1])
    ]
    return max(0, int(max(totals, default=0.0) * (1 - SAFETY)))


def _each(integers: IntegerProblem, kinds: list[IntegerType], column: int) -> np.ndarray:
    """What serving each stop is charged at least; `IMPOSSIBLE` where nobody can."""
    each = np.full(len(integers.stops), float(IMPOSSIBLE))
    service_s = np.array([stop.service_s for stop in integers.stops], dtype=float)
    for kind in kinds:
        share = np.minimum(1.0, integers.demands[:, column] / max(1, integers.rooms(kind)[column]))
        trip = kind.fixed / kind.max_trips + (0 if kind.ends_elsewhere else kind.unload_s * kind.per_s)
        alone = _ways(integers, kind) + trip
        slack = _slack(kind.per_m, integers.distance) + _slack(kind.per_s, integers.duration)
        slacks = np.where(alone * (1 - share) >= slack / 2, 1.5, 2.0)
        charged = share * alone + service_s * kind.per_s - slacks * slack
        each = np.minimum(each, np.where(fits(integers)[kind.type_idx], charged, IMPOSSIBLE))
    return each


def _ways(integers: IntegerProblem, kind: IntegerType) -> np.ndarray:
    """The straight way out to each stop and home, at what its legs cost before rounding."""
    starts = np.array(sorted({kind.place_idx, kind.start_place_idx}))[:, None]
    ends = np.array(sorted({kind.place_idx, kind.end_place_idx}))[:, None]
    ways = np.zeros(len(integers.stops))
    for rate, matrix in ((kind.per_m, integers.distance), (kind.per_s, integers.duration)):
        if rate and isinstance(matrix, PlaneMatrix):
            out, home = (matrix.length(hubs, integers.stop_places).min(axis=0) for hubs in (starts, ends))
            ways += rate * (out + home)
    return ways


def _slack(rate: int, matrix: Matrix) -> float:
    return rate * matrix.rounding.slack if isinstance(matrix, PlaneMatrix) else 0.0
