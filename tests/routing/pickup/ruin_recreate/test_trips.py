"""Vans that make several trips: what the search believes of every change is what driving all of it finds."""

import dataclasses

import numpy as np
import pytest

from routing.pickup import evaluate
from routing.pickup.engines import StopRule
from routing.pickup.integers import to_integers
from routing.pickup.ruin_recreate import solve
from routing.pickup.ruin_recreate.arrays import (
    IMPOSSIBLE,
    NEW_TRIP,
    POSSIBLE,
    ROUTES_SAVED,
    STEP,
    STOPS_SAVED,
    new_work,
)
from routing.pickup.ruin_recreate.driving import drive
from routing.pickup.ruin_recreate.engine import first_plan
from routing.pickup.ruin_recreate.ground import to_ground
from routing.pickup.ruin_recreate.plans import plan_of, routes_of
from routing.pickup.ruin_recreate.search import Team
from routing.pickup.ruin_recreate.settings import Settings
from routing.pickup.ruin_recreate.trip_moves import move_trip
from routing.pickup.ruin_recreate.trips import chained_cost, cost_in_trips

HOUR = 3_600


@pytest.mark.parametrize("seed", range(20))
def test_costs_are_those_of_the_evaluator(line, seed):
    """Every van's cost, after many steps, is what the evaluator says of its route, and no limit is broken."""
    integers, ground, plan = _night(line, seed)
    team = Team(ground, plan, number=0, seed=seed)
    team.take_over(np.arange(ground.stops))
    for _ in range(10):
        team.go(Settings().temperatures(ground)[1], Settings(), None, 40)
        schedule = evaluate(integers, routes_of(integers, ground, plan))
        assert {"required"} >= {breach.rule for breach in schedule.breaches}
        assert sum(route.cost_micro for route in schedule.routes) == int(plan.van["cost"].sum())


@pytest.mark.parametrize("seed", range(20))
def test_a_place_costs_what_driving_all_of_the_route_costs(line, seed):
    """For every stop left out and every place, whichever trips end there: nothing cheaper is missed."""
    _, ground, plan = _night(line, seed, leave_out=5)
    work = new_work(ground, seed=seed)
    out = np.flatnonzero(plan.node["van"][: ground.stops] < 0)
    assert len(out)
    for stop in out.tolist():
        for before in _places(ground, plan):
            van = before - ground.stops if before >= ground.stops else int(plan.node["van"][before])
            priced = cost_in_trips(ground, plan, work, van, before, stop, POSSIBLE)
            assert priced == _by_driving(ground, plan, work, van, before, stop)


@pytest.mark.parametrize("seed", range(20))
def test_ends_of_any_two_vans_are_priced_as_they_are_driven(line, seed):
    """A van's stops up to any, then another van's from any on, in the same trip or in one of their own."""
    _, ground, plan = _night(line, seed)
    work, listed = new_work(ground, seed=seed), np.zeros(2 * ground.stops, dtype=np.int32)
    for van in range(ground.vans):
        for other in range(ground.vans):
            if van == other or plan.van["kind"][van] != plan.van["kind"][other]:
                continue
            for heads, ends, flag in _joined(_stops_of(ground, plan, van), _stops_of(ground, plan, other)):
                head = heads[-1] & ~NEW_TRIP if heads else ground.stops + van
                tail = ends[0] & ~NEW_TRIP
                priced = chained_cost(ground, plan, van, head, listed, 0, 0, tail, flag, tail)
                route = np.array([*heads, tail | (NEW_TRIP if flag else 0), *ends[1:]], dtype=np.int32)
                assert priced == drive(ground, plan, van, route, 0, len(route), work.sums)


@pytest.mark.parametrize("seed", range(5))
def test_a_step_taken_back_leaves_no_trace(line, seed):
    """At temperature zero only better plans stay; the plan is then the very one that its routes describe."""
    integers, ground, plan = _night(line, seed)
    team = Team(ground, plan, number=0, seed=seed)
    team.take_over(np.arange(ground.stops))
    team.go(0.0, Settings(), None, 500)
    again = plan_of(integers, ground, routes_of(integers, ground, plan))
    for name in ("cost", "stops", "metres", "seconds"):
        assert plan.van[name].tolist() == again.van[name].tolist()


@pytest.mark.parametrize("seed", range(5))
def test_whole_trips_move_and_are_priced_as_the_evaluator_does(line, seed):
    """A trip moves to another van, idle or not, or two change places; every stop stays served."""
    integers, ground, plan = _night(line, seed)
    work = new_work(ground, seed=seed)
    before = routes_of(integers, ground, plan)
    for stop in range(ground.stops):
        move_trip(ground, plan, work, 0, stop)
        work.count[STEP] += 1
        work.count[[ROUTES_SAVED, STOPS_SAVED]] = 0
    after = routes_of(integers, ground, plan)
    schedule = evaluate(integers, after)
    assert before != after
    assert {"required"} >= {breach.rule for breach in schedule.breaches}
    assert sum(route.cost_micro for route in schedule.routes) == int(plan.van["cost"].sum())
    assert _trips(before) == _trips(after)


