"""Promises of VROOM answers: VROOM's objective, its words, and every broken rule found."""

import json

import pytest

from retour.errors import InputError
from retour.vocabulary import Status
from routing.pickup import evaluate
from routing.pickup.schedule import Route
from routing.vroom.answer import vroom_answer
from routing.vroom.to_pickup import to_case


def test_an_answer_tells_times_loads_and_cost(line):
    """Vehicle 1 to places 2, 3 and back: it leaves with 5, drives 6 minutes and 3,600 m, works a minute."""
    found = vroom_answer(line(), [(1, [12, 13])])
    [route] = found.record["routes"]
    assert (360, 360, 3600, 60) == (route["cost"], route["duration"], route["distance"], route["service"])
    assert ["start", "job", "job", "end"] == [step["type"] for step in route["steps"]]
    assert [[5], [3], [0], [0]] == [step["load"] for step in route["steps"]]
    assert [0, 120, 180, 360] == [step["duration"] for step in route["steps"]]
    assert [11, 14] == [job["id"] for job in found.record["unassigned"]]
    assert found.record == json.loads(found.text)
    assert () == found.violations


def test_a_vehicle_leaves_no_earlier_than_needed(line):
    """Job 14 can only be served from 1000 on: leaving at 760 is early enough, so nobody waits."""
    late = line(lambda p: p["jobs"][3].update(time_windows=[[1000, 1100]]))
    [route] = vroom_answer(late, [(1, [14])]).record["routes"]
    assert (760, 1000, 0) == (route["steps"][0]["arrival"], route["steps"][1]["arrival"], route["waiting_time"])


def test_the_second_window_is_waited_for(line):
    """Job 11 after 14 is reached at 4 + 3 minutes, past its first window: it begins at 500 without waiting."""
    [route] = vroom_answer(line(), [(1, [14, 11])]).record["routes"]
    assert [80, 320, 500, 590] == [step["arrival"] for step in route["steps"]]


@pytest.mark.parametrize(
    ("plan", "change", "rule", "found", "limit"),
    [
        ([(2, [12])], {}, "skills", 0, 1),
        ([(1, [14, 11, 12, 13])], {}, "time_window none", None, None),
        ([(1, [13, 12, 14])], {"capacity": [4]}, "capacity", 5, 4),
        ([(1, [14])], {"time_window": [0, 400]}, "vehicle_window", 480, 400),
        ([(1, [13, 14])], {"max_tasks": 1}, "max_tasks", 2, 1),
        ([(1, [14])], {"max_travel_time": 400}, "max_travel_time", 480, 400),
        ([(1, [14])], {"max_distance": 4000}, "max_distance", 4800, 4000),
        ([(1, [13]), (2, [13])], {}, "served_once", 2, 1),
        ([(1, [13]), (1, [14])], {}, "one_route", 2, 1),
    ],
)
def test_broken_rules_are_found(line, plan, change, rule, found, limit):
    """Each by its rule, with figure and limit; `none` marks the sound neighbour."""
    answer = vroom_answer(line(lambda p: p["vehicles"][0].update(change)), plan)
    broken = {violation["rule"]: (violation["found"], violation["limit"]) for violation in answer.violations}
    assert (found, limit) == broken[rule] if not rule.endswith("none") else rule.split()[0] not in broken


def test_a_missed_window_is_found(line):
    """Job 11 is reached at 700 after a job that begins at 600."""
    late = line(lambda p: p["jobs"][3].update(time_windows=[[600, 610]]))
    assert [("time_window", 780, 600)] == [
        (v["rule"], v["found"], v["limit"]) for v in vroom_answer(late, [(1, [14, 11])]).violations
    ]


@pytest.mark.parametrize(
    ("costs", "expected"),
    [({}, 360), ({"fixed": 50, "per_hour": 1800}, 230), ({"per_hour": 0, "per_km": 100}, 360),
     ({"per_hour": 3600, "per_km": 100}, 720), ({"per_hour": 0, "per_km": 7}, 25)],
)  # fmt: skip
def test_our_objective_is_vrooms_cost(line, costs, expected):
    """Six minutes and 3.6 km, paid by the hour, by the kilometre or both; 7 x 3.6 = 25.2 counts as 25."""
    vroom = line(lambda p: [vehicle.update(costs=costs) for vehicle in p["vehicles"]])
    case = to_case(vroom)
    objective = evaluate(case.problem, [Route("1", 1, (("12", "13"),))]).objective_micro
    left_out = case.prizes["11"] + case.prizes["14"]
    assert expected == vroom_answer(vroom, [(1, [12, 13])]).record["summary"]["cost"]
    assert expected == (objective - left_out) // case.pricing.micro_per_cost


def test_priority_comes_before_number_and_number_before_cost(line):
    """A job is worth more than any travel, a unit of priority more than all jobs together."""
    case = to_case(line())
    assert case.prizes["11"] > 7 * 4 * 60  # four jobs and three ways home, each the longest leg
    assert case.prizes["14"] > sum(prize for job, prize in case.prizes.items() if job != "14")


def test_equal_vehicles_are_one_type(line):
    """Vehicles 2 and 3 differ in nothing; only vehicle 1 may serve job 12."""
    case = to_case(line())
    assert {"1": 1, "2": 2} == {kind.vehicle_type_id: kind.count for kind in case.problem.vehicle_types}
    assert frozenset({"1"}) == case.problem.stops[1].vehicle_type_ids


def test_costs_of_two_kinds_need_equal_vehicles(line):
    """What no single distance can express is refused."""
    with pytest.raises(InputError, match="differ in costs per hour and per km"):
        to_case(line(lambda p: p["vehicles"][0].update(costs={"per_hour": 10, "per_km": 10})))
    with pytest.raises(InputError, match=r"vehicles\[0\]\.max_distance: not known beside costs of another kind"):
        to_case(line(lambda p: p["vehicles"][0].update(max_distance=10)))


def test_open_routes_end_with_a_job(line):
    """Without an end nobody pays for the way home."""
    vroom = line(lambda p: [vehicle.pop("end_index") for vehicle in p["vehicles"]])
    case = to_case(vroom)
    objective = evaluate(case.problem, [Route("1", 1, (("12", "13"),))]).objective_micro
    assert 180 == objective - case.prizes["11"] - case.prizes["14"]
    found = vroom_answer(vroom, [(1, [12, 13])])
    assert (180, "job") == (found.record["summary"]["cost"], found.record["routes"][0]["steps"][-1]["type"])


def test_a_problem_is_solved(line):
    """All jobs in one drive of eight minutes: 13 and 12 going out make room for 14 and 11 coming back."""
    from routing.vroom import solve_vroom

    solved = solve_vroom(line(), seed=1, iterations=200)
    assert (Status.OPTIMAL, 480, 0.0) == (solved.status, solved.cost, solved.gap)
    assert [] == solved.answer.record["unassigned"]


def test_jobs_that_fit_nowhere_are_left_out(line):
    """As VROOM does, instead of giving up; there is no bound on the rest then."""
    from routing.vroom import solve_vroom

    solved = solve_vroom(line(lambda p: p["jobs"][0].update(skills=[99])), seed=1, iterations=200)
    assert ([11], None) == ([job["id"] for job in solved.answer.record["unassigned"]], solved.bound)
