"""The cheapest flow from open plants over open satellites to all customers, compiled: new, or after a site changed.

Successive shortest paths: what is lacking comes along the cheapest path that may also push flow aside, so that a flow
stays the cheapest one for what it carries. A path runs from a customer towards the plants over "customer side of
satellite b" (node b), "plant side of satellite b" (node S + b), "plant a" (node 2 S + a) and the source (the last
node), which every plant draws from.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from network_design.locate.facility.compiling import FloatArray, IntArray
from network_design.locate.facility.transport import total_of
from network_design.locate.two_stage.compiling import compiled

TINY = 1e-7  # amounts that are rounding
GAIN = 1e-7  # what a path must save at least per unit before flow takes it


class Flows(NamedTuple):
    """A flow over open sites: costs and capacities, amounts, what sites pass on, and the cheapest moves of customers.

    `supply`, `supplied` (plants, satellites), `serving`, `served` (satellites, customers), `plant_capacity`, `drawn`
    (plants,), `capacity`, `load` (satellites,). Row b of `shift` (satellites, satellites) is the least cost of moving
    a unit from satellite b to another, and `mover` the customer whose it is.
    """

    supply: FloatArray
    serving: FloatArray
    plant_capacity: FloatArray
    capacity: FloatArray
    supplied: FloatArray
    served: FloatArray
    drawn: FloatArray
    load: FloatArray
    shift: FloatArray
    mover: IntArray


@compiled
def cheapest_shifts(b: int, flows: Flows) -> None:
    """Set row `b` of `shift` and `mover`."""
    satellites, customers = flows.serving.shape
    flows.shift[b, :] = np.inf
    for k in range(customers):
        if flows.served[b, k] > 0:
            for other in range(satellites):
                cost = flows.serving[other, k] - flows.serving[b, k]
                if cost < flows.shift[b, other]:
                    flows.shift[b, other], flows.mover[b, other] = cost, k
    flows.shift[b, b] = np.inf


@compiled
def all_shifts(flows: Flows) -> None:
    """Set `shift` and `mover`."""
    for b in range(len(flows.load)):
        cheapest_shifts(b, flows)


@compiled
def spread(reach: FloatArray, via: IntArray, barred: int, flows: Flows) -> None:
    """Lower `reach` (nodes,), the least cost to each node, until it is least; `via` is the node before.

    Node `barred` passes nothing on its own arc (customer side to plant side, plant to source), nor back.
    """
    plants, satellites = flows.supply.shape
    source = 2 * satellites + plants
    for _ in range(len(reach)):  # no path needs more rounds; rounding could go on for ever
        moved = False
        for b in range(satellites):
            for other in range(satellites):
                cost = reach[b] + flows.shift[b, other]
                if cost < reach[other] - 1e-9:
                    reach[other], via[other], moved = cost, b, True
        for b in range(satellites):
            inside = satellites + b
            if b != barred:
                if flows.load[b] < flows.capacity[b] - TINY and reach[b] < reach[inside] - 1e-9:
                    reach[inside], via[inside], moved = reach[b], b, True
                if flows.load[b] > 0 and reach[inside] < reach[b] - 1e-9:
                    reach[b], via[b], moved = reach[inside], inside, True
            for a in range(plants):
                plant = 2 * satellites + a
                cost = reach[inside] + flows.supply[a, b]
                if cost < reach[plant] - 1e-9:
                    reach[plant], via[plant], moved = cost, inside, True
        for a in range(plants):
            plant = 2 * satellites + a
            if plant != barred:
                if flows.drawn[a] < flows.plant_capacity[a] - TINY and reach[plant] < reach[source] - 1e-9:
                    reach[source], via[source], moved = reach[plant], plant, True
                if flows.drawn[a] > 0 and reach[source] < reach[plant] - 1e-9:
                    reach[plant], via[plant], moved = reach[source], source, True
            for b in range(satellites):
                if flows.supplied[a, b] > 0:
                    cost = reach[plant] - flows.supply[a, b]
                    if cost < reach[satellites + b] - 1e-9:
                        reach[satellites + b], via[satellites + b], moved = cost, plant, True
        if not moved:
            break


@compiled
def room_on_path(end: int, via: IntArray, flows: Flows) -> float:
    """Return how much more a path may carry, without regard to its two ends."""
    plants, satellites = flows.supply.shape
    source = 2 * satellites + plants
    room, node = np.inf, end
    while via[node] >= 0:
        before = via[node]
        if before < satellites and node < satellites:
            room = min(room, flows.served[before, flows.mover[before, node]])
        elif before < satellites:
            room = min(room, flows.capacity[before] - flows.load[before])
        elif node < satellites:
            room = min(room, flows.load[node])
        elif node == source:
            a = before - 2 * satellites
            room = min(room, flows.plant_capacity[a] - flows.drawn[a])
        elif before == source:
            room = min(room, flows.drawn[node - 2 * satellites])
        elif before >= 2 * satellites:
            room = min(room, flows.supplied[before - 2 * satellites, node - satellites])
        node = before
    return room


@compiled
def push(end: int, amount: float, customer: int, via: IntArray, flows: Flows) -> None:
    """Carry `amount` along the path that ends at node `end`, for a new customer unless it is -1."""
    plants, satellites = flows.supply.shape
    source = 2 * satellites + plants
    changed = np.zeros(satellites, np.bool_)
    node = end
    while via[node] >= 0:
        before = via[node]
        if before < satellites and node < satellites:
            k = flows.mover[before, node]
            flows.served[before, k] -= amount
            flows.served[node, k] += amount
            if flows.served[before, k] < TINY:
                flows.served[node, k] += flows.served[before, k]
                flows.served[before, k] = 0.0
            changed[before], changed[node] = True, True
        elif before < satellites:
            flows.load[before] += amount
        elif node < satellites:
            flows.load[node] -= amount
        elif node == source:
            flows.drawn[before - 2 * satellites] += amount
        elif before == source:
            flows.drawn[node - 2 * satellites] -= amount
        elif before >= 2 * satellites:
            a, b = before - 2 * satellites, node - satellites
            flows.supplied[a, b] -= amount
            if flows.supplied[a, b] < TINY:
                flows.supplied[a, b] = 0.0
        else:
            flows.supplied[node - 2 * satellites, before - satellites] += amount
        node = before
    if customer >= 0:
        flows.served[node, customer] += amount
        changed[node] = True
    for b in range(satellites):
        if changed[b]:
            cheapest_shifts(b, flows)


@compiled
def paths_from(node: int, barred: int, reach: FloatArray, via: IntArray, flows: Flows) -> None:
    """Find the cheapest paths from a node."""
    reach[:], via[:] = np.inf, -1
    reach[node] = 0.0
    spread(reach, via, barred, flows)


@compiled
def paths_of(customer: int, reach: FloatArray, via: IntArray, flows: Flows) -> None:
    """Find the cheapest paths from a customer."""
    reach[:], via[:] = np.inf, -1
    reach[: len(flows.load)] = flows.serving[:, customer]
    spread(reach, via, -1, flows)


@compiled
def carry(end: int, most: float, customer: int, via: IntArray, flows: Flows) -> float:
    """Carry at most so much along the path that ends at node `end`, as `push` does; return the amount."""
    amount = min(most, room_on_path(end, via, flows))
    push(end, amount, customer, via, flows)
    return amount


@compiled
def total_cost(flows: Flows) -> float:
    """Return what the flow costs."""
    total = 0.0
    for b in range(len(flows.load)):
        for a in range(len(flows.drawn)):
            total += flows.supply[a, b] * flows.supplied[a, b]
        for k in range(flows.serving.shape[1]):
            total += flows.serving[b, k] * flows.served[b, k]
    return total


@compiled
def serve_all(demand: FloatArray, flows: Flows) -> float:
    """Let an empty flow meet `demand` (customers,) most cheaply; return its cost, inf where room is too little."""
    plants, satellites = flows.supply.shape
    source = 2 * satellites + plants
    reach, via = np.empty(source + 1), np.empty(source + 1, np.int64)
    if min(total_of(flows.plant_capacity), total_of(flows.capacity)) < total_of(demand) - TINY:
        return np.inf
    for k in range(len(demand)):
        left = demand[k]
        while left > TINY:
            paths_of(k, reach, via, flows)
            if reach[source] == np.inf:
                return np.inf
            left -= carry(source, left, k, via, flows)
    return total_cost(flows)


@compiled
def use_site(start: int, end: int, place: int, passed: FloatArray, capacity: FloatArray, flows: Flows) -> float:
    """Lead through a site that has passed on nothing what is cheaper that way; return the flow's cost.

    The site's own arc leads from node `end` to node `start`; `passed` and `capacity` are those of its echelon.
    """
    nodes = 2 * len(flows.load) + len(flows.drawn) + 1
    reach, via = np.empty(nodes), np.empty(nodes, np.int64)
    while passed[place] < capacity[place] - TINY:
        paths_from(start, end, reach, via, flows)
        if reach[end] > -GAIN:
            break
        passed[place] += carry(end, capacity[place] - passed[place], -1, via, flows)
    return total_cost(flows)


@compiled
def use_satellite(b: int, flows: Flows) -> float:
    """Lead through satellite `b`, which has passed on nothing, what is cheaper that way; return the flow's cost."""
    return use_site(len(flows.load) + b, b, b, flows.load, flows.capacity, flows)


