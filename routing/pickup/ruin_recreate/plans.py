"""Between the plan of the compiled search and routes as everyone else knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from routing.pickup.integers import IntegerProblem
from routing.pickup.ruin_recreate.arrays import NEW_TRIP, STOP_OF, Ground, Plan, Work, new_work
from routing.pickup.ruin_recreate.ground import empty_plan, van_counts
from routing.pickup.ruin_recreate.links import join_groups, relink
from routing.pickup.scheduled import Route


@dataclass(frozen=True)
class Vans:
    """Which van of the search is which of the problem."""

    integers: IntegerProblem

    @cached_property
    def first(self) -> list[int]:
        """The first van of every type, then their number."""
        return [0, *np.cumsum(van_counts(self.integers)).tolist()]

    def place(self, routes: Sequence[Route]) -> list[tuple[int, Route]]:
        """The van for each route: its own where that is kept, else another idle one of its type."""
        free = [list(range(end - 1, start - 1, -1)) for start, end in zip(self.first[:-1], self.first[1:], strict=True)]
        placed, later = [], []
        for route in routes:
            kind = self.integers.type_idx[route.vehicle_type_id]
            van = self.first[kind] + route.vehicle_no - 1
            if van in free[kind]:
                free[kind].remove(van)
                placed.append((van, route))
            else:
                later.append((kind, route))
        return placed + [(free[kind].pop(), route) for kind, route in later if free[kind]]


def plan_of(integers: IntegerProblem, ground: Ground, routes: Sequence[Route]) -> Plan:
    """The plan with these routes, each stop visited once at most; routes must keep every limit."""
    plan, work = empty_plan(integers, ground), new_work(ground, seed=0)
    for van, route in Vans(integers).place(routes):
        listed = _listed(integers, plan, route)
        relink(ground, plan, work, van, np.array(listed, dtype=np.int32), 0, len(listed))
        for stop in listed:
            join_groups(ground, plan, stop & STOP_OF, van)
    return plan


def _listed(integers: IntegerProblem, plan: Plan, route: Route) -> list[int]:
    listed: list[int] = []
    for trip in route.trips:
        stops = [integers.stop_idx[stop_id] for stop_id in trip]
        fresh = [stop for stop in dict.fromkeys(stops) if plan.node["van"][stop] < 0 and stop not in listed]
        listed += [stop | (NEW_TRIP if at == 0 and listed else 0) for at, stop in enumerate(fresh)]
    return listed


def routes_of(integers: IntegerProblem, ground: Ground, plan: Plan) -> tuple[Route, ...]:
    """The routes of a plan, by vehicle type and van."""
    first = Vans(integers).first
    kinds = plan.van["kind"].tolist()
    after, new_trip = plan.node["next"].tolist(), plan.node["new_trip"].tolist()
    stop_ids = [stop.stop_id for stop in integers.source.stops]
    routes = []
    for van in np.flatnonzero(plan.van["stops"]).tolist():
        trips: list[list[str]] = [[]]
        stop = after[ground.stops + van]
        while stop < ground.stops:
            if new_trip[stop] and trips[-1]:
                trips.append([])
            trips[-1].append(stop_ids[stop])
            stop = after[stop]
        type_id = integers.source.vehicle_types[kinds[van]].vehicle_type_id
        routes.append(Route(type_id, van - first[kinds[van]] + 1, tuple(tuple(trip) for trip in trips)))
    return tuple(routes)


def note_idle(plan: Plan, work: Work, *, team: int) -> None:
    """Tell the search the first idle van of each kind that is the team's, -1 where there is none."""
    work.idle[1] = -1
    for van in np.flatnonzero((plan.van["team"] == team) & (plan.van["stops"] == 0))[::-1].tolist():
        work.idle[1, plan.van["kind"][van]] = van


def copy_of(plan: Plan) -> Plan:
    """A plan that can be changed apart from this one."""
    return Plan(**{name: array.copy() for name, array in plan.arrays().items()})


def copy_into(plan: Plan, source: Plan) -> None:
    """Make a plan what another is."""
    for name, array in plan.arrays().items():
        array[...] = getattr(source, name)


def left_out(ground: Ground, plan: Plan) -> np.ndarray:
    """Stops that no van serves, alternatives of served ones left out."""
    out = np.flatnonzero(plan.node["van"][: ground.stops] < 0)
    choice = ground.node["choice"][out]
    return out[(choice < 0) | (plan.group["visited"][np.maximum(choice, 0)] == 0)]
