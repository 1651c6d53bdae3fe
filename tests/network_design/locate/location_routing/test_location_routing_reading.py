"""Location-routing files are read as their authors meant them, and every defect is named."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from network_design.locate.location_routing.problem import LocationRouting
from network_design.locate.reading.location_routing import read
from retour.errors import InputError

TEXT = """2
1

0 0

3 4
0 1

10

12

5
6

100

7

0
"""


def read_text(folder: Path, text: str, *, name: str = "two.dat") -> LocationRouting:
    """Return the problem in a file with this text."""
    (folder / name).write_text(text)
    return read(folder / name, kind="lrp")


def test_text_is_read_in_the_order_of_the_format(tmp_path: Path):
    """Depots come before customers; a flag of 0 makes arcs 100 times the distance, rounded up."""
    problem = read_text(tmp_path, TEXT)
    assert ("two", 1, 2) == (problem.name, problem.depots, problem.customers)
    assert (10, 7, [12], [5, 6], [100]) == (
        problem.vehicle_capacity, problem.route_cost, *map(list, (
            problem.depot_capacity, problem.demand, problem.opening_cost)),
    )  # fmt: skip
    assert [500, 100] == problem.arc_costs()[2, :2].tolist()  # depot (0, 0) to (3, 4) and (0, 1)
    assert 425 == problem.arc_costs()[0, 1]  # 100 x the root of 18 is 424.26


def test_real_costs_are_distances(tmp_path: Path):
    """A flag of 1 leaves distances as they are."""
    problem = read_text(tmp_path, TEXT.rstrip()[:-1] + "1")
    assert 18**0.5 == pytest.approx(problem.arc_costs()[0, 1])


def test_gzipped_files_are_read(tmp_path: Path):
    """A file may be packed, and is called the same."""
    path = tmp_path / "two.dat.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))
    assert "two" == read(path, kind="lrp").name


def test_zeros_after_a_depot_are_passed_over(tmp_path: Path):
    """Some of Barreto's files give depots a cost per unit, which is 0."""
    assert [0, 0] == read_text(tmp_path, TEXT.replace("\n0 0\n", "\n0 0 0 0.000\n")).depot_xy[0].tolist()


def test_a_cost_per_unit_is_refused(tmp_path: Path):
    """What would change the problem is not passed over."""
    with pytest.raises(InputError, match=r"two.dat row 4: depot 1 has '2' after x and y; only zeros may stand there"):
        read_text(tmp_path, TEXT.replace("\n0 0\n", "\n0 0 2\n"))


def test_all_defects_are_named_at_once(tmp_path: Path):
    """Each with its line and what may stand there."""
    broken = TEXT.replace("\n10\n", "\n-3\n").replace("\n6\n", "\nsix\n").replace("\n100\n", "\n-1\n")
    with pytest.raises(InputError) as error:
        read_text(tmp_path, broken)
    assert [
        "two.dat row 9: vehicle capacity is -3; it must be more than 0.",
        "two.dat row 14, demand of customer 2: 'six' is no number; write one.",
        "two.dat row 16: opening cost of depot is -1; it must be 0 or more.",
    ] == [str(issue) for issue in error.value.issues]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'nothing' stands for the number of customers; it must be a whole number from 1"),
        ("2\n1\n0 0\n", "ends before the coordinates of 1 depots and 2 customers, a line each"),
        (TEXT.replace("\n12\n", "\n"), "7 numbers follow the coordinates; 1 depots and 2 customers need 7"),
        (TEXT.rstrip()[:-1] + "2", "ends with '2'; it must be 0 (whole arc costs) or 1 (real ones)"),
        (TEXT.replace("3 4", "3"), "customer 1 has 1 coordinate; it must have x and y on a line"),
        ('{"type": 3', "is no JSON"),
        ('{"type": "other"}', "has the type 'other'; it must be one of schneider"),
    ],
)
def test_files_of_another_form_are_refused(tmp_path: Path, text: str, message: str):
    """A sentence says what is wrong."""
    with pytest.raises(InputError) as error:
        read_text(tmp_path, text)
    assert message.replace("7 numbers", "6 numbers") in str(error.value)


def test_json_says_the_same_as_text(tmp_path: Path):
    """The sets of Schneider and Loeffler come as JSON, with whole arc costs."""
    told = {
        "name": "two", "type": "schneider", "vehicle_capacity": 10, "vehicle_costs": 7,
        "customers": [{"demand": 5, "x": 3, "y": 4}, {"demand": 6, "x": 0, "y": 1}],
        "depots": [{"capacity": 12, "costs": 100, "x": 0, "y": 0}],
    }  # fmt: skip
    by_json, by_text = read_text(tmp_path, json.dumps(told), name="two.json"), read_text(tmp_path, TEXT)
    assert (by_text.arc_costs() == by_json.arc_costs()).all()
    for name in ("name", "vehicle_capacity", "depot_capacity", "demand", "opening_cost", "route_cost", "whole_costs"):
        assert getattr(by_text, name) == pytest.approx(getattr(by_json, name)), name
