"""A lower bound whose memory is linear in stops: half the two cheapest legs of each, found among its neighbours.

Every served stop is entered and left by one leg each, and half of a leg's cost is charged to either end; whatever the
plan, the two legs are no cheaper than the two cheapest ones that do not come from and go to the same other stop. In
the plane these are the legs to the two nearest stops, since both ways cost the same and rounding keeps the order of
lengths. Where metres and seconds come from different sources, each is bounded by its own nearest.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from routing.pickup.alone import fits
from routing.pickup.arcs import IMPOSSIBLE
from routing.pickup.integers import IntegerProblem, IntegerType
from routing.pickup.least import least_fleet, sum_of_choices
from routing.pickup.nearest import blocks
from routing.pickup.plane import PlaneMatrix


def wide_bound(integers: IntegerProblem) -> int:
    """Half the two cheapest legs and the paid service of each stop, or its prize; plus the fleet needed at least."""
    each = np.full(len(integers.stops), float(IMPOSSIBLE))
    hub_legs = float(IMPOSSIBLE)
    service_s = np.array([stop.service_s for stop in integers.stops], dtype=np.int64)
    for kind, served in zip(integers.types, fits(integers), strict=True):
        if served.any():
            out, home = _hub_legs(integers, kind)
            pair = _cheapest_pair(_between_stops(integers, kind), out, home)
            each = np.minimum(each, np.where(served, pair / 2 + service_s * kind.per_s, IMPOSSIBLE))
            hub_legs = min(hub_legs, float(out[served].min() + home[served].min()) / 2)
    return max(0, int(sum_of_choices(integers, each) + least_fleet(integers, each < IMPOSSIBLE, hub_legs)))


class _TwoCheapest(NamedTuple):
    """Per stop: the two cheapest legs from other stops and to other stops, and whether the cheapest are of one stop."""

    into: np.ndarray
    out_of: np.ndarray
    same: np.ndarray


def _hub_legs(integers: IntegerProblem, kind: IntegerType) -> tuple[np.ndarray, np.ndarray]:
    """The cheapest legs by which a trip may reach each stop first and leave it last, in micro-euro."""
    starts, ends = {kind.place_idx, kind.start_place_idx}, {kind.place_idx, kind.end_place_idx}
    places = integers.stop_places
    out = [_cost(integers, kind, np.full(len(places), start), places) for start in starts]
    home = [_cost(integers, kind, places, np.full(len(places), end)) for end in ends]
    return np.min(out, axis=0), np.min(home, axis=0)


def _cost(integers: IntegerProblem, kind: IntegerType, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    return np.asarray(kind.per_m * integers.distance[start, end] + kind.per_s * integers.duration[start, end])


def _cheapest_pair(between: _TwoCheapest, out: np.ndarray, home: np.ndarray) -> np.ndarray:
    """Least cost of coming to each stop and leaving it again, not from and to the same other stop."""
    into, out_of = between.into, between.out_of
    stops = np.where(
        between.same, np.minimum(into[:, 0] + out_of[:, 1], into[:, 1] + out_of[:, 0]), into[:, 0] + out_of[:, 0]
    )
    return np.asarray(np.minimum.reduce([stops, out + out_of[:, 0], into[:, 0] + home, out + home]))


def _between_stops(integers: IntegerProblem, kind: IntegerType) -> _TwoCheapest:
    metres, seconds = integers.distance, integers.duration
    if isinstance(metres, PlaneMatrix) and isinstance(seconds, PlaneMatrix):
        near = kind.per_m * _nearest(metres, integers) + kind.per_s * _nearest(seconds, integers)
        return _TwoCheapest(near, near, np.ones(len(near), dtype=bool))
    return _by_blocks(integers, kind)


def _nearest(plane: PlaneMatrix, integers: IntegerProblem) -> np.ndarray:
    """Entries of the two nearest other stops; `IMPOSSIBLE` where there are fewer."""
    return np.minimum(plane.nearest(integers.stop_places, count=2)[0], IMPOSSIBLE).astype(float)


def _by_blocks(integers: IntegerProblem, kind: IntegerType) -> _TwoCheapest:
    places = integers.stop_places
    into, out_of = np.full((len(places), 2), float(IMPOSSIBLE)), np.full((len(places), 2), float(IMPOSSIBLE))
    same = np.zeros(len(places), dtype=bool)
    for block in blocks(len(places), len(places)):
        mine = np.arange(block.start, block.stop)
        there = np.ix_(places[mine], places)
        here = np.ix_(places, places[mine])
        leaving = kind.per_m * integers.distance[there] + kind.per_s * integers.duration[there]
        coming = (kind.per_m * integers.distance[here] + kind.per_s * integers.duration[here]).T
        first_out, out_of[mine] = _two_least(leaving, mine)
        first_in, into[mine] = _two_least(coming, mine)
        same[mine] = first_out == first_in
    return _TwoCheapest(into, out_of, same)


def _two_least(cost: np.ndarray, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per row: the column of the least entry, and the two least, without the row's own column."""
    row = np.arange(len(cost))
    cost = cost.astype(float)
    cost[row, own] = IMPOSSIBLE
    first = cost.argmin(axis=1)
    least = cost[row, first]
    cost[row, first] = IMPOSSIBLE
    return first, np.column_stack([least, cost.min(axis=1)])
