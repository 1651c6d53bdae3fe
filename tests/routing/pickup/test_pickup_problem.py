"""The check of a pickup problem: every defect, all at once."""

import dataclasses

import numpy as np
import pytest

from routing.pickup import LOAD_UNITS, check_problem
from routing.pickup.integers import limiting_units, to_integers

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
