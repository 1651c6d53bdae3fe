"""What it costs a depot at least to serve each customer, at given prices: the customer's share of its best route.

A route's cost is shared out by load, so the sum of what customers cost at least, each by the route that is best for
it, is never above the cost of any routes that serve them (through-q-routes: Christofides, Mingozzi and Toth 1981,
10.1007/BF01589353; as here, with prices: Baldacci, Christofides and Mingozzi 2008, 10.1007/s10107-007-0178-5). Routes
may visit a customer again, but not with only one other in between, and arcs beyond the nearest customers cost as
little as any beyond them. Compiled.
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
def serve(
    roads: Roads, labels: Labels, way: np.ndarray, price: np.ndarray, route_cost: float, cost: np.ndarray,
    halves: np.ndarray,
) -> None:  # fmt: skip
    """Overwrite `cost` (customers,) with the least share of a route's cost that serving each customer takes.

    `way` (customers,) are the arcs from the depot, and each visit of a route earns its `price` (customers,). `halves`
    (customers, 4) tells the route: the loads of its two paths from the depot to the customer, both with the customer,
    and 1 or 0 for each path that is the second best.
    """
    _extend(roads, labels, way, price)
    for stop in range(len(way)):
        cost[stop] = np.inf
        own = roads.load[stop]
        for one in range(own, roads.room + 1):
            for other in range(one, roads.room + own - one + 1):
                joined, by_one, by_other = _joined(labels, stop, one, other, own)
                share = (joined + price[stop] + route_cost) * own / (one + other - own)
                if share < cost[stop]:
                    cost[stop] = share
                    halves[stop] = one, other, by_one, by_other


@compiled
def _joined(labels: Labels, stop: int, one: int, other: int, own: int) -> tuple[float, int, int]:
    """The least cost of two paths to the customer that do not come from the same one, and which are second best."""
    first_one, first_other = labels.first[one, stop], labels.first[other, stop]
    if labels.first_from[one, stop] != labels.first_from[other, stop] or (one == own and other == own):
        return first_one + first_other, 0, 0
    by_other = first_one + labels.second[other, stop]
    by_one = labels.second[one, stop] + first_other
    return (by_other, 0, 1) if by_other <= by_one else (by_one, 1, 0)


@compiled
def count_visits(roads: Roads, labels: Labels, halves: np.ndarray, served: np.ndarray, visits: np.ndarray) -> float:
    """Add to `visits` (customers,) what the routes of the customers `served` visit, each by its share of the route;
    return how many routes the shares add up to."""
    routes = 0.0
    for stop in served:
        share = roads.load[stop] / (halves[stop, 0] + halves[stop, 1] - roads.load[stop])
        routes += share
        _walk(roads, labels, halves[stop, 0], stop, halves[stop, 2] == 1, share, visits)
        _walk(roads, labels, halves[stop, 1], stop, halves[stop, 3] == 1, share, visits)
        visits[stop] -= share  # it is on both paths
    return routes


@compiled
def _extend(roads: Roads, labels: Labels, way: np.ndarray, price: np.ndarray) -> None:
    """Fill the labels, load by load."""
    cheapest, cheapest_at = np.empty((roads.room + 1, 2)), np.empty((roads.room + 1, 2), np.int32)
    for load in range(roads.room + 1):
        for stop in range(len(way)):
            first, second, first_from, second_from = np.inf, np.inf, -1, -1
            before = load - roads.load[stop]
            if before == 0:
                first = way[stop]
            elif before > 0 and cheapest[before, 0] < np.inf:
                first, second, first_from, second_from = _two_best(
                    roads, labels, stop, before, cheapest[before], cheapest_at[before]
                )
            labels.first[load, stop], labels.first_from[load, stop] = first - price[stop], first_from
            labels.second[load, stop], labels.second_from[load, stop] = second - price[stop], second_from
        _note_cheapest(labels.first[load], cheapest[load], cheapest_at[load])


@compiled
def _two_best(
    roads: Roads, labels: Labels, stop: int, before: int, cheapest: np.ndarray, cheapest_at: np.ndarray
) -> tuple[float, float, int, int]:
    """The two cheapest ways to the customer with the load `before` aboard, from two others, and which these are.

    `cheapest` are the two cheapest labels of that load, at the customers `cheapest_at`: from beyond the nearest.
    """
    first, second, first_from, second_from = np.inf, np.inf, -1, -1
    for rank in range(roads.near.shape[1]):
        other = roads.near[stop, rank]
        comes_from_here = labels.first_from[before, other] == stop
        label = labels.second[before, other] if comes_from_here else labels.first[before, other]
        cost = label + roads.cost[stop, rank]
        if cost < first:
            first, second, first_from, second_from = cost, first, other, first_from
        elif cost < second:
            second, second_from = cost, other
    for far in range(2):
        other, cost = cheapest_at[far], cheapest[far] + roads.beyond[stop]
        if cost < first:
            if other != first_from:
                second, second_from = first, first_from
            first, first_from = cost, other
        elif cost < second and other != first_from:
            second, second_from = cost, other
    return first, second, first_from, second_from


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
def _walk(
    roads: Roads, labels: Labels, load: int, last: int, by_second: bool, share: float, visits: np.ndarray
) -> None:
    """Add `share` to the visits of a path's customers, from its last one back to the depot."""
    stop = last
    while stop >= 0:
        visits[stop] += share
        before = labels.second_from[load, stop] if by_second else labels.first_from[load, stop]
        load -= roads.load[stop]
        by_second = before >= 0 and labels.first_from[load, before] == stop
        stop = before
