"""What is no network says which door is for it."""

import pytest

from retour import InputError
from service.importing import import_file


@pytest.mark.parametrize("format", ["vroom", "vrplib"])
def test_routing_files_are_shown_their_door(tmp_path, format):
    """VROOM and VRPLIB files have no returns: `retour routes` is for them, and nothing is written."""
    with pytest.raises(InputError, match=r"no returns.*`retour routes FILE`"):
        import_file(format, tmp_path / "problem.json", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unknown_format_names_those_that_are_known(tmp_path):
    """A typing error gets the list and a suggestion."""
    with pytest.raises(InputError, match="'point'; use one of points, locker-vrp"):
        import_file("point", tmp_path / "a.csv", tmp_path / "out")
