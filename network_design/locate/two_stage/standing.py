"""A choice of plants and satellites with its cheapest flow, and its neighbours: one site opened, closed or exchanged.

Every neighbour's flow is mended from the standing one's; those whose bound at its prices is no better are left out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from network_design.locate.facility.compiling import Flags, FloatArray, IntArray, States
from network_design.locate.facility.sorting import falling
from network_design.locate.facility.transport import total_of
from network_design.locate.two_stage.compiling import compiled
from network_design.locate.two_stage.flows import (
    TINY,
    Flows,
    all_shifts,
    replace_plant,
    replace_satellite,
    serve_all,
    use_plant,
    use_satellite,
    worth,
)
from network_design.locate.two_stage.prices import offers

STEP = 1e-9  # relative: what a neighbour must cost less


class Sites(NamedTuple):
    """A problem as the kernels read it: `fixed` and `capacity` (sites,) of the plants, then of the satellites.

    `rent` (2,) is what a unit of capacity costs on average, of plants and of satellites.
    """

    supply_cost: FloatArray
    serving_cost: FloatArray
    demand: FloatArray
    fixed: FloatArray
    capacity: FloatArray
    rent: FloatArray


class Standing(NamedTuple):
    """Open plants and satellites (numbers, in the order of the flow's rows), their cheapest flow and all it costs."""

    plants: IntArray
    satellites: IntArray
    flows: Flows
    cost: float


@compiled
def carried(plants: IntArray, satellites: IntArray, before: Standing, sites: Sites) -> Flows:
    """Return what of a flow goes between these sites; plants draw what they drew."""
    flows, customers, first = before.flows, len(sites.demand), len(sites.supply_cost)
    supply, serving = np.empty((len(plants), len(satellites))), np.empty((len(satellites), customers))
    supplied, served = np.zeros(supply.shape), np.zeros(serving.shape)
    drawn, load = np.zeros(len(plants)), np.zeros(len(satellites))
    room, capacity = np.empty(len(plants)), np.empty(len(satellites))
    at = np.full(len(satellites), -1)
    for b in range(len(satellites)):
        capacity[b] = sites.capacity[first + satellites[b]]
        serving[b] = sites.serving_cost[satellites[b]]
        for old in range(len(before.satellites)):
            if before.satellites[old] == satellites[b]:
                at[b], served[b], load[b] = old, flows.served[old], flows.load[old]
    for a in range(len(plants)):
        room[a] = sites.capacity[plants[a]]
        for b in range(len(satellites)):
            supply[a, b] = sites.supply_cost[plants[a], satellites[b]]
        for old in range(len(before.plants)):
            if before.plants[old] == plants[a]:
                drawn[a] = flows.drawn[old]
                for b in range(len(satellites)):
                    if at[b] >= 0:
                        supplied[a, b] = flows.supplied[old, at[b]]
    shift = np.full((len(satellites), len(satellites)), np.inf)
    new = Flows(supply, serving, room, capacity, supplied, served, drawn, load, shift,
                np.zeros(shift.shape, np.int64))  # fmt: skip
    all_shifts(new)
    return new


@compiled
def settled(plants: IntArray, satellites: IntArray, flows: Flows, cost: float, sites: Sites) -> Standing:
    """Return the standing whose flow costs so much."""
    for a in plants:
        cost += sites.fixed[a]
    for b in satellites:
        cost += sites.fixed[len(sites.supply_cost) + b]
    return Standing(plants, satellites, flows, cost)


@compiled
def standing_of(opened: Flags, sites: Sites) -> Standing:
    """Return the cheapest flow of a choice of sites, at cost inf where they hold too little."""
    first = len(sites.supply_cost)
    plants, satellites = np.flatnonzero(opened[:first]), np.flatnonzero(opened[first:])
    none, nothing = np.empty(0, np.int64), np.empty((0, 0))
    no_flow = Flows(nothing, nothing, nothing[:, 0].copy(), nothing[:, 0].copy(), nothing, nothing,
                    nothing[:, 0].copy(), nothing[:, 0].copy(), nothing, np.empty((0, 0), np.int64))  # fmt: skip
    flows = carried(plants, satellites, Standing(none, none, no_flow, 0.0), sites)
    return settled(plants, satellites, flows, serve_all(sites.demand, flows), sites)


@compiled
def with_site(site: int, before: Standing, sites: Sites) -> Standing:
    """Return the standing with one more site open."""
    first = len(sites.supply_cost)
    if site < first:
        plants = np.append(before.plants, site)
        flows = carried(plants, before.satellites, before, sites)
        return settled(plants, before.satellites, flows, use_plant(len(plants) - 1, flows), sites)
    satellites = np.append(before.satellites, site - first)
    flows = carried(before.plants, satellites, before, sites)
    return settled(before.plants, satellites, flows, use_satellite(len(satellites) - 1, flows), sites)


@compiled
def without_site(site: int, before: Standing, sites: Sites) -> Standing:
    """Return the standing with an open site closed, at cost inf where the others hold too little."""
    first = len(sites.supply_cost)
    if site < first:
        gone = np.flatnonzero(before.plants == site)[0]
        plants = before.plants[before.plants != site]
        flows = carried(plants, before.satellites, before, sites)
        return settled(plants, before.satellites, flows, replace_plant(before.flows.supplied[gone], flows), sites)
    gone = np.flatnonzero(before.satellites == site - first)[0]
    satellites = before.satellites[before.satellites != site - first]
    flows = carried(before.plants, satellites, before, sites)
    idle = before.flows.supplied[:, gone].copy()
    cost = replace_satellite(before.flows.served[gone], idle, flows)
    return settled(before.plants, satellites, flows, cost, sites)


@compiled
def open_flags(standing: Standing, sites: Sites) -> Flags:
    """Return whether each site is open."""
    opened = np.zeros(len(sites.fixed), np.bool_)
    opened[standing.plants] = True
    opened[len(sites.supply_cost) + standing.satellites] = True
    return opened


@compiled
def opening_costs(standing: Standing, state: States, opening: FloatArray, sites: Sites) -> float:
    """Set in `opening` (sites,) what each site costs at the flow's own prices; return a bound of the standing's cost.

    What a site sells is deducted; where `state` is -1 it sells nothing, at cost inf. A choice of sites costs at least
    the bound and what it opens, less what it closes. The bound is the cost unless all sites of an echelon are full.
    """
    flows, many, first = standing.flows, len(standing.satellites), len(sites.supply_cost)
    price = worth(sites.rent[0], sites.rent[1], flows)
    wanted, need = np.full(len(sites.demand), np.inf), total_of(sites.demand)
    for k in range(len(wanted)):
        for b in range(many):
            wanted[k] = min(wanted[k], flows.serving[b, k] + price[b])
    goods, most = np.full(len(sites.serving_cost), np.inf), np.zeros(len(sites.serving_cost))
    for b in range(len(goods)):
        if state[first + b] >= 0:
            most[b] = min(sites.capacity[first + b], need)
        for a in range(len(standing.plants)):
            goods[b] = min(goods[b], sites.supply_cost[standing.plants[a], b] + price[2 * many + a])
    goods[standing.satellites] = price[many : 2 * many]
    offers(goods, sites.supply_cost, most, np.zeros(first), sites.fixed[:first], sites.capacity[:first], state[:first],
           opening[:first], np.empty(sites.supply_cost.shape))  # fmt: skip
    offers(wanted, sites.serving_cost, sites.demand, goods, sites.fixed[first:], sites.capacity[first:], state[first:],
           opening[first:], np.empty(sites.serving_cost.shape))  # fmt: skip
    bound = 0.0
    for k in range(len(wanted)):
        bound += wanted[k] * sites.demand[k]
    for a in standing.plants:
        bound += opening[a]
    for b in standing.satellites:
        bound += opening[first + b]
    return bound


@compiled
def best_closed(standing: Standing, bound: float, opening: FloatArray, closable: Flags, most: int, aim: float,
                sites: Sites) -> Standing:  # fmt: skip
    """Return the standing with one of the sites closed that then costs less than `aim`, itself where none is found.

    At most so many are tried, the likeliest first.
    """
    need, first, tried = total_of(sites.demand), len(sites.supply_cost), 0
    plant_room, room = total_of(standing.flows.plant_capacity), total_of(standing.flows.capacity)
    saved = np.where(closable, opening, -np.inf)
    for site in falling(saved, len(saved)):
        if not closable[site] or bound - opening[site] >= aim or tried >= most:
            break
        left = (plant_room if site < first else room) - sites.capacity[site]
        if left >= need - TINY:
            other = without_site(site, standing, sites)
            tried += 1
            if other.cost < aim:
                return other
    return standing


@compiled
def better_neighbour(standing: Standing, closings: int, sites: Sites) -> Standing:
    """Return the first neighbour found that costs less, the likeliest tried first; itself where there is none.

    In exchange for a site that opens, at most so many `closings` are tried.
    """
    opened, aim = open_flags(standing, sites), standing.cost - STEP * abs(standing.cost)
    opening, at = np.empty(len(opened)), np.empty(len(opened))
    bound = opening_costs(standing, np.zeros(len(opened), np.int8), opening, sites)
    other = best_closed(standing, bound, opening, opened, len(opened), aim, sites)
    if other.cost < aim:
        return other
    most, state = -np.inf, np.full(len(opened), -1, np.int8)
    for site in range(len(opened)):
        if opened[site]:
            state[site], most = 0, max(most, opening[site])
    for site in falling(-opening, len(opening)):
        if bound + opening[site] - most >= aim:
            break
        if opened[site]:
            continue
        wider = with_site(site, standing, sites)
        if wider.cost < aim:
            return wider
        state[site] = 0
        least = opening_costs(wider, state, at, sites)
        state[site] = -1
        other = best_closed(wider, least, at, opened, closings, aim, sites)
        if other.cost < aim:
            return other
    return standing
