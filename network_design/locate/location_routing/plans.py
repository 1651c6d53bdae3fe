"""What the compiled search reads and writes: the ground it drives on, a plan of routes, and its scratch memory.

Nodes are numbered: the customers from 0, then a node per route for the depot where it starts and ends. A route is a
ring through its depot node; without customers it is idle.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from network_design.locate.location_routing.compiling import compiled
from network_design.locate.location_routing.problem import LocationRouting

COST, OVERLOAD = 0, 1  # of `figure`
SPARE_ROUTES = 8


class Ground(NamedTuple):
    """The problem in arrays: `arc` costs (places, places) with the depots' places after the customers'.

    `near` (customers, many) are the nearest other customers in order. `room` is a vehicle's capacity, `depot_room`
    that of each depot.
    """

    arc: np.ndarray
    near: np.ndarray
    demand: np.ndarray
    depot_room: np.ndarray
    room: float
    route_cost: float


class Plan(NamedTuple):
    """Routes: the nodes `after` and `before` each, the `route` of each (-1: none now), the `place` where it lies.

    `load` and `stops` are sums of each route, `depot_load` of each depot; `figure` holds the cost of arcs and vehicles
    and the load beyond depots' capacities, which the search allows at a price.
    """

    after: np.ndarray
    before: np.ndarray
    route: np.ndarray
    place: np.ndarray
    load: np.ndarray
    stops: np.ndarray
    depot_load: np.ndarray
    figure: np.ndarray


def to_ground(problem: LocationRouting) -> Ground:
    """Return the problem as the search reads it."""
    arc = problem.arc_costs()
    between = arc[: problem.customers, : problem.customers]
    order = np.argsort(between + np.diag(np.full(problem.customers, -1.0)), axis=1, kind="stable")
    return Ground(
        arc=arc,
        near=np.ascontiguousarray(order[:, 1:], dtype=np.int32),
        demand=np.asarray(problem.demand, dtype=np.float64),
        depot_room=np.asarray(problem.depot_capacity, dtype=np.float64),
        room=float(problem.vehicle_capacity),
        route_cost=float(problem.route_cost),
    )


def empty_plan(ground: Ground) -> Plan:
    """Return a plan without customers, with as many routes as may be of use.

    Of two routes of a depot that fit one vehicle one is of no use, so all but one per depot are more than half full.
    """
    customers, depots = len(ground.demand), len(ground.depot_room)
    useful = int(2 * ground.demand.sum() // ground.room) + depots + SPARE_ROUTES
    routes = min(customers, useful)
    nodes = customers + routes
    ring = np.arange(nodes, dtype=np.int32)
    route = np.full(nodes, -1, dtype=np.int32)
    route[customers:] = np.arange(routes)
    return Plan(
        after=ring.copy(), before=ring.copy(), route=route, place=ring.copy(),
        load=np.zeros(routes), stops=np.zeros(routes, dtype=np.int32), depot_load=np.zeros(depots), figure=np.zeros(2),
    )  # fmt: skip


def copy_of(plan: Plan) -> Plan:
    """Return a plan of its own that is the same."""
    return Plan(*(array.copy() for array in plan))


def routes_of(ground: Ground, plan: Plan) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Return (depot, customers in order) per route that is driven."""
    customers, routes = len(ground.demand), []
    for number in np.flatnonzero(plan.stops).tolist():
        node, stops = customers + number, []
        while (node := int(plan.after[node])) < customers:
            stops.append(node)
        routes.append((int(plan.place[customers + number]) - customers, tuple(stops)))
    return tuple(routes)


@compiled
def copy_into(target: Plan, source: Plan) -> None:
    """Make the target the same plan as the source."""
    for node in range(len(source.after)):
        target.after[node] = source.after[node]
        target.before[node] = source.before[node]
        target.route[node] = source.route[node]
        target.place[node] = source.place[node]
    for route in range(len(source.load)):
        target.load[route] = source.load[route]
        target.stops[route] = source.stops[route]
    for depot in range(len(source.depot_load)):
        target.depot_load[depot] = source.depot_load[depot]
    target.figure[COST] = source.figure[COST]
    target.figure[OVERLOAD] = source.figure[OVERLOAD]


@compiled
def overload_by(ground: Ground, plan: Plan, depot: int, load: float) -> float:
    """How much more of the depot's load is beyond its capacity when so much is added (or, below 0, taken off)."""
    room, now = ground.depot_room[depot], plan.depot_load[depot]
    return max(0.0, now + load - room) - max(0.0, now - room)


@compiled
def shift_depot_load(ground: Ground, plan: Plan, depot: int, load: float) -> None:
    """Add the load to the depot."""
    plan.figure[OVERLOAD] += overload_by(ground, plan, depot, load)
    plan.depot_load[depot] += load


@compiled
def take_out(ground: Ground, plan: Plan, stop: int) -> None:
    """Take a customer out of its route."""
    before, after, route = plan.before[stop], plan.after[stop], plan.route[stop]
    here, first, then = plan.place[stop], plan.place[before], plan.place[after]
    plan.after[before], plan.before[after] = after, before
    plan.figure[COST] += ground.arc[first, then] - ground.arc[first, here] - ground.arc[here, then]
    plan.stops[route] -= 1
    plan.load[route] -= ground.demand[stop]
    plan.route[stop] = -1
    depot = plan.place[len(ground.demand) + route] - len(ground.demand)
    shift_depot_load(ground, plan, depot, -ground.demand[stop])
    if plan.stops[route] == 0:
        plan.figure[COST] -= ground.route_cost
        plan.load[route] = 0.0


@compiled
def put_in(ground: Ground, plan: Plan, stop: int, before: int) -> None:
    """Put a customer into a route, behind the node `before`; an idle route must have been given its depot."""
    after, route = plan.after[before], plan.route[before]
    here, first, then = plan.place[stop], plan.place[before], plan.place[after]
    plan.after[before] = plan.before[after] = stop
    plan.before[stop], plan.after[stop] = before, after
    plan.figure[COST] += ground.arc[first, here] + ground.arc[here, then] - ground.arc[first, then]
    if plan.stops[route] == 0:
        plan.figure[COST] += ground.route_cost
    plan.stops[route] += 1
    plan.load[route] += ground.demand[stop]
    plan.route[stop] = route
    depot = plan.place[len(ground.demand) + route] - len(ground.demand)
    shift_depot_load(ground, plan, depot, ground.demand[stop])
