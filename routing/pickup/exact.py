"""The proven best plan for a handful of stops.

First the cheapest route of each vehicle type over every set of stops, by labels (Feillet, Dejax, Gendreau and
Gueguen 2004, https://doi.org/10.1002/net.20033) that carry load, metres, trips and a departure piece; then the
cheapest split of the stops over the vans, by dynamic programming over sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from routing.pickup.integers import ANY_TIME, IntegerProblem, IntegerType
from routing.pickup.problem import LOAD_UNITS
from routing.pickup.schedule import Route
from routing.pickup.timing import Piece, covers, end_by, extend, leave_between

MAX_STOPS = 8
MAX_LABELS = 200_000  # about ten seconds; beyond it the proof is given up
_AT_HUB = -1
_NOTHING = (0,) * len(LOAD_UNITS)
_NEVER = float("inf")


@dataclass(frozen=True)
class ExactPlan:
    """The best plan, or `routes` None when trying everything showed that required stops cannot all be served."""

    routes: tuple[Route, ...] | None
    objective_micro: int


class _Label(NamedTuple):
    """A partial route: stops visited, where the van is, trips begun, load on board, metres, times, order."""

    visited: int
    last: int
    trips: int
    load: tuple[int, ...]
    distance_m: int
    piece: Piece
    order: tuple[tuple[int, ...], ...]

    def dominates(self, other: _Label) -> bool:
        return (
            self.distance_m <= other.distance_m
            and self.trips <= other.trips
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
    """The proven best plan, or None when there are more than `max_stops` stops or the proof would take too long."""
    if len(integers.stops) > max_stops:
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
        cost = kind.fixed + kind.per_m * label.distance_m + kind.per_s * label.piece.span_s
        if cost < best[label.visited].cost:
            best[label.visited] = _BestRoute(cost, label.order)
    return best


class _RouteSearch:
    """Labels of one vehicle type, extended set by set."""

    def __init__(self, integers: IntegerProblem, kind: IntegerType) -> None:
        places = [*(stop.place_idx for stop in integers.stops), kind.place_idx]
        self.kind = kind
        self.stops = integers.stops
        self.distance = integers.distance[places][:, places].tolist()
        self.duration = integers.duration[places][:, places].tolist()
        self.allowed = [idx for idx, stop in enumerate(integers.stops) if kind.may_serve(stop)]
        self.labels: dict[int, dict[int, list[_Label]]] = {}
        self.made = 0

    def finished(self) -> list[_Label]:
        """Every undominated route that is back at the hub, over all sets of stops."""
        if not self.kind.count:
            return []
        for piece in leave_between(self.kind.earliest_s, self.kind.latest_s):
            self._keep(_Label(0, _AT_HUB, 0, _NOTHING, 0, piece, ()))
        closed = []
        for visited in range(1 << len(self.stops)):
            at = self.labels.pop(visited, {})
            for last, labels in list(at.items()):
                if last != _AT_HUB:
                    for label in labels:
                        self._return_home(label, at)
            closed += at.get(_AT_HUB, [])
            for labels in at.values():
                for label in labels:
                    self._go_on(label)
        return [label for label in closed if label.visited]

    def _go_on(self, label: _Label) -> None:
        starts_trip = label.last == _AT_HUB
        if starts_trip and label.trips == self.kind.max_trips:
            return
        for idx in self.allowed:
            if not label.visited >> idx & 1:
                self._visit(label, idx, label.trips + starts_trip)

    def _visit(self, label: _Label, idx: int, trips: int) -> None:
        stop = self.stops[idx]
        load = tuple(carried + more for carried, more in zip(label.load, stop.load, strict=True))
        if any(carried > limit for carried, limit in zip(load, self.kind.capacity, strict=True)):
            return
        order = (*label.order, (idx,)) if label.last == _AT_HUB else (*label.order[:-1], (*label.order[-1], idx))
        travel_s = self.duration[label.last][idx]
        for piece in extend((label.piece,), travel_s=travel_s, service_s=stop.service_s, windows=stop.windows):
            distance_m = label.distance_m + self.distance[label.last][idx]
            self._keep(_Label(label.visited | 1 << idx, idx, trips, load, distance_m, piece, order))

    def _return_home(self, label: _Label, at: dict[int, list[_Label]]) -> None:
        """Close the trip; the label joins those at the hub that have served the same stops."""
        travel_s = self.duration[label.last][_AT_HUB]
        distance_m = label.distance_m + self.distance[label.last][_AT_HUB]
        home = extend((label.piece,), travel_s=travel_s, service_s=self.kind.unload_s, windows=ANY_TIME)
        for piece in end_by(home, latest_s=self.kind.latest_s):
            closed = label._replace(last=_AT_HUB, load=_NOTHING, distance_m=distance_m, piece=piece)
            if self._within_limits(closed):
                _add_undominated(at.setdefault(_AT_HUB, []), closed)

    def _keep(self, label: _Label) -> None:
        if not self._within_limits(label):
            return
        self.made += 1
        if self.made > MAX_LABELS:
            raise _TooManyLabelsError
        _add_undominated(self.labels.setdefault(label.visited, {}).setdefault(label.last, []), label)

    def _within_limits(self, label: _Label) -> bool:
        return label.piece.span_s <= self.kind.max_duration_s and label.distance_m <= self.kind.max_distance_m


def _add_undominated(labels: list[_Label], label: _Label) -> None:
    if not any(other.dominates(label) for other in labels):
        labels[:] = [other for other in labels if not label.dominates(other)]
        labels.append(label)


def _best_split(integers: IntegerProblem, routes: list[list[_BestRoute]]) -> ExactPlan:
    """Spread the stops over the vans: `cost[served]` is the cheapest way to serve exactly that set."""
    cost: list[float] = [0.0] + [_NEVER] * ((1 << len(integers.stops)) - 1)
    plans: list[tuple[tuple[int, int], ...]] = [()] * len(cost)
    for type_idx, kind in enumerate(integers.types):
        for _ in range(min(kind.count, len(integers.stops))):
            if not _add_van(cost, plans, routes[type_idx], type_idx):
                break
    total, served = min((cost[mask] + _left_out(integers, mask), mask) for mask in range(len(cost)))
    if total == _NEVER:
        return ExactPlan(None, 0)
    return ExactPlan(_name_routes(integers, plans[served], routes), int(total))


def _add_van(
    cost: list[float], plans: list[tuple[tuple[int, int], ...]], routes: list[_BestRoute], type_idx: int
) -> bool:
    """Allow one more van of a type, in place; False when it helps no set of stops."""
    helped = False
    for served in range(len(cost) - 1, 0, -1):
        mine = served
        while mine:
            total = cost[served ^ mine] + routes[mine].cost
            if total < cost[served]:
                cost[served], plans[served] = total, (*plans[served ^ mine], (type_idx, mine))
                helped = True
            mine = (mine - 1) & served
    return helped


def _left_out(integers: IntegerProblem, served: int) -> float:
    """Prizes of the stops not in the set; infinite when one of them is required."""
    skipped = [stop for idx, stop in enumerate(integers.stops) if not served >> idx & 1]
    return _NEVER if any(stop.required for stop in skipped) else sum(stop.prize for stop in skipped)


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
