"""Location-routing (Prins, Prodhon and Wolfler Calvo 2006, 10.1007/s10288-006-0001-9) in two indices, loads as flows.

Variables: y (depots) open; z (depots x customers) a depot serves a customer; out and home (depots x customers) a route
starts or ends there; x (customers x customers) one follows the other; carried on ways out (depots x customers) and
between (customers x customers). Rows: each customer is entered and left once, a depot sends as many as come home, who
follow each other belong to one depot, and loads go down by what is delivered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.locating.programs.program import (
    HALF,
    Block,
    FloatArray,
    IntArray,
    Program,
    a_plan,
    open_where,
    program,
)
from network_design.locate.answer import LocationAnswer
from network_design.locate.location_routing.problem import LocationRouting


@dataclass(frozen=True)
class _Columns:
    """Where each variable stands."""

    y: IntArray
    z: IntArray
    out: IntArray
    home: IntArray
    x: IntArray
    load_out: IntArray
    load: IntArray

    @property
    def binary(self) -> int:
        """How many of the first columns are binary."""
        return int(self.load_out.min())


def routing_program(problem: LocationRouting) -> Program:
    """Return the program of a location-routing problem."""
    at = _columns(problem)
    cost = np.zeros(int(at.load.max()) + 1)
    arcs, n = problem.arc_costs(), problem.customers
    cost[at.y] = problem.opening_cost
    cost[at.out], cost[at.home], cost[at.x] = arcs[n:, :n] + problem.route_cost, arcs[:n, n:].T, arcs[:n, :n]
    whole = np.arange(len(cost)) < at.binary
    upper = np.where(whole, 1.0, problem.vehicle_capacity)
    upper[np.diag(at.x)] = upper[np.diag(at.load)] = 0.0
    blocks = [*_visits(problem, at), *_depots(problem, at), *_loads(problem, at)]
    return program(cost, upper, whole, blocks, lambda values: _plan(problem, at, values))


def _columns(problem: LocationRouting) -> _Columns:
    depots, n = problem.depots, problem.customers
    shapes = ((depots,), (depots, n), (depots, n), (depots, n), (n, n), (depots, n), (n, n))
    starts = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)])
    columns = (
        start + np.arange(np.prod(shape)).reshape(shape) for start, shape in zip(starts[:-1], shapes, strict=True)
    )
    return _Columns(*columns)


def _visits(problem: LocationRouting, at: _Columns) -> list[Block]:
    """Each customer is entered once and left once; a depot's routes come home."""
    entered = Block(np.hstack([at.x.T, at.out.T]), 1.0, lower=1.0, upper=1.0)
    left = Block(np.hstack([at.x, at.home.T]), 1.0, lower=1.0, upper=1.0)
    n = problem.customers
    returns = Block(np.hstack([at.out, at.home]), [*[1.0] * n, *[-1.0] * n], lower=0.0, upper=0.0)
    return [entered, left, returns]


def _depots(problem: LocationRouting, at: _Columns) -> list[Block]:
    """One open depot serves each customer, with its room; whoever starts, ends or follows is that depot's."""
    one = Block(at.z.T, 1.0, lower=1.0, upper=1.0)
    is_open = Block(_pairs(at.z, np.broadcast_to(at.y[:, None], at.z.shape)), [1.0, -1.0], upper=0.0)
    room = np.hstack([np.tile(problem.demand, (problem.depots, 1)), -problem.depot_capacity[:, None]])
    fits = Block(np.hstack([at.z, at.y[:, None]]), room, upper=0.0)
    starts = Block(_pairs(at.out, at.z), [1.0, -1.0], upper=0.0)
    ends = Block(_pairs(at.home, at.z), [1.0, -1.0], upper=0.0)
    return [one, is_open, fits, starts, ends, _same_depot(problem, at)]


def _same_depot(problem: LocationRouting, at: _Columns) -> Block:
    """x(i, j) + x(j, i) + z(d, i) - z(d, j) <= 1 for all depots d and customers i and j."""
    i, j = np.nonzero(~np.eye(problem.customers, dtype=bool))
    depots = problem.depots
    ways = np.broadcast_to(np.column_stack([at.x[i, j], at.x[j, i]]), (depots, len(i), 2))
    theirs = np.stack([at.z[:, i], at.z[:, j]], axis=2)
    return Block(np.concatenate([ways, theirs], axis=2).reshape(-1, 4), [1.0, 1.0, 1.0, -1.0], upper=1.0)


def _loads(problem: LocationRouting, at: _Columns) -> list[Block]:
    """What is carried to a customer exceeds what is carried on by its demand, and fits the vehicle."""
    n, depots, holds = problem.customers, problem.depots, problem.vehicle_capacity
    value = [*[1.0] * (n + depots), *[-1.0] * n]
    column = np.hstack([at.load.T, at.load_out.T, at.load])
    delivered = Block(column, value, lower=problem.demand, upper=problem.demand)
    out = Block(_pairs(at.load_out, at.out), [1.0, -holds], upper=0.0)
    room = np.repeat(holds - problem.demand, n)  # what may still be on board after the first of the two
    between = Block(_pairs(at.load, at.x), np.column_stack([np.ones(n * n), -room]), upper=0.0)
    return [delivered, out, between]


def _pairs(one: IntArray, other: IntArray) -> IntArray:
    return np.stack([one, other], axis=-1).reshape(-1, 2)


def _plan(problem: LocationRouting, at: _Columns, values: FloatArray) -> LocationAnswer:
    """Follow every route from the depot it starts at until it goes home."""
    following, goes_home = values[at.x].argmax(axis=1), values[at.home].max(axis=0) > HALF
    routes = []
    for depot, customer in np.argwhere(values[at.out] > HALF).tolist():
        route = [customer]
        while not goes_home[route[-1]] and len(route) < problem.customers:
            route.append(int(following[route[-1]]))
        routes.append((depot, tuple(route)))
    return a_plan(open_sites=open_where(values[at.y]), routes=tuple(routes))
