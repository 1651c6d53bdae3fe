"""Our own search: what it believes of a plan is what the evaluator finds, for every feature, at every step."""

import dataclasses

import numpy as np
import pytest

from routing.compiling import digest_of
from routing.pickup import Route, evaluate
from routing.pickup.engines import StopRule
from routing.pickup.integers import to_integers
from routing.pickup.plane import PlaneMatrix
from routing.pickup.ruin_recreate import solve
from routing.pickup.ruin_recreate.arrays import POSSIBLE
from routing.pickup.ruin_recreate.compiling import SOURCES
from routing.pickup.ruin_recreate.driving import drive
from routing.pickup.ruin_recreate.engine import first_plan
from routing.pickup.ruin_recreate.ground import to_ground
from routing.pickup.ruin_recreate.plans import plan_of, routes_of
from routing.pickup.ruin_recreate.search import Search, Team
from routing.pickup.ruin_recreate.settings import Settings

ALIKE = ("breaks", "several_windows")  # priced with caution by the search, see `driving`


def silent(iterations, routes):
    """Nobody is told."""


@pytest.mark.parametrize("seed", range(40))
def test_no_limit_of_a_rich_night_is_ever_broken(rich_problem, seed):
    """Whatever features meet: the routes break nothing but that a required stop may stay out, as evaluated apart."""
    integers = to_integers(rich_problem(np.random.default_rng(seed), stops=9))
    found = solve(integers, seed=seed, stop=StopRule(None, 30), start=(), report=silent)
    schedule = evaluate(integers, found.routes)
    assert [] == [breach for breach in schedule.breaches if breach.rule not in ("required", "alternatives")]


@pytest.mark.parametrize("seed", range(20))
def test_costs_are_those_of_the_evaluator(rich_problem, seed):
    """Every van's cost, after many steps, is what the evaluator says of its route."""
    integers = to_integers(rich_problem(np.random.default_rng(seed), stops=9, skip=("breaks", "windows", "wishes")))
    ground = to_ground(integers)
    plan = first_plan(integers, ground, (), seed=seed)
    team = Team(ground, plan, number=0, seed=seed)
    team.take_over(np.arange(ground.stops))
    for _ in range(5):
        team.go(Settings().temperatures(ground)[1], Settings(), None, 40)
        schedule = evaluate(integers, routes_of(integers, ground, plan))
        assert sum(route.cost_micro for route in schedule.routes) == int(plan.van["cost"].sum())


def test_a_step_taken_back_leaves_no_trace(rich_problem):
    """At temperature zero only better plans stay; the plan is then the very one that its routes describe."""
    integers = to_integers(rich_problem(np.random.default_rng(4), stops=9))
    ground = to_ground(integers)
    plan = first_plan(integers, ground, (), seed=4)
    team = Team(ground, plan, number=0, seed=4)
    team.take_over(np.arange(ground.stops))
    team.go(0.0, Settings(), None, 500)
    again = plan_of(integers, ground, routes_of(integers, ground, plan))
    for name in ("cost", "stops", "metres", "seconds"):
        assert plan.van[name].tolist() == again.van[name].tolist()
    assert plan.loads.tolist() == again.loads.tolist()


def test_two_teams_on_one_plan_never_serve_a_stop_twice(random_problem):
    """Hundreds of stops, both teams at once, routes dealt out anew many times."""
    integers = to_integers(_many(random_problem, stops=420))
    ground = to_ground(integers)
    search = Search(ground, first_plan(integers, ground, (), seed=1), seed=1, settings=Settings())
    assert search.shared
    found = solve(integers, seed=1, stop=StopRule(None, 200), start=(), report=silent)
    served = [stop_id for route in found.routes for stop_id in route.stop_ids]
    assert len(set(served)) == len(served)
    assert () == evaluate(integers, found.routes).breaches


def test_two_teams_give_the_same_answer_again(random_problem):
    """Which thread is first does not matter."""
    integers = to_integers(_many(random_problem, stops=420))
    runs = [solve(integers, seed=3, stop=StopRule(None, 50), start=(), report=silent) for _ in range(2)]
    assert runs[0] == runs[1]


def test_distances_of_the_plane_are_those_of_a_matrix(random_problem):
    """A computed matrix and the same one stored lead to the same routes."""
    problem = random_problem(np.random.default_rng(2), stops=20)
    rng = np.random.default_rng(1)
    places = len(problem.places.ids)
    plane = PlaneMatrix(rng.uniform(0, 9_000, places), rng.uniform(0, 9_000, places))
    everywhere = np.arange(places)
    stored = plane[np.ix_(everywhere, everywhere)]
    routes = [
        solve(
            to_integers(dataclasses.replace(problem, distance_m=matrix, duration_s=matrix)),
            seed=1, stop=StopRule(None, 20), start=(), report=silent,
        ).routes
        for matrix in (plane, stored)
    ]  # fmt: skip
    assert routes[0] == routes[1]


def test_nothing_to_do(line):
    """A night without stops or vans is answered at once."""
    integers = to_integers(line([]))
    assert () == solve(integers, seed=1, stop=StopRule(None, 10), start=(), report=silent).routes


def test_optional_stops_fill_a_van_that_no_single_one_pays(line):
    """Five stops at 4 euro each pay a van of 10 euro that drives a kilometre; none of them alone does."""
    integers = to_integers(line([{"km": 0.1, "required": False, "prize_eur": 4.0} for _ in range(5)]))
    found = solve(integers, seed=1, stop=StopRule(None, 30), start=(), report=silent)
    assert 5 == sum(len(route.stop_ids) for route in found.routes)


