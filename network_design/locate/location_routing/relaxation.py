"""The Lagrangian relaxation of location-routing: at given prices the depots know nothing of each other.

Sets: customers i, depots d. Variables: y_d depots open, and how often each possible route is driven, whose sum at a
depot visits i v_id times. Minimise opening, arcs and vehicles, subject to the rules below, of which the first three
carry a price; what is left falls apart into one problem per depot (`pricing`) and the choice of depots with room for
all demand (`covering`).

    each customer is visited: sum_d v_id = 1                     price `visit` (customers,)
    so many routes are needed: their number >= total / room      price `route`, 0 or more
    only open depots visit: v_id <= y_d                          price `link` (depots, customers), 0 or more
    the depots that are open have room for the total demand
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from network_design.locate.location_routing.covering import cheapest_cover
from network_design.locate.location_routing.loads import Loads
from network_design.locate.location_routing.pricing import Labels, Roads, new_labels, respond
from network_design.locate.location_routing.problem import LocationRouting

NEAREST = 60


@dataclass(frozen=True)
class Prices:
    """A price per rule, see above."""

    visit: np.ndarray
    route: float
    link: np.ndarray


@dataclass(frozen=True)
class Response:
    """The relaxation's value at some prices: no plan costs less. `slack` is by how much each rule is broken, a
    direction in which prices should go; `gain` (depots,) is what opening each depot adds to the value."""

    value: float
    slack: Prices
    gain: np.ndarray
    chosen: np.ndarray


class Relaxation:
    """The problem at prices. Customers without any load in whole units are left out: that makes plans cheaper only,
    as arcs obey the triangle inequality."""

    def __init__(self, problem: LocationRouting, loads: Loads, threads: Executor) -> None:
        self.kept = np.flatnonzero(loads.demand > 0)
        self.loads, self.threads = loads, threads
        self.opening_cost = np.asarray(problem.opening_cost, dtype=np.float64)
        self.route_cost = float(problem.route_cost)
        self.least_routes = -(-loads.total // loads.room)
        arc = problem.arc_costs()
        self.way = np.ascontiguousarray(arc[problem.customers :, self.kept])
        self.roads = _roads(arc[np.ix_(self.kept, self.kept)], loads.demand[self.kept], loads.room)
        self.alive = np.arange(problem.depots)
        self.labels = [new_labels(len(self.kept), loads.room) for _ in range(2)]

    def at(self, prices: Prices) -> Response:
        """Return the value at these prices."""
        depots, customers = self.way.shape
        cost, routes = np.full(depots, np.inf), np.zeros(depots)
        visits = np.zeros((depots, customers))

        def respond_in_turn(lane: int) -> None:
            for depot in self.alive[lane :: len(self.labels)].tolist():
                cost[depot], routes[depot] = self._respond(depot, prices, self.labels[lane], visits[depot])

        list(self.threads.map(respond_in_turn, range(len(self.labels))))
        gain = cost + self.opening_cost - prices.link.sum(axis=1)
        least, chosen = cheapest_cover(gain, self.loads.depot_room, self.loads.total)
        value = float(prices.visit.sum() + prices.route * self.least_routes + least)
        visits[~chosen] = 0.0
        slack = Prices(
            visit=1.0 - visits.sum(axis=0),
            route=float(self.least_routes - routes[chosen].sum()),
            link=visits - chosen[:, None],
        )
        return Response(value, slack, gain, chosen)

    def drop_hopeless(self, prices: Prices, response: Response, cost: float) -> None:
        """Close for good the depots without which every plan cheaper than `cost` does, by the value at the prices."""
        rest = float(prices.visit.sum() + prices.route * self.least_routes)
        room, total = self.loads.depot_room, self.loads.total
        hopeless = [
            depot for depot in self.alive.tolist()
            if rest + cheapest_cover(response.gain, room, total, forced=depot)[0] >= cost
        ]  # fmt: skip
        if len(hopeless) < len(self.alive):
            self.alive = np.setdiff1d(self.alive, hopeless)

    def _respond(self, depot: int, prices: Prices, labels: Labels, visits: np.ndarray) -> tuple[float, int]:
        return respond(
            self.roads, labels, self.way[depot], prices.visit - prices.link[depot], self.route_cost - prices.route,
            self.loads.depot_room[depot], visits,
        )  # fmt: skip


def _roads(arc: np.ndarray, load: np.ndarray, room: int) -> Roads:
    customers = len(arc)
    many = min(NEAREST, customers - 1)
    order = np.argsort(arc + np.diag(np.full(customers, np.inf)), axis=1, kind="stable")
    cost = np.take_along_axis(arc, order, axis=1)
    beyond = cost[:, many] if many < customers - 1 else np.full(customers, np.inf)
    near = np.ascontiguousarray(order[:, :many], dtype=np.int32)
    return Roads(near, np.ascontiguousarray(cost[:, :many]), np.ascontiguousarray(beyond), load, room)
