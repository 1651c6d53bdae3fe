"""Reading facility location files: both forms, words, gzip, and every defect at once."""

import gzip
from pathlib import Path

import pytest

from network_design.locate.check.facilities import check
from network_design.locate.facility import solve
from network_design.locate.facility_problem import Service
from network_design.locate.reading.facilities import read
from network_design.locate.reading.opening import MissingOption
from retour.errors import InputError

SETS = Path(__file__).resolve().parents[4] / "shared" / "benchmarks" / "network_design"

ORLIB = """ 3 2
 10 100.
 capacity 200.
 30 300.
 7
 1 2
 3
 5
 4 5 6
"""
TABLES = """3 2
10 20 30
100 200 300
7 5
1 2 3
4 5 6
"""


def write(folder, text, name="case.txt"):
    """The text as a file."""
    path = folder / name
    path.write_text(text)
    return path


def test_orlib_lines_are_read_whichever_way_they_break(tmp_path):
    """Capacity and fixed cost per line, then each customer's demand and costs; the word is replaced."""
    problem = read(write(tmp_path, ORLIB), kind="cflp", capacity=20.0)
    assert ([10, 20, 30], [100, 200, 300]) == (problem.capacity.tolist(), problem.fixed_cost.tolist())
    assert ([7, 5], [[1, 4], [2, 5], [3, 6]]) == (problem.demand.tolist(), problem.serving_cost.tolist())


def test_tables_hold_the_same_problem(tmp_path):
    """The second form says the same, and gzip is told by its content."""
    path = tmp_path / "case"
    path.write_bytes(gzip.compress(TABLES.encode()))
    problem = read(path, kind="sscflp")
    assert ("case", Service.SINGLE_SOURCE) == (problem.name, problem.service)
    assert ([10, 20, 30], [[1, 4], [2, 5], [3, 6]]) == (problem.capacity.tolist(), problem.serving_cost.tolist())


def test_the_word_capacity_asks_for_a_number(tmp_path):
    """Where capacities count the option is asked for by name; without limits the word does not matter."""
    path = write(tmp_path, ORLIB)
    with pytest.raises(MissingOption, match="--capacity"):
        read(path, kind="cflp")
    assert 3 == read(path, kind="ufl").sites


def test_every_bad_value_is_named_with_its_line(tmp_path):
    """Two defects in two lines are two issues."""
    with pytest.raises(InputError) as error:
        read(write(tmp_path, TABLES.replace("20 30", "-20 30").replace("5 6", "five 6")), kind="cflp")
    assert [2, 6] == [issue.row for issue in error.value.issues]
    assert "'-20' is not a number of 0 or more" in str(error.value) and "'five'" in str(error.value)


@pytest.mark.parametrize(("text", "words"), [("", "ends before"), ("3 0", "'0'"), (TABLES + "9", "it has more")])
def test_files_of_the_wrong_length_are_refused(tmp_path, text, words):
    """Nothing is read from a file that is cut short or has too much."""
    with pytest.raises(InputError, match=words):
        read(write(tmp_path, text), kind="cflp")


@pytest.mark.skipif(not SETS.exists(), reason="the benchmark sets are not beside the repository")
@pytest.mark.parametrize(
    ("file", "kind", "capacity", "expected"),
    [
        ("orlib_cap/cap41.gz", "cflp", None, 1040444.375),
        ("orlib_cap/cap132.gz", "ufl", None, 851495.325),
        ("orlib_cap/capc.gz", "cflp", 6500.0, 11518743.744),
        ("sscflp_holmberg/p31.gz", "sscflp", None, 13331.0),
        ("sscflp_diaz_fernandez/p3.gz", "sscflp", None, 6051.0),
    ],
)
@pytest.mark.slow
def test_published_optima_are_proven(file, kind, capacity, expected):
    """Costs are read as the literature means them: the published optimum is found and proven."""
    problem = read(SETS / file, kind=kind, capacity=capacity)
    answer = solve(problem, seed=1, budget_s=60.0)
    assert pytest.approx(expected, rel=1e-7) == answer.cost
    assert pytest.approx(expected, rel=1e-7) == answer.bound
    assert check(problem, answer).feasible
