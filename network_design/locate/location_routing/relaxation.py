"""The Lagrangian relaxation of location-routing: at given prices customers choose depots as if they had no routes.

Minimise opening, arcs and vehicles, where each open depot drives routes that visit its customers. A price is put on
the first three of these rules; what is left is to choose depots and one of them for each customer, whose cost is its
share of the best route through it (`pricing`, `choosing`).

    each customer is visited as often as it is served, once       price `visit` (customers,)
    so many routes are needed: their number >= demand / room      price `route`, 0 or more
    a depot serves no more than its capacity                      price `room` (depots,), 0 or more, per `unit`
    the depots that are open have room for all demand
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from network_design.locate.location_routing.choosing import Chooser
from network_design.locate.location_routing.loads import Loads
from network_design.locate.location_routing.pricing import Roads, count_visits, new_labels, serve
from network_design.locate.location_routing.problem import LocationRouting

NEAREST = 60
LANES = 2
UNIT = 10.0  # mean loads: the unit of depots' capacity, so that prices of all rules are found in steps alike


@dataclass(frozen=True)
class Prices:
    """A price per rule, see above; or by how much each rule is broken, the direction in which its price should go."""

    visit: np.ndarray
    route: float
    room: np.ndarray


@dataclass(frozen=True)
class Response:
    """The relaxation's value at some prices, which no plan's cost is below, and how much each rule is broken there."""

    value: float
    broken: Prices


class Relaxation:
    """The problem at prices. Customers without any load in whole units are left out: that makes plans cheaper only,
    as arcs obey the triangle inequality."""

    def __init__(self, problem: LocationRouting, loads: Loads, threads: Executor) -> None:
        self.kept = np.flatnonzero(loads.demand > 0)
        self.loads, self.threads = loads, threads
        self.load, self.room = loads.demand[self.kept], loads.depot_room
        self.opening_cost = np.asarray(problem.opening_cost, dtype=np.float64)
        self.route_cost = float(problem.route_cost)
        self.unit = UNIT * float(self.load.mean())
        self.least_routes = -(-loads.total // loads.room)
        arc = problem.arc_costs()
        self.way = np.ascontiguousarray(arc[problem.customers :, self.kept])
        self.roads = _roads(arc[np.ix_(self.kept, self.kept)], self.load, loads.room)
        depots, customers = self.way.shape
        self.labels = [new_labels(customers, loads.room) for _ in range(depots)]
        self.cost = np.full((depots, customers), np.inf)
        self.halves = np.zeros((depots, customers, 4), dtype=np.int64)

    def at(self, prices: Prices, chooser: Chooser) -> Response:
        """Return the value at these prices, which the chooser turns into what is proven."""
        depots = chooser.depots
        self._each(depots, lambda depot: self._serve(depot, prices))
        self.cost[np.setdiff1d(np.arange(len(self.room)), depots)] = np.inf
        constant = float(prices.visit.sum()) + prices.route * self.least_routes
        choice = chooser.choose(self.opening_cost - prices.room / self.unit * self.room, self.cost, constant)
        visits, routes = np.zeros_like(self.way), np.zeros(len(self.room))

        def count(depot: int) -> None:
            served = np.flatnonzero(choice.depot == depot)
            routes[depot] = count_visits(self.roads, self.labels[depot], self.halves[depot], served, visits[depot])

        opened = np.flatnonzero(choice.opened)
        self._each(opened, count)
        load = np.bincount(choice.depot, weights=self.load, minlength=len(self.room))
        broken = Prices(
            visit=1.0 - visits.sum(axis=0),
            route=float(self.least_routes - routes.sum()),
            room=np.where(choice.opened, load - self.room, 0.0) / self.unit,
        )
        return Response(choice.value, broken)

    def _serve(self, depot: int, prices: Prices) -> None:
        price = prices.visit - prices.room[depot] / self.unit * self.load
        serve(
            self.roads, self.labels[depot], self.way[depot], price, self.route_cost - prices.route, self.cost[depot],
            self.halves[depot],
        )  # fmt: skip

    def _each(self, depots: np.ndarray, work: Callable[[int], None]) -> None:
        """Do the work for each depot, with both cores."""

        def in_turn(lane: int) -> None:
            for depot in depots[lane::LANES].tolist():
                work(depot)

        list(self.threads.map(in_turn, range(LANES)))


def _roads(arc: np.ndarray, load: np.ndarray, room: int) -> Roads:
    customers = len(arc)
    many = min(NEAREST, customers - 1)
    order = np.argsort(arc + np.diag(np.full(customers, np.inf)), axis=1, kind="stable")
    cost = np.take_along_axis(arc, order, axis=1)
    beyond = cost[:, many] if many < customers - 1 else np.full(customers, np.inf)
    near = np.ascontiguousarray(order[:, :many], dtype=np.int32)
    return Roads(near, np.ascontiguousarray(cost[:, :many]), np.ascontiguousarray(beyond), load, room)
