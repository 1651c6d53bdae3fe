"""Promises of `.sol` files: what is written reads back, and half a file is never seen."""

import pytest

from retour.errors import InputError
from routing.standard import read_solution, write_solution
from routing.standard.solution import solution_text


def test_solutions_read_back(tmp_path):
    """Unused vehicles keep their empty line, depots inside stay, and the cost comes last."""
    routes = ((1, 2, 0, 3), (), (4,))
    write_solution(tmp_path / "s.sol", routes, cost=37)
    assert routes == read_solution(tmp_path / "s.sol")
    assert "Route #1: 1 2 0 3\nRoute #2:\nRoute #3: 4\nCost 37\n" == (tmp_path / "s.sol").read_text(encoding="utf-8")
    assert ["s.sol"] == [path.name for path in tmp_path.iterdir()]


def test_nothing_is_left_behind_where_writing_fails(tmp_path):
    """A target that cannot be replaced keeps its content, and no other file appears."""
    (tmp_path / "s.sol").mkdir()
    with pytest.raises(OSError):
        write_solution(tmp_path / "s.sol", [[1]], cost=1)
    assert ["s.sol"] == [path.name for path in tmp_path.iterdir()]


def test_a_number_left_out_is_an_unused_vehicle(written):
    """Files may skip unused vehicles instead of giving them an empty line."""
    assert ((1,), (), (2,)) == read_solution(written("Route #1: 1\nRoute #3: 2\nCost: 4\n", "s.sol"))


def test_every_defect_of_a_solution_is_told(written):
    """Words that are no locations and routes out of order are named with their line."""
    with pytest.raises(InputError) as caught:
        read_solution(written("Route #1: 1 two\nRoute #1: -3\n", "s.sol"))
    assert [
        "s.sol row 1: route 1 names 'two'; locations are whole numbers of 0 or more.",
        "s.sol row 2: route 1 is out of order; number them 1, 2 and so on.",
    ] == [str(issue) for issue in caught.value.issues]


def test_a_file_without_routes_is_no_solution(written):
    """Any other file is refused."""
    with pytest.raises(InputError, match="no solution file"):
        read_solution(written("hello\n", "s.sol"))


def test_the_cost_is_the_last_line():
    """Readers of benchmark files look for it there."""
    assert "Cost 0\n" == solution_text([], cost=0)
