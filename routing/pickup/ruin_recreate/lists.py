"""Who is near whom: neighbour lists that the search looks along."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from routing.pickup.integers import IntegerProblem
from routing.pickup.plane import PlaneMatrix
from routing.pickup.ruin_recreate.arrays import NEVER

NEAR, LIKELY = 100, 40
IN_PLANE = 200  # places looked at through a tree where there are many
MANY = 3_000
WAIT_WEIGHT, LATE_WEIGHT = 0.2, 1.0


def neighbour_lists(integers: IntegerProblem) -> tuple[np.ndarray, np.ndarray]:
    """Per stop its nearest stops, (stops, k), and those most likely to be visited right before or after it.

    Likely weighs distance with unavoidable waiting and lateness (Vidal et al. 2013, 10.1016/j.cor.2012.07.018, eq. 4).
    """
    stops = len(integers.stops)
    near = np.zeros((stops, min(NEAR, max(0, stops - 1))), dtype=np.int32)
    likely = np.zeros((stops, min(LIKELY, max(0, stops - 1))), dtype=np.int32)
    windows = _Windows.of(integers)
    group, together = _company(integers)
    for stop, others in enumerate(_candidates(integers)):
        apart = _between(integers, stop, others)
        apart[others == stop] = np.inf
        near[stop] = _first(others, apart, near.shape[1])
        cost = apart if windows is None else apart + windows.trouble(integers, stop, others)
        if not together.all():
            cost = np.where(together[group[stop], group[others]], cost, np.inf)
        likely[stop] = _first(others, cost, likely.shape[1])
    return near, likely


def _company(integers: IntegerProblem) -> tuple[np.ndarray, np.ndarray]:
    """The group of every stop, by the vans that may serve it, and which two groups may meet in a van."""
    allowed = np.array([[kind.may_serve(stop) for kind in integers.types] for stop in integers.stops], dtype=np.uint8)
    groups, group = np.unique(allowed.reshape(len(integers.stops), -1), axis=0, return_inverse=True)
    return group.reshape(-1), groups.astype(np.int64) @ groups.T.astype(np.int64) > 0


def _candidates(integers: IntegerProblem):  # type: ignore[no-untyped-def]
    """Per stop, the stops to look at: all, or the closest in the plane where there are many."""
    stops = len(integers.stops)
    if stops <= MANY:
        everyone = np.arange(stops)
        return (everyone for _ in range(stops))
    if isinstance(integers.distance, PlaneMatrix):
        x, y = integers.crow_m
        return cKDTree(np.c_[x, y]).query(np.c_[x, y], k=min(stops, IN_PLANE))[1]
    places = integers.stop_places
    return (np.argpartition(integers.distance[places[stop], places], IN_PLANE)[:IN_PLANE] for stop in range(stops))


def _between(integers: IntegerProblem, stop: int, others: np.ndarray) -> np.ndarray:
    """Cost of the shorter way between the stop and each other, in the mean van's money."""
    place, places = integers.stop_places[stop], integers.stop_places[others]
    here = np.full(len(places), place)
    there = integers.distance[here, places].astype(float)
    if isinstance(integers.distance, PlaneMatrix):
        return there
    return np.minimum(there, integers.distance[places, here])


class _Windows:
    """Opening, closing and service of every stop, and what a second is worth in metres."""

    def __init__(self, integers: IntegerProblem) -> None:
        self.opens_s = np.array([stop.windows[0][0] for stop in integers.stops], dtype=float)
        self.closes_s = np.array([stop.windows[-1][1] for stop in integers.stops], dtype=float)
        self.service_s = np.array([stop.service_s for stop in integers.stops], dtype=float)
        self.metres_per_s = _metres_per_second(integers)

    @classmethod
    def of(cls, integers: IntegerProblem) -> _Windows | None:
        """The windows, None where nobody has any."""
        windows = cls(integers)
        return windows if (windows.closes_s < NEVER).any() else None

    def trouble(self, integers: IntegerProblem, stop: int, others: np.ndarray) -> np.ndarray:
        """Metres that waiting and lateness are worth on the better way round."""
        place, places = np.full(len(others), integers.stop_places[stop]), integers.stop_places[others]
        out_s = integers.duration[place, places].astype(float)
        back_s = out_s if isinstance(integers.duration, PlaneMatrix) else integers.duration[places, place]
        return self.metres_per_s * np.minimum(self._one_way(stop, others, out_s), self._one_way(others, stop, back_s))

    def _one_way(self, first, second, leg_s):  # type: ignore[no-untyped-def]
        on_the_way_s = self.service_s[first] + leg_s
        wait_s = np.maximum(0.0, self.opens_s[second] - on_the_way_s - self.closes_s[first])
        late_s = np.maximum(0.0, self.opens_s[first] + on_the_way_s - self.closes_s[second])
        return WAIT_WEIGHT * wait_s + LATE_WEIGHT * late_s


def _metres_per_second(integers: IntegerProblem) -> float:
    """How far a van gets in a second, on a sample of legs."""
    places = integers.stop_places[:: max(1, len(integers.stops) // 50)]
    grid = np.ix_(places, places)
    seconds = float(integers.duration[grid].sum())
    return float(integers.distance[grid].sum()) / seconds if seconds else 1.0


def _first(others: np.ndarray, cost: np.ndarray, many: int) -> np.ndarray:
    """The `many` cheapest of the others, the cheapest first."""
    if many < len(others) - 1:
        chosen = np.argpartition(cost, many)[: many + 1]
        others, cost = others[chosen], cost[chosen]
    return others[np.argsort(cost, kind="stable")[:many]]
