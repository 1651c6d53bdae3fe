"""Promises of the export: the same problem in VROOM's words, or a refusal by name."""

import dataclasses
import json

import numpy as np
import pytest

from retour.errors import InputError
from routing.pickup.problem import Break, Depot, PickupProblem, Places, Stop, VehicleType, Wishes
from routing.vroom import read_vroom, to_vroom
from routing.vroom.to_pickup import to_case

LINE = np.array([[60 * abs(a - b) for b in range(4)] for a in range(4)])
INF = float("inf")


@pytest.fixture
def night() -> PickupProblem:
    """Two hubs at place 0 and 3, two van types, two stops of which one belongs to a hub."""
    degrees = np.zeros(4)
    van = VehicleType("small", "H0", 2, (5.0, INF, INF, INF), 0, 3000, INF, 10.0, 0.5, 0.0)
    return PickupProblem(
        places=Places(("H0", "P1", "P2", "H3"), degrees, degrees),
        distance_m=10 * LINE,
        duration_s=LINE,
        depots=(Depot("H0", 0, 0, 4000, 20), Depot("H3", 3, 0, 4000, 0)),
        stops=(
            Stop("P1", 1, (3.0, 0.0, 0.0, 0.0), 30, windows=((0, 600),)),
            Stop("P2", 2, (4.0, 0.0, 0.0, 0.0), 30, hub_id="H3"),
        ),
        vehicle_types=(van, dataclasses.replace(van, vehicle_type_id="large", hub_id="H3", count=1)),
    )


def test_a_problem_is_exported(night):
    """Vans one by one, money in a unit of 500 micro-euro (10 EUR fixed, 500 a metre), unloading taken off the shift."""
    found = to_vroom(night)
    assert (("small", 1), ("small", 2), ("large", 1)) == found.vans
    small = found.record["vehicles"][0]
    assert (0, 0, [0, 2980], [5000]) == (
        small["start_index"], small["end_index"], small["time_window"], small["capacity"],
    )  # fmt: skip
    assert 500 == found.micro_per_cost
    assert {"fixed": 20_000, "per_hour": 0, "per_km": 1_000} == small["costs"]
    first, second = found.record["jobs"]
    assert ([3000], [[0, 600]]) == (first["pickup"], first["time_windows"])
    assert ([2], [], [2]) == (second["skills"], small["skills"], found.record["vehicles"][2]["skills"])


def test_an_export_reads_back(night, tmp_path):
    """Our own reader finds the same jobs, vehicles and matrices."""
    (tmp_path / "night.json").write_text(json.dumps(to_vroom(night).record), encoding="utf-8")
    vroom = read_vroom(tmp_path / "night.json")
    assert (2, 3, 600) == (len(vroom.jobs), len(vroom.vehicles), vroom.distances[0, 1])
    assert {"1": 2, "3": 1} == {kind.vehicle_type_id: kind.count for kind in to_case(vroom).problem.vehicle_types}


def test_large_costs_get_a_coarser_unit(night):
    """VROOM adds cost up in 32 bits: a fixed cost of 5,000,000 EUR in units of 500 micro-euro would not fit."""
    first, *others = night.vehicle_types
    changed = dataclasses.replace(night, vehicle_types=(dataclasses.replace(first, fixed_eur=5e6), *others))
    assert 500_000 == to_vroom(changed).micro_per_cost


@pytest.mark.parametrize(
    ("part", "change", "sentence"),
    [
        ("stops", {"required": False, "prize_eur": 5.0}, "no prizes in money"),
        ("stops", {"release_s": 5}, "no release times"),
        ("stops", {"alternative_of": "A"}, "no alternatives"),
        ("stops", {"same_van": "A"}, "no stops that share a van"),
        ("vehicle_types", {"max_trips": 2}, "one trip per van"),
        ("vehicle_types", {"breaks": (Break(60, 600),)}, "no breaks counted from departure"),
        ("vehicle_types", {"max_overtime_s": 60}, "no overtime"),
        ("vehicle_types", {"linehaul_first": True}, "deliveries before pickups"),
        ("vehicle_types", {"per_hour_eur": 20.0}, "no hours of waiting"),
        ("vehicle_types", {"max_duration_s": 600.0}, "not the length of a shift"),
    ],
)
def test_what_vroom_lacks_is_refused(night, part, change, sentence):
    """Nothing is dropped silently."""
    first, *others = getattr(night, part)
    changed = dataclasses.replace(night, **{part: (dataclasses.replace(first, **change), *others)})
    with pytest.raises(InputError, match=sentence):
        to_vroom(changed)


def test_wishes_are_refused(night):
    """VROOM has no price of balance."""
    with pytest.raises(InputError, match="balance"):
        to_vroom(dataclasses.replace(night, wishes=Wishes(balance_per_hour_eur=1.0)))
