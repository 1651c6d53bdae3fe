"""The proven best plan for a handful of stops.

First the cheapest route of each vehicle type over every set of stops, by labels (Feillet, Dejax, Gendreau and
Gueguen 2004, https://doi.org/10.1002/net.20033) that carry load, metres, trips and a departure piece; then the
cheapest split of the stops over the vans, by dynamic programming over sets. Of pickups and deliveries on one
capacity a label keeps what is picked up so far and the most ever aboard, where each further delivery has been aboard
from the start (Dell'Amico, Righini and Salani 2006, https://doi.org/10.1287/trsc.1050.0118).

What depends on later stops or on other vans is not modelled (`UNPROVEN`): such problems are declined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from routing.pickup.features import Feature, features_of
from routing.pickup.integers import ANY_TIME, IntegerProblem, IntegerStop, IntegerType
from routing.pickup.problem import LOAD_UNITS
from routing.pickup.scheduled import Route
from routing.pickup.timing import Piece, covers, end_by, extend, leave_between
from routing.pickup.wishes import compactness_micro

MAX_STOPS = 8
MAX_LABELS = 200_000  # about ten seconds; beyond it the proof is given up
UNPROVEN = frozenset(
    {Feature.BREAKS, Feature.CLOCK_BREAKS, Feature.RELEASE_TIMES, Feature.BALANCE, Feature.STABILITY}
)
_AT_HUB = -1
_AT_START, _AT_END = -2, -3  # a night that begins or ends elsewhere
_NOTHING = (0,) * (2 * len(LOAD_UNITS))
_NEVER = float("inf")


@dataclass(frozen=True)
class ExactPlan:
    """The best plan, or `routes` None when trying everything showed that required stops cannot all be served."""

    routes: tuple[Route, ...] | None
    objective_micro: int


class _Label(NamedTuple):
    """A partial route: stops visited, where the van is, trips begun, loads, metres, times, order.

    `load` is what the trip has picked up, then the most it ever had aboard; `gave` and `got` say whether it has
    delivered and picked up anything, where deliveries come first.
    """

    visited: int
    last: int
    trips: int
    load: tuple[int, ...]
    distance_m: int
    piece: Piece
    order: tuple[tuple[int, ...], ...]
    gave: bool = False
    got: bool = False

    def dominates(self, other: _Label) -> bool:
        return (
            self.distance_m <= other.distance_m
            and self.trips <= other.trips
            and self.gave >= other.gave
            and self.got <= other.got
            and all(mine <= theirs for mine, theirs in zip(self.load, other.load, strict=True))
            and covers(self.piece, other.piece)
        )


class _BestRoute(NamedTuple):
    cost: float
    order: tuple[tuple[int, ...], ...]


_NO_ROUTE = _BestRoute(_NEVER, ())


class _TooManyLabelsError(Exception):
    """The proof would take too long."""


def solve_exactly(integers: IntegerProblem, *, max_stops: int = MAX_STOPS) -> ExactPlan | None:
    """The proven best plan, or None when there are more than `max_stops` stops, the proof would take too long, or
    the problem has one of the features `UNPROVEN`."""
    if len(integers.stops) > max_stops or features_of(integers) & UNPROVEN:
        return None
    try:
        routes = [_best_routes(integers, kind) for kind in integers.types]
    except _TooManyLabelsError:
        return None
    return _best_split(integers, routes)


def _best_routes(integers: IntegerProblem, kind: IntegerType) -> list[_BestRoute]:
    """The cheapest route of one van over exactly each set of stops, indexed by bit mask."""
    search = _RouteSearch(integers, kind)
    best = [_NO_ROUTE] * (1 << len(integers.stops))
    for label in search.finished():
        cost = kind.fixed + kind.per_m * label.distance_m + sum(kind.paid(label.piece.span_s))
        cost += compactness_micro(integers, [idx for trip in label.order for idx in trip])
        if cost < best[label.visited].cost:
            best[label.visited] = _BestRoute(cost, label.order)
    return best


class _RouteSearch:
    """Labels of one vehicle type, extended set by set."""

    def __init__(self, integers: IntegerProblem, kind: IntegerType) -> None:
        ends = kind.end_place_idx, kind.start_place_idx, kind.place_idx
        places = [*(stop.place_idx for stop in integers.stops), *ends]
        self.kind = kind
        self.stops = integers.stops
        self.distance = integers.distance[np.ix_(places, places)].tolist()
        self.duration = integers.duration[np.ix_(places, places)].tolist()
        self.allowed = [idx for idx, stop in enumerate(integers.stops) if kind.may_serve(stop)]
        self.labels: dict[int, dict[int, list[_Label]]] = {}
        self.made = 0

    def finished(self) -> list[_Label]:
        """Every undominated route that is where its night ends, over all sets of stops."""
        if not self.kind.count:
            return []
        for piece in leave_between(self.kind.earliest_s, self.kind.latest_s):
            self._keep(_Label(0, _AT_START, 0, _NOTHING, 0, piece, ()))
        closed = []
        for visited in range(1 << len(self.stops)):
            at = self.labels.pop(visited, {})
            for last, labels in list(at.items()):
                if last >= 0:
                    for label in labels:
                        self._end_trip(label, at)
            closed += at.get(_AT_END, [])
            for last, labels in at.items():
                if last != _AT_END:
                    for label in labels:
                        self._go_on(label)
        return closed

    def _go_on(self, label: _Label) -> None:
        starts_trip = label.last < 0
        if starts_trip and label.trips == self.kind.max_trips:
            return
        for idx in self.allowed:
            if not label.visited >> idx & 1:
                self._visit(label, idx, label.trips + starts_trip)

    def _visit(self, label: _Label, idx: int, trips: int) -> None:
        stop = self.stops[idx]
        load = _aboard(label.load, stop)
        if any(carried > limit for carried, limit in zip(load, self.kind.capacity * 2, strict=True)):
            return
        gives, takes = any(stop.delivery), any(stop.load)
        if self.kind.linehaul_first and gives and label.got:
            return
        order = (*label.order, (idx,)) if label.last < 0 else (*label.order[:-1], (*label.order[-1], idx))
        travel_s = self.duration[label.last][idx]
        for piece in extend((label.piece,), travel_s=travel_s, service_s=stop.service_s, windows=stop.windows):
            distance_m = label.distance_m + self.distance[label.last][idx]
            self._keep(_Label(
                label.visited | 1 << idx, idx, trips, load, distance_m, piece, order,
                self.kind.linehaul_first and (label.gave or gives), self.kind.linehaul_first and (label.got or takes),
            ))

    def _end_trip(self, label: _Label, at: dict[int, list[_Label]]) -> None:
        """Close the trip, and the night with it or not; the label joins those that have served the same stops."""
        if label.got and not label.gave:
            return
        last_unload = (0, ANY_TIME) if self.kind.ends_elsewhere else (self.kind.unload_s, self.kind.unload_windows)
        self._return_to(_AT_END, label, at, *last_unload)
        if label.trips < self.kind.max_trips:
            self._return_to(_AT_HUB, label, at, self.kind.unload_s, self.kind.unload_windows)

    def _return_to(
        self,
        where: int,
        label: _Label,
        at: dict[int, list[_Label]],
        unload_s: int,
        windows: tuple[tuple[int, int], ...],
    ) -> None:
        travel_s = self.duration[label.last][where]
        distance_m = label.distance_m + self.distance[label.last][where]
        home = extend((label.piece,), travel_s=travel_s, service_s=unload_s, windows=windows)
        for piece in end_by(home, latest_s=self.kind.latest_s):
            closed = label._replace(
                last=where, load=_NOTHING, distance_m=distance_m, piece=piece, gave=False, got=False
            )
            if self._within_limits(closed):
                _add_undominated(at.setdefault(where, []), closed)

    def _keep(self, label: _Label) -> None:
        if not self._within_limits(label):
            return
        self.made += 1
        if self.made > MAX_LABELS:
            raise _TooManyLabelsError
        _add_undominated(self.labels.setdefault(label.visited, {}).setdefault(label.last, []), label)

    def _within_limits(self, label: _Label) -> bool:
        return label.piece.span_s <= self.kind.longest_s and label.distance_m <= self.kind.max_distance_m


def _aboard(load: tuple[int, ...], stop: IntegerStop) -> tuple[int, ...]:
    """What is picked up and the most ever aboard, once the stop is visited too."""
    units = len(LOAD_UNITS)
    picked = [carried + more for carried, more in zip(load[:units], stop.load, strict=True)]
    most = [
        max(aboard + given, now) for aboard, given, now in zip(load[units:], stop.delivery, picked, strict=True)
    ]
    return (*picked, *most)


def _add_undominated(labels: list[_Label], label: _Label) -> None:
    if not any(other.dominates(label) for other in labels):
        labels[:] = [other for other in labels if not label.dominates(other)]
        labels.append(label)


def _best_split(integers: IntegerProblem, routes: list[list[_BestRoute]]) -> ExactPlan:
    """Spread the stops over the vans: `cost[served]` is the cheapest way to serve exactly that set."""
    cost: list[float] = [0.0] + [_NEVER] * ((1 << len(integers.stops)) - 1)
    plans: list[tuple[tuple[int, int], ...]] = [()] * len(cost)
    apart = [sum(1 << idx for idx in members) for members in integers.together.values() if len(members) > 1]
    for type_idx, kind in enumerate(integers.types):
        for _ in range(min(kind.count, len(integers.stops))):
            if not _add_van(cost, plans, routes[type_idx], type_idx, apart):
                break
    total, served = min((cost[mask] + _left_out(integers, mask), mask) for mask in range(len(cost)))
    if total == _NEVER:
        return ExactPlan(None, 0)
    return ExactPlan(_name_routes(integers, plans[served], routes), int(total))


def _add_van(
    cost: list[float],
    plans: list[tuple[tuple[int, int], ...]],
    routes: list[_BestRoute],
    type_idx: int,
    together: list[int],
) -> bool:
    """Allow one more van of a type, in place; False when it helps no set of stops.

    No two vans share a set of `together`.
    """
    helped = False
    for served in range(len(cost) - 1, 0, -1):
        mine = served
        while mine:
            others = served ^ mine
            total = cost[others] + routes[mine].cost
            if total < cost[served] and not any(mine & group and others & group for group in together):
                cost[served], plans[served] = total, (*plans[others], (type_idx, mine))
                helped = True
            mine = (mine - 1) & served
    return helped


def _left_out(integers: IntegerProblem, served: int) -> float:
    """Prizes of the choices not met; infinite where a required one is not, or one is met twice."""
    left = 0
    for choice in integers.choices:
        visits = sum(served >> idx & 1 for idx in choice.members)
        if visits > 1 or (choice.required and not visits):
            return _NEVER
        left += 0 if visits else choice.prize
    return left


def _name_routes(
    integers: IntegerProblem, plan: tuple[tuple[int, int], ...], routes: list[list[_BestRoute]]
) -> tuple[Route, ...]:
    used = [0] * len(integers.types)
    named = []
    for type_idx, mine in plan:
        used[type_idx] += 1
        trips = tuple(
            tuple(integers.source.stops[idx].stop_id for idx in trip) for trip in routes[type_idx][mine].order
        )
        named.append(Route(integers.source.vehicle_types[type_idx].vehicle_type_id, used[type_idx], trips))
    return tuple(named)
