"""Promises of the VROOM gate: every defect at once, and nothing that limits a plan is dropped."""

import pytest

from retour.errors import InputError
from routing.vroom import read_vroom


def set_in(where: str, key: str, value):
    """A change of the first element of a list of the problem."""

    def change(problem):
        problem[where][0][key] = value

    return change


def test_a_problem_with_matrices_is_read(line):
    """Rows of the matrix are places; setup at a place of its own is part of the service."""
    found = line()
    assert ([1, 2, 3, 4], [30, 30, 30, 0]) == ([j.place for j in found.jobs], [j.service_s for j in found.jobs])
    assert (60, 600) == (found.durations[0, 1], found.distances[0, 1])
    assert found.indices


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda p: p.update(shipments=[{}]), "shipments: a pickup tied to its delivery is not known here"),
        (lambda p: p.update(matrix=[[0]]), "matrix: VROOM itself now reads `matrices` instead"),
        (set_in("vehicles", "breaks", [{"id": 1}]), "vehicles[0].breaks[0].service: found 0; a break takes time"),
        (
            set_in("vehicles", "breaks", [{"id": 1, "service": 9, "max_load": [1]}]),
            "vehicles[0].breaks[0].max_load: a load that a break may not exceed",
        ),
        (set_in("vehicles", "breaks", [{"id": 1, "service": 9}] * 2), "vehicles[0].breaks: id 1 is given 2 times"),
        (
            set_in("vehicles", "breaks", [{"id": 1, "service": 9, "time_windows": [[1995, 2500]]}]),
            "vehicles[0].breaks[0].time_windows: no break of 9 s that begins in them lies in the vehicle's time from 0",
        ),
        (set_in("vehicles", "steps", [{}]), "vehicles[0].steps: given routes are not known here"),
        (set_in("vehicles", "speed_factor", 2.0), "vehicles: they differ in speed_factor (1.0, 2.0)"),
        (set_in("vehicles", "profile", "truck"), "vehicles[0].profile: 'truck' has no matrix"),
        (set_in("vehicles", "capacity", [1, 2]), "jobs: amounts and capacities have [1, 2] dimensions"),
        (set_in("vehicles", "costs", {"per_task_hour": 9}), "vehicles[0].costs.per_task_hour: costs of working time"),
        (set_in("vehicles", "start_index", 9), "vehicles[0].start_index: found 9; the matrix has rows 0 to 4."),
        (set_in("jobs", "service_per_type", {"a": 1}), "jobs[0].service_per_type: times by vehicle type"),
        (set_in("jobs", "id", 12), "jobs: id 12 is given 2 times; ids must be unique."),
        (set_in("jobs", "service", -5), "jobs[0].service: found -5; it must be greater than or equal to 0."),
        (set_in("jobs", "time_windows", [[9, 3]]), "jobs[0].time_windows: [9, 3] closes before it opens"),
        (set_in("jobs", "location_index", None), "jobs[0].location_index: with matrices it needs the row"),
        (lambda p: p["matrices"]["car"]["durations"].pop(), "matrices.car.distances: the table must be square, 4 by 4"),
        (lambda p: p.update(vehicles=[]), "vehicles: none is given; at least one is needed."),
        (lambda p: p["jobs"][2].update(location_index=0), "jobs[2].setup: other jobs or vehicles share its place"),
    ],
)
def test_what_is_wrong_or_unknown_is_refused(line, change, sentence):
    """Each in one sentence that names where it stands."""
    with pytest.raises(InputError) as caught:
        line(change)
    assert any(sentence in str(issue) for issue in caught.value.issues)


def test_defects_come_together(line):
    """Two of different kinds are told at once."""
    with pytest.raises(InputError) as caught:
        line(lambda p: (p.update(shipments=[{}]), set_in("vehicles", "start_index", 9)(p)))
    assert 2 == len(caught.value.issues)


def test_keys_that_limit_nothing_are_listed(line):
    """VROOM ignores them, and so do we, but we say so."""
    assert ("colour",) == line(set_in("jobs", "colour", "red")).ignored


def test_without_matrices_vehicles_fly_straight(line):
    """One degree of latitude is 111,195 m: at 111.195 km/h an hour."""

    def on_a_meridian(problem):
        problem.pop("matrices")
        for vehicle in problem["vehicles"]:
            vehicle["start"] = vehicle["end"] = [2.0, 48.0]
        for number, job in enumerate(problem["jobs"], start=1):
            job["location"] = [2.0, 48.0 + number]

    found = line(on_a_meridian, speed_kmh=111.195)
    assert (111_195, 3600) == (found.distances[0, 1], found.durations[0, 1])
    assert "without a matrix vehicles fly straight at 111.195 km/h" == found.assumed


def test_text_that_is_no_json_is_told(tmp_path):
    """With the line where it stops making sense."""
    (tmp_path / "x.json").write_text('{"jobs": [\n}', encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.json row 2: it is no JSON"):
        read_vroom(tmp_path / "x.json")


def test_another_kind_of_json_is_told(tmp_path):
    """In words for people, not for those who know our classes."""
    (tmp_path / "x.json").write_text('["jobs", "vehicles"]', encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.json: it must be an object, `\{\.\.\.\}`"):
        read_vroom(tmp_path / "x.json")
