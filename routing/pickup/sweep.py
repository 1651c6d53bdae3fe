"""A first plan for tens of thousands of stops with memory linear in them: vans filled in the order of a sweep.

Around each hub the stops are taken by their direction (Gillett and Miller 1974, https://doi.org/10.1287/opre.22.2.340);
a van takes as many as it can serve and visits them from nearest to nearest. Engines start from it; it is no plan to
be proud of.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from routing.pickup.alone import fits
from routing.pickup.integers import IntegerProblem
from routing.pickup.tours import Tour, tour_cost

MAX_AT_ONCE = 400  # stops looked at for one trip


def sweep(integers: IntegerProblem) -> list[Tour]:
    """Tours that keep every limit of their van; stops for which no van is left stay unserved."""
    tours: list[Tour] = []
    left = [kind.count for kind in integers.types]
    may = fits(integers)
    met: set[int] = set()
    at_home: set[int] = set()
    for hub_idx, mine in _by_direction(integers, may):
        waiting = deque(mine)
        for type_idx in _cheapest_first(integers, hub_idx):
            passed: list[int] = []
            while waiting and left[type_idx]:
                tour = _fill(integers, type_idx, waiting, may[type_idx], met, at_home, passed)
                if tour.stops:
                    left[type_idx] -= 1
                    tours.append(tour)
            waiting.extendleft(reversed(passed))
    return tours


def _by_direction(integers: IntegerProblem, may: np.ndarray) -> Iterable[tuple[int, list[int]]]:
    """Per hub with vans: the stops it is nearest to, among those it may serve, by direction; required ones first."""
    hubs = sorted({kind.hub_idx for kind in integers.types if kind.count})
    ways = np.full((len(hubs), len(integers.stops)), np.inf)
    for row, hub_idx in enumerate(hubs):
        allowed = may[[kind.type_idx for kind in integers.types if kind.hub_idx == hub_idx]].any(axis=0)
        place_idx = integers.source.depots[hub_idx].place_idx
        ways[row, allowed] = integers.duration[place_idx, integers.stop_places[allowed]]
    nearest = ways.argmin(axis=0)
    required = np.array([stop.required for stop in integers.stops], dtype=bool)
    x, y = integers.crow_m
    for row, hub_idx in enumerate(hubs):
        mine = np.flatnonzero((nearest == row) & np.isfinite(ways[row]))
        hub_x, hub_y = integers.crow_of(np.array([integers.source.depots[hub_idx].place_idx]))
        angle = np.arctan2(y[mine] - hub_y, x[mine] - hub_x)
        yield hub_idx, mine[np.lexsort((angle, ~required[mine]))].tolist()


def _cheapest_first(integers: IntegerProblem, hub_idx: int) -> list[int]:
    """The hub's vehicle types by their fixed cost for each unit of room."""
    mine = [kind for kind in integers.types if kind.hub_idx == hub_idx and kind.count]
    total = np.maximum(1, integers.demands.sum(axis=0))

    def share(capacity: tuple[int, ...]) -> float:
        return float((np.minimum(capacity, total) / total).min())

    return [
        kind.type_idx
        for kind in sorted(mine, key=lambda kind: (kind.fixed + 1) / max(share(integers.rooms(kind)), 1e-12))
    ]


def _fill(
    integers: IntegerProblem,
    type_idx: int,
    waiting: deque[int],
    may: np.ndarray,
    met: set[int],
    at_home: set[int],
    passed: list[int],
) -> Tour:
    """One van with as many of the first waiting stops as it can serve, trip by trip; takes them from `waiting`.

    Stops that not even a van of their own serves go to `passed`.
    """
    kind = integers.types[type_idx]
    tour = Tour(type_idx)
    groups: set[int] = set()
    for _ in range(kind.max_trips):
        chosen = _candidates(integers, waiting, may, met, at_home - groups, passed)
        trip = _longest_prefix(integers, tour, chosen)
        if not trip:
            if chosen and not tour.trips:
                passed.append(chosen[0])
                waiting.remove(chosen[0])
            break
        tour.trips.append(trip)
        taken = set(trip)
        for _ in range(len(chosen)):
            idx = waiting.popleft()
            if idx not in taken:
                waiting.append(idx)
        waiting.rotate(len(chosen) - len(taken))
        met.update(integers.stops[idx].choice for idx in trip)
        groups |= {group for idx in trip if (group := integers.stops[idx].same_van) is not None}
    at_home |= groups
    return tour


def _candidates(
    integers: IntegerProblem,
    waiting: deque[int],
    may: np.ndarray,
    met: set[int],
    elsewhere: set[int],
    passed: list[int],
) -> list[int]:
    """The first waiting stops for one trip, now at the front of `waiting`; those of no use are dropped or passed."""
    chosen: list[int] = []
    chosen_choices: set[int] = set()
    while waiting and len(chosen) < MAX_AT_ONCE:
        idx = waiting.popleft()
        stop = integers.stops[idx]
        if stop.choice in met or stop.choice in chosen_choices or stop.same_van in elsewhere:
            continue
        if may[idx]:
            chosen.append(idx)
            chosen_choices.add(stop.choice)
        else:
            passed.append(idx)
    waiting.extendleft(reversed(chosen))
    return chosen


def _longest_prefix(integers: IntegerProblem, tour: Tour, chosen: list[int]) -> list[int]:
    """As many of the first stops as fit into one more trip of the tour, in the order they are visited."""
    low, high, best = 0, len(chosen), list[int]()
    step = 1
    while low < high:
        size = min(high, low + step)
        trip = _from_nearest_to_nearest(integers, tour.type_idx, chosen[:size])
        if tour_cost(integers, tour.type_idx, [*tour.trips, trip]) is None:
            high, step = size - 1, max(1, (size - 1 - low) // 2)
        else:
            low, best, step = size, trip, step * 2
    return best


def _from_nearest_to_nearest(integers: IntegerProblem, type_idx: int, stops: list[int]) -> list[int]:
    """The stops, each next one the nearest to the last; deliveries before pickups where the van asks for it."""
    kind = integers.types[type_idx]
    left, order, at = np.array(stops), list[int](), kind.place_idx
    while len(left):
        ways = integers.duration[at, integers.stop_places[left]].astype(float)
        if kind.linehaul_first:
            ways[integers.loads[left].any(axis=1)] += 1e12
        nearest = int(ways.argmin())
        order.append(int(left[nearest]))
        at = int(integers.stop_places[order[-1]])
        left = np.delete(left, nearest)
    return order
