"""The check of a pickup problem: every defect, all at once."""

import dataclasses
import math

import numpy as np
import pytest

from routing.pickup import LOAD_UNITS, check_problem
from routing.pickup.integers import limiting_units, to_integers
from routing.pickup.plane import PlaneMatrix
from routing.pickup.problem import Break, Wishes

DEFECTS = {
    "negative load": (
        {"stops": [{"km": 1, "load": (1, -2, 0, 0)}]},
        "stop 'P0' has load -2 volume_l; it must be 0 or more.",
    ),
    "too few units": (
        {"stops": [{"km": 1, "load": (1, 2)}]},
        "stop 'P0' gives 2 numbers as load; one per unit is needed: parcels, volume_l, weight_kg, hazard_kg.",
    ),
    "window": (
        {"stops": [{"km": 1, "windows": ((9, 8),)}]},
        "stop 'P0' has a window from 9 s to 8 s; it must not close before it opens.",
    ),
    "unknown hub": ({"stops": [{"km": 1, "hub_id": "H7"}]}, "stop 'P0' wants unknown hub 'H7'."),
    "duplicate stop": (
        {"stops": [{"km": 1, "stop_id": "A"}, {"km": 2, "stop_id": "A"}]},
        "stop 'A' is given 2 times; ids must be unique.",
    ),
    "shift": (
        {"stops": [], "vans": ({"shift_start_s": 5, "shift_end_s": 5},)},
        "vehicle type 'van' works from 5 s to 5 s; the shift must start before it ends.",
    ),
    "trips": ({"stops": [], "vans": ({"max_trips": 0},)}, "vehicle type 'van' has max_trips 0; it must be 1 or more."),
    "cost": (
        {"stops": [], "vans": ({"per_km_eur": float("nan")},)},
        "vehicle type 'van' has per_km_eur nan; it must be 0 or more.",
    ),
    "hub hours": (
        {"stops": [], "hubs": ({"opens_s": 9, "closes_s": 9},)},
        "depot 'H0' opens at 9 s and closes at 9 s; it must open before it closes.",
    ),
    "prize": ({"stops": [{"km": 1, "prize_eur": -1.0}]}, "stop 'P0' has prize_eur -1.0; it must be 0 or more."),
    "negative delivery": (
        {"stops": [{"km": 1, "delivery": (0, 0, -3, 0)}]},
        "stop 'P0' has delivery -3 weight_kg; it must be 0 or more.",
    ),
    "release": ({"stops": [{"km": 1, "release_s": -5}]}, "stop 'P0' has release_s -5; it must be 0 or more."),
    "unknown type": (
        {"stops": [{"km": 1, "vehicle_type_ids": frozenset({"van", "boat"})}]},
        "stop 'P0' allows unknown vehicle type 'boat'.",
    ),
    "alternatives": (
        {"stops": [{"km": 1, "alternative_of": "a"}, {"km": 2, "alternative_of": "a", "required": False}]},
        "some alternatives of 'a' are required and some are not; all must be, or none.",
    ),
    "start": (
        {"stops": [], "vans": ({"start_place_idx": 1},)},
        "the start of vehicle type 'van' is at place 1; places run from 0 to 0.",
    ),
    "end": (
        {"stops": [], "vans": ({"end_place_idx": -1},)},
        "the end of vehicle type 'van' is at place -1; places run from 0 to 0.",
    ),
    "overtime": (
        {"stops": [], "vans": ({"max_overtime_s": -1},)},
        "vehicle type 'van' has max_overtime_s -1; it must be 0 or more.",
    ),
    "price of overtime": (
        {"stops": [], "vans": ({"overtime_per_hour_eur": math.inf},)},
        "vehicle type 'van' has overtime_per_hour_eur inf; it must be 0 or more.",
    ),
    "break": (
        {"stops": [], "vans": ({"breaks": (Break(0, 60),)},)},
        "vehicle type 'van' has a break of 0 s within 60 s; both must be 1 or more.",
    ),
    "wish": (
        {"stops": [], "wishes": Wishes(balance_per_hour_eur=-1.0)},
        "wishes has balance_per_hour_eur -1.0; it must be 0 or more.",
    ),
}


@pytest.mark.parametrize("case", DEFECTS)
def test_each_defect_is_named(line, case):
    """One defect, one sentence."""
    given, sentence = DEFECTS[case]
    assert [sentence] == check_problem(line(**given))