def test_a_round_far_out_is_opened_though_no_single_stop_pays_it(line):
    """From an empty plan, at temperature zero: five stops at 4 euro each are served or none is."""
    served = _after(line([{"km": 0.1, "required": False, "prize_eur": 4.0} for _ in range(5)]), start=())
    assert 5 == sum(len(route.stop_ids) for route in served)


def test_a_round_is_made_of_the_stops_that_pay_most_for_their_room(line):
    """One van for 10 parcels: ten stops at 10 euro take 1 each, forty around them at 12 euro take 5 each.

    Out to km 20 and back costs 10 + 40 + 24 for 40 minutes on the way + 6 for ten stops = 80 euro of 100; two large
    stops leave it at a loss.
    """
    large = [{"km": 20, "load": 5, "required": False, "prize_eur": 12.0} for _ in range(40)]
    small = [{"km": 20, "load": 1, "required": False, "prize_eur": 10.0} for _ in range(10)]
    served = _after(line([*large, *small], vans=({"count": 1},)), start=(), steps=4_000)
    assert {f"P{idx}" for idx in range(40, 50)} == {stop_id for route in served for stop_id in route.stop_ids}


def test_a_stop_that_is_not_worth_its_detour_is_dropped(line):
    """A stop far behind the others is worth one euro."""
    stops = [*({"km": 1} for _ in range(4)), {"km": 40, "required": False, "prize_eur": 1.0}]
    served = _after(line(stops), start=(Route("van", 1, (("P0", "P1", "P2", "P3", "P4"),)),))
    assert {"P0", "P1", "P2", "P3"} == {stop_id for route in served for stop_id in route.stop_ids}


def test_vans_of_different_types_exchange_their_routes(line):
    """The long route ends up with the van that is cheaper by the kilometre; both vans are full all the time."""
    stops = [*({"km": 30} for _ in range(12)), *({"km": -1} for _ in range(12))]
    vans = (
        {"count": 1, "capacity": 12, "per_km_eur": 2.0},
        {"vehicle_type_id": "bike", "count": 1, "capacity": 12, "per_km_eur": 0.1},
    )
    far, near = (tuple(f"P{stop}" for stop in range(first, first + 12)) for first in (0, 12))
    problem = line(stops, vans=vans)
    served = _after(problem, start=(Route("van", 1, (far,)), Route("bike", 1, (near,))), steps=2_000)
    assert {"bike": set(far), "van": set(near)} == {route.vehicle_type_id: set(route.stop_ids) for route in served}


def _after(problem, *, start, steps=400):
    """The routes after so many steps at temperature zero, from just this plan."""
    integers = to_integers(problem)
    ground = to_ground(integers)
    plan = plan_of(integers, ground, start)
    team = Team(ground, plan, number=0, seed=1)
    team.take_over(np.arange(ground.stops))
    team.go(0.0, Settings(), None, steps)
    return routes_of(integers, ground, plan)


def test_a_stop_is_served_by_a_van_that_has_no_other_near_it(line):
    """Only bikes may serve the last stop, a hundred stops around it are for vans, and both bikes are full elsewhere.

    Stops for either fill the bikes at first, with 6 + 6 of room for 6 stops of their own and the last one's 4.
    """
    vans_only = [{"km": 30, "vehicle_type_ids": frozenset({"van"})} for _ in range(110)]
    bikes_only = [{"km": -30, "vehicle_type_ids": frozenset({"bike"})} for _ in range(6)]
    either = [{"km": -31, "load": 2} for _ in range(3)]
    last = {"km": 30, "load": 4, "vehicle_type_ids": frozenset({"bike"})}
    vans = (
        {"count": 3, "capacity": 80},
        {"vehicle_type_id": "bike", "count": 2, "capacity": 6, "fixed_eur": 1.0, "per_km_eur": 0.1},
    )
    integers = to_integers(line([*vans_only, *bikes_only, *either, last], vans=vans))
    full = tuple(
        Route("bike", number, ((f"P{first}", f"P{first + 1}", f"P{first + 2}", f"P{116 + number}"),))
        for number, first in ((1, 110), (2, 113))
    )
    found = solve(integers, seed=1, stop=StopRule(None, 50), start=full, report=silent)
    assert () == evaluate(integers, found.routes).breaches


def test_every_possible_cost_is_below_the_impossible_ones(random_problem):
    """Costs of routes stay far from the mark of what breaks a limit."""
    ground = to_ground(to_integers(random_problem(np.random.default_rng(1), stops=15)))
    assert int(ground.node["worth"].max()) * 1_000 < POSSIBLE


def test_compiled_code_is_kept_for_these_very_sources(tmp_path):
    """What was compiled with another file's old layout of records is not used, whichever file is newer."""
    (tmp_path / "one.py").write_text("A = 1")
    (tmp_path / "two.py").write_text("B = 1")
    before = digest_of(tmp_path)
    (tmp_path / "two.py").write_text("B = 2")
    assert before != digest_of(tmp_path)
    assert SOURCES == drive._cache._cache_file._source_stamp


def _many(random_problem, *, stops):
    """A night with so many stops, and vans enough for them."""
    problem = random_problem(np.random.default_rng(9), stops=stops)
    kinds = tuple(dataclasses.replace(kind, count=stops // 4) for kind in problem.vehicle_types)
    loose = tuple(dataclasses.replace(stop, required=False, prize_eur=60.0) for stop in problem.stops)
    return dataclasses.replace(problem, vehicle_types=kinds, stops=loose)