def test_a_full_van_goes_out_again_rather_than_a_second_one(line):
    """Four stops fill two trips: a second trip drives 2 x 5 km more, a second van costs 10 euro more than that."""
    integers = to_integers(line(
        [{"km": 5, "load": 5} for _ in range(4)],
        vans=({"max_trips": 2, "per_hour_eur": 0.0},),
        hubs=({"unload_s": 300},),
    ))  # fmt: skip
    routes = solve(integers, seed=1, stop=StopRule(None, 30), start=(), report=_silent).routes
    assert [2, 2] == [len(trip) for route in routes for trip in route.trips]
    assert 1 == len(routes)


def test_a_trip_waits_for_what_it_brings(line):
    """One van, two stops side by side, one of them ready at 12:00: together they wait, so each gets its trip."""
    early = {"km": 10, "load": 0, "delivery": 4, "windows": ((8 * HOUR, 10 * HOUR),)}
    late = {"km": 10, "load": 0, "delivery": 4, "release_s": 12 * HOUR}
    integers = to_integers(line([early, late], vans=({"max_trips": 2, "count": 1},)))
    (route,) = solve(integers, seed=1, stop=StopRule(None, 30), start=(), report=_silent).routes
    assert (("P0",), ("P1",)) == route.trips


def _trips(routes):
    return {trip for route in routes for trip in route.trips}


def _silent(iterations, routes):
    """Nobody is told."""


def _night(line, seed, *, leave_out=0):
    """Twelve stops, windows, releases, two hubs, vans that begin or end elsewhere; the plan after some steps."""
    rng = np.random.default_rng(seed)

    def one_stop():
        opens = int(rng.integers(8, 14)) * HOUR
        return {
            "km": float(rng.integers(-15, 30)),
            "load": 0,
            "delivery": int(rng.integers(1, 5)),
            "service_s": int(rng.integers(0, 600)),
            "windows": ((opens, opens + int(rng.integers(1, 5)) * HOUR),) if rng.random() < 0.5 else (),
            "release_s": int(rng.integers(6, 12)) * HOUR if rng.random() < 0.5 else 0,
            "required": bool(rng.random() < 0.7),
            "prize_eur": 40.0,
        }

    vans = [
        {"capacity": 8, "max_trips": 3, "count": 3},
        {"vehicle_type_id": "far", "hub_id": "H1", "capacity": 9, "max_trips": 4, "max_distance_m": 150_000},
        {"vehicle_type_id": "home", "capacity": 7, "max_trips": 2, "start_place_idx": 14, "end_place_idx": 15,
         "max_duration_s": 6 * HOUR, "max_overtime_s": HOUR, "overtime_per_hour_eur": 9.0, "per_km_eur": 0.7},
    ]  # fmt: skip
    hubs = [{"unload_s": 300}, {"km": 20, "unload_s": 240, "opens_s": 9 * HOUR, "closes_s": 17 * HOUR}]
    integers = to_integers(line([one_stop() for _ in range(12)], vans=vans, hubs=hubs, elsewhere_km=(3, -4)))
    ground = to_ground(integers)
    assert ground.tripped and not ground.driven
    plan = first_plan(integers, ground, (), seed=seed)
    team = Team(ground, plan, number=0, seed=seed)
    team.take_over(np.arange(ground.stops))
    team.go(Settings().temperatures(ground)[1], Settings(), None, 100)
    if leave_out:
        routes = routes_of(integers, ground, plan)
        gone = {stop.stop_id for stop in integers.source.stops[:leave_out]}
        kept = [
            dataclasses.replace(
                route, trips=tuple(t for trip in route.trips if (t := tuple(s for s in trip if s not in gone)))
            )
            for route in routes
        ]
        plan = plan_of(integers, ground, [route for route in kept if route.trips])
    return integers, ground, plan


def _places(ground, plan):
    """Every node after which a stop may come."""
    served = np.flatnonzero(plan.node["van"][: ground.stops] >= 0)
    return [*served.tolist(), *range(ground.stops, ground.stops + ground.vans)]


def _stops_of(ground, plan, van):
    listed, stop = [], int(plan.node["next"][ground.stops + van])
    while stop < ground.stops:
        listed.append(stop | (NEW_TRIP if plan.node["new_trip"][stop] else 0))
        stop = int(plan.node["next"][stop])
    return listed


def _by_driving(ground, plan, work, van, before, stop):
    """The least that the stop adds to the van after the node, every trip that could end there driven."""
    listed = _stops_of(ground, plan, van)
    at = next((at + 1 for at, known in enumerate(listed) if known & ~NEW_TRIP == before), 0)
    costs = [IMPOSSIBLE]
    for first in (0, NEW_TRIP) if at else (0,):
        for second in (0, NEW_TRIP):
            rest = [(listed[at] & ~NEW_TRIP) | second, *listed[at + 1 :]] if at < len(listed) else []
            route = np.array([*listed[:at], stop | first, *rest], dtype=np.int32)
            cost = drive(ground, plan, van, route, 0, len(route), work.sums)
            if cost < POSSIBLE:
                costs.append(cost - int(plan.van["cost"][van]))
    return min(costs)


def _joined(heads, ends):
    for cut in range(len(heads) + 1):
        for start in range(len(ends)):
            yield heads[:cut], ends[start:], 0
            if cut:
                yield heads[:cut], ends[start:], 1