def test_matrices_must_fit_the_places(line):
    """Shape, type and sign of both matrices are checked, in one go."""
    problem = line([{"km": 1}])
    wrong = dataclasses.replace(
        problem, distance_m=np.zeros((3, 3), dtype=int), duration_s=np.array([[0.0, 1.0], [1.0, 0.0]])
    )
    assert [
        "distance_m has shape (3, 3); 2 places need (2, 2).",
        "duration_s holds float64; it must hold whole numbers.",
    ] == check_problem(wrong)


def test_a_sound_problem_has_no_defects(line):
    """Nothing to say about a problem that can be solved."""
    assert [] == check_problem(line([{"km": 1}, {"km": 2, "windows": ((0, 0),)}]))


def test_only_load_units_that_can_limit_a_van_reach_the_engines(line):
    """Litres here always fill a van later than parcels do, kg never fill one; dangerous goods may come first."""
    stops = [{"km": 1, "load": (2, 8, 5, 0)}, {"km": 2, "load": (3, 9, 5, 4)}]
    problem = to_integers(line(stops, vans=({"capacity": (4, 40, 99, 3)},)))
    assert [LOAD_UNITS.index("parcels"), LOAD_UNITS.index("hazard_kg")] == limiting_units(problem)
    nothing_dangerous = to_integers(line([{"km": 1, "load": (3, 0, 0, 0)}] * 2, vans=({"capacity": (4, 9, 9, 0)},)))
    assert [LOAD_UNITS.index("parcels")] == limiting_units(nothing_dangerous)
    one_of_equals = [{"km": 1, "load": (2, 2, 0, 0)}, {"km": 2, "load": (3, 3, 0, 0)}]
    assert 1 == len(limiting_units(to_integers(line(one_of_equals, vans=({"capacity": (4, 4, 4, 4)},)))))


def test_a_plane_is_accepted_and_its_defects_are_named(line):
    """Distances computed on read need finite coordinates, a scale above 0, and the size of the places."""
    problem = line([{"km": 1}])
    plane = PlaneMatrix(np.zeros(2), np.array([0.0, 3.0]))
    assert [] == check_problem(dataclasses.replace(problem, distance_m=plane, duration_s=plane))
    nowhere = dataclasses.replace(plane, x=np.array([0.0, math.nan]))
    assert [
        "distance_m has coordinates that are not finite; all must be.",
        "duration_s has scale 0.0; it must be above 0.",
    ] == check_problem(
        dataclasses.replace(problem, distance_m=nowhere, duration_s=dataclasses.replace(plane, scale=0.0))
    )


def test_ids_of_an_earlier_plan_may_be_unknown(line):
    """Yesterday's stops and vans need not exist today."""
    wishes = Wishes(stability_per_stop_eur=1.0, earlier_vans={"gone": ("boat", 7), "P0": ("boat", 1)})
    assert [] == check_problem(line([{"km": 1}], wishes=wishes))


def test_a_plane_stays_a_plane_and_reads_as_an_array(line):
    """Solver integers keep it; legs through it are those of the full matrix."""
    rng = np.random.default_rng(1)
    plane = PlaneMatrix(rng.random(5) * 90, rng.random(5) * 90)
    full = np.rint(np.hypot(plane.x[:, None] - plane.x, plane.y[:, None] - plane.y)).astype(int)
    problem = dataclasses.replace(line([{"km": km} for km in range(4)]), distance_m=plane, duration_s=plane)
    integers = to_integers(problem)
    assert integers.distance is plane
    expected = full[[0, 3, 2], [3, 2, 0]].tolist()
    assert (expected, expected) == integers.legs([0, 3, 2, 0])


def test_neighbours_in_the_plane_are_those_of_the_matrix():
    """The nearest others of a place, ties and places on one spot included, have the smallest entries of its row."""
    rng = np.random.default_rng(2)
    plane = PlaneMatrix(rng.integers(0, 4, 30).astype(float), rng.integers(0, 4, 30).astype(float), scale=10)
    places = np.arange(3, 30)
    entries, positions = plane.nearest(places, count=4)
    for row, (found, at) in enumerate(zip(entries, positions, strict=True)):
        others = np.delete(plane[places[row], places], row)
        assert sorted(others)[:4] == found.tolist()
        assert row not in at and found.tolist() == plane[places[row], places[at]].tolist()
