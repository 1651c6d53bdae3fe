"""The cheapest flow from open plants over open satellites to all customers, compiled.

Successive shortest paths: customers come one after another, each along the cheapest path that may also push flow
aside. A path runs over "customer side of satellite b" (node b), "plant side of satellite b" (node S + b) and plants
(node 2 S + a); it ends at a plant with room.
"""

from __future__ import annotations

import numpy as np

from network_design.locate.facility.compiling import FloatArray, IntArray, compiled
from network_design.locate.facility.transport import nearest_room, total_of

TINY = 1e-7  # amounts that are rounding


@compiled
def cheapest_shifts(b: int, serving: FloatArray, served: FloatArray, shift: FloatArray, mover: IntArray) -> None:
    """Set row `b` of `shift` (satellites, satellites): the least cost of moving a unit from there, and whose it is."""
    satellites, customers = serving.shape
    shift[b, :] = np.inf
    for k in range(customers):
        if served[b, k] > 0:
            for other in range(satellites):
                cost = serving[other, k] - serving[b, k]
                if cost < shift[b, other]:
                    shift[b, other], mover[b, other] = cost, k
    shift[b, b] = np.inf


@compiled
def reach_plants(reach: FloatArray, via: IntArray, shift: FloatArray, supply: FloatArray, supplied: FloatArray,
                 load: FloatArray, capacity: FloatArray) -> None:  # fmt: skip
    """Lower `reach` (nodes,), the least cost to each node, until it is least; `via` is the node before."""
    plants, satellites = supply.shape
    for _ in range(len(reach)):  # no path needs more rounds; rounding could go on for ever
        moved = False
        for b in range(satellites):
            for other in range(satellites):
                cost = reach[b] + shift[b, other]
                if cost < reach[other] - 1e-9:
                    reach[other], via[other], moved = cost, b, True
        for b in range(satellites):
            inside = satellites + b
            if load[b] < capacity[b] - TINY and reach[b] < reach[inside] - 1e-9:
                reach[inside], via[inside], moved = reach[b], b, True
            if load[b] > 0 and reach[inside] < reach[b] - 1e-9:
                reach[b], via[b], moved = reach[inside], inside, True
            for a in range(plants):
                plant = 2 * satellites + a
                cost = reach[inside] + supply[a, b]
                if cost < reach[plant] - 1e-9:
                    reach[plant], via[plant], moved = cost, inside, True
        for a in range(plants):
            plant = 2 * satellites + a
            for b in range(satellites):
                if supplied[a, b] > 0:
                    cost = reach[plant] - supply[a, b]
                    if cost < reach[satellites + b] - 1e-9:
                        reach[satellites + b], via[satellites + b], moved = cost, plant, True
        if not moved:
            break


@compiled
def room_on_path(end: int, via: IntArray, mover: IntArray, served: FloatArray, supplied: FloatArray, load: FloatArray,
                 capacity: FloatArray) -> float:  # fmt: skip
    """Return how much more a path may carry, without regard to its two ends."""
    satellites = len(load)
    room, node = np.inf, end
    while via[node] >= 0:
        before = via[node]
        if before < satellites and node < satellites:
            room = min(room, served[before, mover[before, node]])
        elif before < satellites:
            room = min(room, capacity[before] - load[before])
        elif node < satellites:
            room = min(room, load[node])
        elif before >= 2 * satellites:
            room = min(room, supplied[before - 2 * satellites, node - satellites])
        node = before
    return room


@compiled
def push(end: int, amount: float, customer: int, via: IntArray, serving: FloatArray, served: FloatArray,
         supplied: FloatArray, load: FloatArray, shift: FloatArray, mover: IntArray) -> None:  # fmt: skip
    """Carry `amount` of a new customer along the path that ends at node `end`."""
    satellites = len(load)
    changed = np.zeros(satellites, np.bool_)
    node = end
    while via[node] >= 0:
        before = via[node]
        if before < satellites and node < satellites:
            k = mover[before, node]
            served[before, k] -= amount
            served[node, k] += amount
            if served[before, k] < TINY:
                served[node, k] += served[before, k]
                served[before, k] = 0.0
            changed[before], changed[node] = True, True
        elif before < satellites:
            load[before] += amount
        elif node < satellites:
            load[node] -= amount
        elif before >= 2 * satellites:
            a, b = before - 2 * satellites, node - satellites
            supplied[a, b] -= amount
            if supplied[a, b] < TINY:
                supplied[a, b] = 0.0
        else:
            supplied[node - 2 * satellites, before - satellites] += amount
        node = before
    served[node, customer] += amount
    changed[node] = True
    for b in range(satellites):
        if changed[b]:
            cheapest_shifts(b, serving, served, shift, mover)


@compiled
def cheapest_flow(supply: FloatArray, serving: FloatArray, demand: FloatArray, plant_capacity: FloatArray,
                  capacity: FloatArray, supplied: FloatArray, served: FloatArray) -> float:  # fmt: skip
    """Return the least cost of serving all, inf where there is too little room; all arrays are of open sites only.

    Sets `supplied` (plants, satellites) and `served` (satellites, customers), in units.
    """
    plants, satellites = supply.shape
    customers = len(demand)
    supplied[:], served[:] = 0.0, 0.0
    load, used = np.zeros(satellites), np.zeros(plants)
    shift, mover = np.full((satellites, satellites), np.inf), np.zeros((satellites, satellites), np.int64)
    nodes = 2 * satellites + plants
    reach, via = np.empty(nodes), np.empty(nodes, np.int64)
    if min(total_of(plant_capacity), total_of(capacity)) < total_of(demand) - TINY:
        return np.inf
    for k in range(customers):
        left = demand[k]
        while left > TINY:
            for node in range(nodes):
                reach[node], via[node] = serving[node, k] if node < satellites else np.inf, -1
            reach_plants(reach, via, shift, supply, supplied, load, capacity)
            a = nearest_room(reach[2 * satellites :], used, plant_capacity, 2 * TINY)
            if a < 0:
                return np.inf
            end = 2 * satellites + a
            amount = min(left, plant_capacity[a] - used[a])
            amount = min(amount, room_on_path(end, via, mover, served, supplied, load, capacity))
            push(end, amount, k, via, serving, served, supplied, load, shift, mover)
            used[a] += amount
            left -= amount
    total = 0.0
    for b in range(satellites):
        for a in range(plants):
            total += supply[a, b] * supplied[a, b]
        for k in range(customers):
            total += serving[b, k] * served[b, k]
    return total
