"""Breaks at clock times: read, kept, told in VROOM's words, and judged."""

import pytest

from routing.vroom import solve_vroom
from routing.vroom.answer import vroom_answer


def lunch(*windows, service=100, **more):
    """Give the first vehicle a break, and leave it alone with jobs without skills or windows."""

    def change(problem):
        problem["vehicles"] = [
            {**problem["vehicles"][0], "breaks": [{"id": 1, "service": service, "time_windows": list(windows)}], **more}
        ]
        problem["jobs"] = [{"id": n, "location_index": n - 10, "pickup": [1], "service": 30} for n in (11, 12, 13)]

    return change


def steps(answer):
    """Kind, id, arrival, wait and seconds driven so far of every step of the only route."""
    [route] = answer.record["routes"]
    return [(s["type"], s.get("id"), s["arrival"], s["waiting_time"], s["duration"]) for s in route["steps"]]


def test_a_break_divides_the_way_where_it_must_begin(line):
    """Leave at 40, job 11 60 s on, 30 s there; the break from 150 lies 20 s into the next minute: 40 s remain."""
    answer = vroom_answer(line(lunch([150, 150])), [(1, [11, 12, 13])], breaks={1: [(1, 1)]})
    assert [
        ("start", None, 0, 0, 0), ("job", 11, 60, 0, 60), ("break", 1, 150, 0, 120), ("job", 12, 250, 0, 120)
    ] == steps(answer)[:4]  # fmt: skip
    assert () == answer.violations
    assert 190 == answer.record["routes"][0]["service"]


def test_a_vehicle_with_a_break_leaves_as_late_as_makes_nothing_later(line):
    """The break may begin at 500: jobs 11 (60 s on, 30 s) comes before it, so leaving at 350 waits 0 s on the way."""
    answer = vroom_answer(line(lunch([500, 600])), [(1, [11, 12, 13])], breaks={1: [(1, 1)]})
    [route] = answer.record["routes"]
    assert ([], ()) == ([s for s in route["steps"] if s["arrival"] < route["steps"][0]["arrival"]], answer.violations)
    assert 500 == next(s["arrival"] + s["waiting_time"] for s in route["steps"] if s["type"] == "break")


@pytest.mark.parametrize(
    ("breaks", "rule", "found"),
    [({}, "breaks", 0), ({1: [(1, 0), (1, 1)]}, "breaks", 2), ({1: [(1, 3)]}, "break_window", 270)],
)
def test_breaks_not_kept_are_told(line, breaks, rule, found):
    """None taken, taken twice, and begun at 270 where 200 is the last: done with job 13 after 180 + 90 s."""
    answer = vroom_answer(line(lunch([150, 200])), [(1, [11, 12, 13])], breaks=breaks)
    assert (rule, found) in [(v["rule"], v["found"]) for v in answer.violations]


@pytest.mark.parametrize("windows", [([150, 200],), ([0, 10],), ([1500, 1600],), ([20, 30], [300, 310]), ()])
def test_solved_plans_keep_their_breaks(line, windows):
    """In the middle, before leaving, after coming back, one of two windows, any time: every job is served."""
    solved = solve_vroom(line(lunch(*windows)), seed=1, iterations=30)
    assert ([], (), "ortools") == (solved.answer.record["unassigned"], solved.answer.violations, solved.engine)
    assert ["break"] == [kind for kind, *_ in steps(solved.answer) if kind == "break"]


def test_a_vehicle_without_end_visits_jobs_of_several_windows(line):
    """Holes of a start time that might be any number of years ahead once took all memory, and OR-Tools with it."""

    def change(problem):
        lunch([100, 200])(problem)
        problem["vehicles"][0].pop("time_window")
        problem["jobs"][0]["time_windows"] = [[0, 100], [500, 600]]

    solved = solve_vroom(line(change), seed=1, iterations=30)
    assert ([], (), "") == (solved.answer.record["unassigned"], solved.answer.violations, solved.note)


def test_a_break_costs_the_job_that_no_longer_fits(line):
    """In 600 s three jobs take 360 + 90 s; with a break of 200 s begun around 200 one of them stays behind."""
    solved = solve_vroom(line(lunch([190, 210], service=200, time_window=[0, 600])), seed=1, iterations=30)
    assert (1, ()) == (len(solved.answer.record["unassigned"]), solved.answer.violations)
