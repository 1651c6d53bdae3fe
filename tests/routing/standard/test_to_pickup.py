"""Promises of the translation: the same problem, the same cost, and routes that come back to their vehicle."""

import math

import pytest

from retour.errors import InputError
from routing.pickup import check_problem, evaluate
from routing.pickup.schedule import Route
from routing.standard import check_solution, from_solution, read_solution, read_standard, to_pickup_problem, to_solution
from routing.standard.to_pickup import vehicle_groups

SOLVED = {
    "CVRP": ((1, 2), (3, 4)),
    "VRPTW": ((1, 2), (3,), (4,)),
    "PCVRPTW": ((1, 2),),
    "HFVRP": ((1,), (4,), (2, 3)),
    "MDVRPTW": ((2,), (3, 4)),
    "SDVRPTW": ((1,), (2, 3, 4)),
    "MTVRPTWR": ((4, 1, 2, 0, 3),),
    "VRPB": ((1, 3), (2, 4)),
}


@pytest.mark.parametrize("kind", sorted(SOLVED))
def test_objective_is_the_cost(square, kind):
    """A sound solution is feasible for our evaluator too, and one micro-euro is one unit of the convention."""
    instance = square(kind)
    problem, checked = to_pickup_problem(instance), check_solution(instance, SOLVED[kind])
    assert [] == check_problem(problem)
    schedule = evaluate(problem, from_solution(instance, SOLVED[kind]))
    assert [] == [str(breach) for breach in schedule.breaches]
    assert (checked.cost, True) == (schedule.objective_micro, checked.feasible)


@pytest.mark.parametrize("kind", sorted(SOLVED))
def test_routes_come_back_as_they_went(square, kind):
    """From `.sol` numbering to ours and back, each route with its vehicle."""
    instance = square(kind)
    assert SOLVED[kind] == to_solution(instance, from_solution(instance, SOLVED[kind]))


@pytest.mark.parametrize(
    ("folder", "name"),
    [("X", "X-n101-k25"), ("GH1000", "C1_10_2"), ("HFVRP", "X115-HVRP"), ("MDVRPTW", "PR11A"), ("PCVRPTW", "RC2_10_4"),
     ("SDVRPTW", "PR05"), ("MTVRPTWR", "RC2_2_05R0.25"), ("VRPB", "X-n573-66-k25")],
)  # fmt: skip
def test_published_solutions_are_worth_the_same_to_our_evaluator(benchmark_files, folder, name):
    """One published solution of every kind: feasible, and the objective is the best known value."""
    instance = read_standard(benchmark_files / folder / f"{name}.vrp")
    solution = read_solution(benchmark_files / folder / f"{name}.sol")
    schedule = evaluate(to_pickup_problem(instance), from_solution(instance, solution))
    assert [] == [str(breach) for breach in schedule.breaches]
    assert check_solution(instance, solution).cost == schedule.objective_micro


def test_equal_vehicles_are_one_type(square):
    """Vehicles 1 and 2 are alike; the third is a type of its own, and its route comes third."""
    instance = square("HFVRP")
    assert [("v1", (0, 1)), ("v3", (2,))] == [(g.type_id, g.vehicles) for g in vehicle_groups(instance)]
    assert ((), (4,), (2,)) == to_solution(instance, [Route("v3", 1, (("2",),)), Route("v1", 2, (("4",),))])


def test_every_limit_is_handed_on(square):
    """Clients a vehicle may serve, releases, backhauls, reloads, prizes and durations reach the engines."""
    allowed = {stop.stop_id: stop.vehicle_type_ids for stop in to_pickup_problem(square("SDVRPTW")).stops}
    assert {"1": {"v1"}, "2": None, "3": {"v2"}, "4": {"v2"}} == allowed
    trips = to_pickup_problem(square("MTVRPTWR"))
    assert ([0, 50, 70, 0], 4) == ([stop.release_s for stop in trips.stops], trips.vehicle_types[0].max_trips)
    assert [2, 3, 4, 1] == [stop.delivery[0] for stop in trips.stops]
    backhauls = to_pickup_problem(square("VRPB"))
    assert backhauls.vehicle_types[0].linehaul_first
    assert [(2, 0), (3, 0), (0, 4), (0, 1)] == [(stop.delivery[0], stop.load[0]) for stop in backhauls.stops]
    prizes = to_pickup_problem(square("PCVRPTW")).stops
    assert [(True, 0.0), (False, 50e-6)] == [(stop.required, stop.prize_eur) for stop in prizes[:2]]
    assert 40_000 == to_pickup_problem(square("MDVRPTW")).vehicle_types[0].max_duration_s
    assert math.inf == to_pickup_problem(square("VRPTW")).vehicle_types[0].max_duration_s


def test_a_fleet_without_number_is_large_enough(square):
    """Two routes that fit one vehicle together are never driven apart: 2 x 10 / 6 + 1 = 4, capped by the clients."""
    assert 4 == to_pickup_problem(square("CVRP")).vehicle_types[0].count
    assert 3 == to_pickup_problem(square("CVRP", ("CAPACITY : 6", "CAPACITY : 10"))).vehicle_types[0].count


def test_foreign_reloads_are_refused(square):
    """Unloading at another depot than the vehicle's own is told, not dropped."""
    elsewhere = ("DEPOT_SECTION\n1\n2", "VEHICLES_RELOAD_DEPOT_SECTION\n1 1\n2 1\nDEPOT_SECTION\n1\n2")
    with pytest.raises(InputError, match="vehicles 2 reload at a depot that is not their own"):
        to_pickup_problem(square("MDVRPTW", elsewhere))


def test_a_start_names_what_does_not_exist(square):
    """Too many routes and unknown locations are told together."""
    with pytest.raises(InputError) as caught:
        from_solution(square("VRPTW"), [[1], [2], [3], [9]])
    assert ["route 4 has no vehicle; square has 3.", "route 4 names location 9; those of square end at 4."] == [
        issue.message for issue in caught.value.issues
    ]
