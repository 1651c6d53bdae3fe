"""A locker instance of the literature, small enough to type in, becomes a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from retour import load_network
from retour.errors import InputError
from service.importing import import_locker_vrp

INSTANCE = """\
4 3 2
30 60 700 9.00
0 12 2 1
2 19 3 0
0 1  1 0
1 25 3 0
0 1000 2000 3000
1100 0 1500 2500
2100 1400 0 1200
2900 2600 1300 0
1 30 29 18
2 32 29 18
3 31 28 16
"""


@pytest.fixture
def instance(tmp_path) -> Path:
    """An instance of Radom with three lockers, one delivery and three pickups."""
    file = tmp_path / "77_4_0.001.txt"
    file.write_text(INSTANCE)
    return file


def imported(file: Path):
    """Import and load."""
    import_locker_vrp(file, file.parent / "net")
    return load_network(file.parent / "net")


def test_pickups_lie_at_their_locker(instance):
    """Pickups keep site and weight, in the file's order; their volume fits the size they were given."""
    returns = imported(instance).returns
    assert [("L003", 19.0), ("L001", 1.0), ("L003", 25.0)] == list(
        zip(returns["point_id"], returns["weight_kg"], strict=True)
    )
    assert [2, 0, 1] == [sum(v > limit for limit in (19.5, 46.2)) for v in returns["volume_l"]]


def test_roads_are_the_matrix(instance):
    """Travel uses the metres of the file, both ways."""
    night = imported(instance)
    legs = night.travel.matrix(night.places("hubs"), night.places("points"))
    back = night.travel.matrix(night.places("points"), night.places("hubs"))
    assert ([[1000, 2000, 3000]], [[1100], [2100], [2900]]) == (legs.distance_m.tolist(), back.distance_m.tolist())


def test_occupied_compartments_wait(instance):
    """Occupied less tonight's pickups: L001 2 S - 1; L003 1 S, 1 M - 1, 2 L - 1."""
    fill = imported(instance).table("fill")
    expected = [("L001", "S", 1), ("L003", "S", 1), ("L003", "L", 1)]
    assert expected == list(fill[["point_id", "size", "parcels"]].itertuples(index=False, name=None))


def test_vans_as_the_file_says(instance):
    """Two vans of 700 kg from nine o'clock."""
    van = imported(instance).vehicles.iloc[0]
    assert (2, 700, 9 * 3600, 17 * 3600) == (van["count"], van["capacity_kg"], van["shift_start"], van["shift_end"])


def test_reconstructed_map_is_said_to_be_one(instance):
    """The description and the provenance say that the coordinates were never surveyed."""
    night = imported(instance)
    assert "coordinates: reconstructed from the road matrix around the centre of Radom" in night.settings.description
    assert 4 > abs(float(night.points["lat"].median()) - 51.4027) * 111


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("0 1  1 0", "0 1  9 0", "row 5, site: found 9; must be from 1 to 3"),
        ("0 12 2 1", "3 12 2 1", "row 3, size: found 3; must be 0, 1 or 2"),
        ("0 12 2 1", "x 12 2 1", "row 3: found 'x 12 2 1'; the format has numbers only"),
        ("1100 0 1500 2500", "1100 0 1500", "row 8: found 3 numbers; 4 are expected"),
        ("3 31 28 16\n", "", "holds 12 lines, but 4 orders and 3 sites make 13; take the whole file"),
        ("2 32 29 18", "2 -1 29 18", "row 12, site: sites run from 1 to 3 with 0 or more free compartments"),
    ],
)
def test_bad_lines_are_named(instance, old, new, sentence):
    """Every line that breaks the format is an issue with its number; nothing is written."""
    assert old in INSTANCE
    instance.write_text(INSTANCE.replace(old, new))
    with pytest.raises(InputError) as caught:
        imported(instance)
    assert sentence in str(caught.value)
    assert [instance] == list(instance.parent.iterdir())


def test_name_tells_the_city(tmp_path):
    """A file whose name tells no city says what to call it."""
    (tmp_path / "radom.txt").write_text(INSTANCE)
    with pytest.raises(InputError, match="the name tells no city; call it <seed>_<city>_<ratio>.txt.gz"):
        import_locker_vrp(tmp_path / "radom.txt", tmp_path / "net")
