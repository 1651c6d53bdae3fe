"""Sets of depots are compared fairly, and what counts in the end is a plan that keeps every limit."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from network_design.locate.location_routing.depot_sets import DepotSets
from network_design.locate.location_routing.plans import routes_of, to_ground
from network_design.locate.location_routing.problem import LocationRouting
from network_design.locate.location_routing.race import Race
from network_design.locate.location_routing.searcher import Searcher, Settings
from tests.network_design.locate.location_routing.oracle import random_problem

PROBLEM = replace(
    random_problem(1, customers=8, depots=3, whole_costs=False),
    demand=np.full(8, 2.0), vehicle_capacity=6.0, depot_capacity=np.array([16.0, 14.0, 16.0]),
    opening_cost=np.array([1e6, 0.0, 5.0]),
)  # fmt: skip


def race_on(problem: LocationRouting, threads: ThreadPoolExecutor) -> Race:
    """Return a race in which nothing was tried."""
    return Race(to_ground(problem), DepotSets(problem), threads, seed=1, settings=Settings(), on_best=lambda cost: None)


@pytest.fixture
def race() -> Iterator[Race]:
    """A race on the problem of this file."""
    with ThreadPoolExecutor(max_workers=2) as threads:
        yield race_on(PROBLEM, threads)


def searcher_of(race: Race, depots: frozenset[int], steps: int = 200) -> Searcher:
    """Return a searcher that has done some steps."""
    searcher = Searcher(race.ground, PROBLEM.opening_cost, depots, seed=(1,), settings=race.settings)
    searcher.run(steps=steps, hot=3.0, cold=0.05)
    return searcher


def test_a_plan_that_keeps_every_limit_wins(race: Race):
    """Depot 2 alone, which all customers overload, looks far cheaper than depot 1, which is a million to open."""
    sound, overloaded = (searcher_of(race, frozenset({depot})) for depot in (0, 1))
    race.tried = {frozenset({0}): sound, frozenset({1}): overloaded}
    assert (True, False) == (sound.feasible, overloaded.feasible)
    assert race.leader is overloaded
    assert race.winner is sound


def test_a_depot_that_serves_customers_without_load_is_paid(race: Race):
    """Nothing is carried from depot 1, and yet a route starts there."""
    ground = race.ground._replace(demand=np.zeros(8))
    searcher = Searcher(ground, PROBLEM.opening_cost, frozenset({0}), seed=(1,), settings=race.settings)
    assert {0} == searcher.used
    assert searcher.cost > 1e6


def test_routes_leave_depots_that_are_not_in_the_set(race: Race):
    """A searcher that begins with a neighbour's routes sends them from its own depots."""
    parent = searcher_of(race, frozenset({0}))
    child = Searcher(
        race.ground, PROBLEM.opening_cost, frozenset({2}), seed=(2,), settings=race.settings, parent=parent
    )
    assert {2} == {depot for depot, _ in routes_of(race.ground, child.plan)}
    assert 16 == child.plan.depot_load[2]


def test_sums_kept_along_the_way_are_those_of_the_routes(race: Race):
    """After many steps cost, loads and overload are what the routes give when added up anew."""
    searcher = searcher_of(race, frozenset({0, 1, 2}), steps=5_000)
    plan, ground = searcher.plan, race.ground
    cost, load = 0.0, np.zeros(3)
    for depot, customers in routes_of(ground, plan):
        ring = np.array([8 + depot, *customers])
        cost += PROBLEM.route_cost + ground.arc[ring, np.roll(ring, -1)].sum()
        load[depot] += PROBLEM.demand[list(customers)].sum()
    assert cost == pytest.approx(plan.figure[0])
    assert load.tolist() == plan.depot_load.tolist()
    assert np.maximum(0, load - PROBLEM.depot_capacity).sum() == pytest.approx(plan.figure[1], abs=1e-9)


def test_sets_next_to_a_set_have_one_depot_more_less_or_another():
    """Depots 1 and 2 with room for 30 of 16 asked for: each alone but depot 2, all three, or one exchanged."""
    assert {
        frozenset({0}), frozenset({0, 1, 2}), frozenset({0, 2}), frozenset({1, 2}),
    } == set(DepotSets(PROBLEM).around(frozenset({0, 1})))  # fmt: skip


def test_the_first_set_is_the_cheapest_by_estimate():
    """Of three depots, that is found by moves from set to set."""
    sets = DepotSets(PROBLEM)
    every = [frozenset(some) for many in (1, 2, 3) for some in combinations(range(3), many)]
    cheapest = min(sets.estimate(depots) for depots in every if sets.holds_all(depots))
    assert cheapest == sets.estimate(sets.first())
