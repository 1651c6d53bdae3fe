"""What a depot saves at given prices of its customers: the cheapest routes of every load, and the best mix of them.

Routes may visit a customer again, but not with only one other in between (q-routes without 2-cycles: Christofides,
Mingozzi and Toth 1981, 10.1007/BF01589353), and arcs beyond the nearest customers cost as little as any beyond them:
the values are never above those of real routes. Compiled.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from network_design.locate.location_routing.compiling import compiled


class Roads(NamedTuple):
    """Arcs among customers: each one's nearest `near` (customers, many), what they `cost`, and what is `beyond` them.

    `load` (customers,) is in whole units, at least 1, and `room` that of a vehicle.
    """

    near: np.ndarray
    cost: np.ndarray
    beyond: np.ndarray
    load: np.ndarray
    room: int


class Labels(NamedTuple):
    """Per load and last customer the cheapest path from the depot, and the cheapest that comes from another customer.

    `first` and `second` are costs, `first_from` and `second_from` the customers before (-1: the depot).
    """

    first: np.ndarray
    second: np.ndarray
    first_from: np.ndarray
    second_from: np.ndarray


def new_labels(customers: int, room: int) -> Labels:
    """Return memory for so many customers and loads up to `room`."""
    shape = (room + 1, customers)
    return Labels(np.empty(shape), np.empty(shape), np.empty(shape, np.int32), np.empty(shape, np.int32))


@compiled
def respond(
    roads: Roads, labels: Labels, way: np.ndarray, price: np.ndarray, route_cost: float, most: int, visits: np.ndarray
) -> tuple[float, int]:
    """Return what the best routes of a depot cost at these prices (0: none is worth it), and how many they are.

    `way` (customers,) are the arcs from the depot, `price` (customers,) what each visit earns, `most` the units that
    the depot holds. `visits` (customers,) is overwritten with how often its routes visit each.
    """
    _extend(roads, labels, way, price)
    cheapest, last = _closed(roads, labels, way, route_cost)
    cost, taken = np.zeros(most + 1), np.zeros(most + 1, np.int64)
    best = 0
    for held in range(1, most + 1):
        cost[held], taken[held] = cost[held - 1], 0
        for load in range(1, min(held, roads.room) + 1):
            if cheapest[load] < 0.0 and cost[held - load] + cheapest[load] < cost[held]:
                cost[held], taken[held] = cost[held - load] + cheapest[load], load
        if cost[held] < cost[best]:
            best = held
    visits[:] = 0
    routes, held = 0, best
    while held > 0:
        if taken[held] == 0:
            held -= 1
            continue
        _walk(roads, labels, taken[held], last[taken[held]], visits)
        routes += 1
        held -= taken[held]
    return cost[best], routes


@compiled
def _extend(roads: Roads, labels: Labels, way: np.ndarray, price: np.ndarray) -> None:
    """Fill the labels, load by load."""
    customers = len(way)
    cheapest, cheapest_at = np.empty((roads.room + 1, 2)), np.empty((roads.room + 1, 2), np.int32)
    for load in range(roads.room + 1):
        for stop in range(customers):
            first, second, first_from, second_from = np.inf, np.inf, -1, -1
            before = load - roads.load[stop]
            if before == 0:
                first = way[stop]
            elif before > 0 and cheapest[before, 0] < np.inf:
                for rank in range(roads.near.shape[1]):
                    other = roads.near[stop, rank]
                    cost = roads.cost[stop, rank]
                    if labels.first_from[before, other] != stop:
                        cost += labels.first[before, other]
                    else:
                        cost += labels.second[before, other]
                    if cost < first:
                        first, second, first_from, second_from = cost, first, other, first_from
                    elif cost < second:
                        second, second_from = cost, other
                for far in range(2):
                    other, cost = cheapest_at[before, far], cheapest[before, far] + roads.beyond[stop]
                    if cost < first:
                        if other != first_from:
                            second, second_from = first, first_from
                        first, first_from = cost, other
                    elif cost < second and other != first_from:
                        second, second_from = cost, other
            labels.first[load, stop], labels.first_from[load, stop] = first - price[stop], first_from
            labels.second[load, stop], labels.second_from[load, stop] = second - price[stop], second_from
        _note_cheapest(labels.first[load], cheapest[load], cheapest_at[load])


@compiled
def _note_cheapest(costs: np.ndarray, cheapest: np.ndarray, cheapest_at: np.ndarray) -> None:
    """Note the two cheapest and where they are."""
    cheapest[:] = np.inf
    cheapest_at[:] = -1
    for stop in range(len(costs)):
        if costs[stop] < cheapest[0]:
            cheapest[1], cheapest_at[1] = cheapest[0], cheapest_at[0]
            cheapest[0], cheapest_at[0] = costs[stop], stop
        elif costs[stop] < cheapest[1]:
            cheapest[1], cheapest_at[1] = costs[stop], stop


@compiled
def _closed(roads: Roads, labels: Labels, way: np.ndarray, route_cost: float) -> tuple[np.ndarray, np.ndarray]:
    """The cheapest route of every load, and its last customer."""
    cheapest, last = np.full(roads.room + 1, np.inf), np.zeros(roads.room + 1, np.int64)
    for load in range(1, roads.room + 1):
        for stop in range(len(way)):
            cost = labels.first[load, stop] + way[stop] + route_cost
            if cost < cheapest[load]:
                cheapest[load], last[load] = cost, stop
    return cheapest, last


@compiled
def _walk(roads: Roads, labels: Labels, load: int, last: int, visits: np.ndarray) -> None:
    """Count the visits of a route, from its last customer back to the depot."""
    stop, by_second = last, False
    while stop >= 0:
        visits[stop] += 1
        before = labels.second_from[load, stop] if by_second else labels.first_from[load, stop]
        load -= roads.load[stop]
        by_second = before >= 0 and labels.first_from[load, before] == stop
        stop = before