@compiled
def use_plant(a: int, flows: Flows) -> float:
    """Draw from plant `a`, which has sent nothing, what is cheaper that way; return the flow's cost."""
    plants, satellites = flows.supply.shape
    return use_site(2 * satellites + plants, 2 * satellites + a, a, flows.drawn, flows.plant_capacity, flows)


@compiled
def replace_satellite(lacking: FloatArray, idle: FloatArray, flows: Flows) -> float:
    """Serve anew what customers lack (customers,) after a satellite is gone; return the flow's cost, inf without room.

    `idle` (plants,) is what each plant still draws for that satellite; it is used up.
    """
    plants, satellites = flows.supply.shape
    first, nodes = 2 * satellites, 2 * satellites + plants + 1
    reach, via = np.empty(nodes), np.empty(nodes, np.int64)
    for k in range(len(lacking)):
        left = lacking[k]
        while left > TINY:
            paths_of(k, reach, via, flows)
            end = -1
            for a in range(plants):
                if idle[a] > TINY and (end < 0 or reach[first + a] < reach[first + end]):
                    end = a
            if end < 0 or reach[first + end] == np.inf:
                return np.inf
            amount = carry(first + end, min(left, idle[end]), k, via, flows)
            idle[end] -= amount
            left -= amount
    for a in range(plants):  # rounding
        flows.drawn[a] = total_of(flows.supplied[a])
    return total_cost(flows)


@compiled
def replace_plant(lacking: FloatArray, flows: Flows) -> float:
    """Draw elsewhere what satellites lack (satellites,) without a plant; return the flow's cost, inf without room."""
    plants, satellites = flows.supply.shape
    source = 2 * satellites + plants
    reach, via = np.empty(source + 1), np.empty(source + 1, np.int64)
    for b in range(satellites):
        left = lacking[b]
        while left > TINY:
            paths_from(satellites + b, -1, reach, via, flows)
            if reach[source] == np.inf:
                return np.inf
            left -= carry(source, left, -1, via, flows)
    return total_cost(flows)


@compiled
def worth(plant_rent: float, rent: float, flows: Flows) -> FloatArray:
    """Return what a unit is worth at each satellite's customer side, its plant side, and each plant: duals of the flow.

    Where all plants (all satellites) are full, a unit more is taken to cost `plant_rent` (`rent`).
    """
    plants, satellites = flows.supply.shape
    source = 2 * satellites + plants
    price = np.full(source, np.inf)
    full = True
    for a in range(plants):
        if flows.drawn[a] < flows.plant_capacity[a] - TINY:
            price[2 * satellites + a], full = 0.0, False
    if full:
        price[2 * satellites :] = plant_rent
    for _ in range(2 * source):
        moved = False
        for a in range(plants):
            plant = 2 * satellites + a
            for b in range(satellites):
                inside = satellites + b
                cost = flows.supply[a, b] + price[plant]
                if cost < price[inside] - 1e-9:
                    price[inside], moved = cost, True
                if flows.supplied[a, b] > 0 and price[inside] - flows.supply[a, b] < price[plant] - 1e-9:
                    price[plant], moved = price[inside] - flows.supply[a, b], True
        for b in range(satellites):
            inside = satellites + b
            if flows.load[b] < flows.capacity[b] - TINY and price[inside] < price[b] - 1e-9:
                price[b], moved = price[inside], True
            if flows.load[b] > 0 and price[b] < price[inside] - 1e-9:
                price[inside], moved = price[b], True
            for other in range(satellites):
                cost = flows.shift[b, other] + price[other]
                if cost < price[b] - 1e-9:
                    price[b], moved = cost, True
        if not moved:
            for b in range(satellites):
                if price[b] == np.inf:
                    price[b], moved = price[satellites + b] + rent, True
        if not moved:
            break
    return price
