"""What a mapping may say, and how it is told when it says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from retour.errors import InputError
from service.importing.mapping import read_mapping
from service.importing.mapping_page import mapping_page

WALKTHROUGHS = Path(__file__).resolve().parents[3] / "docs" / "walkthroughs"


def issues_of(folder: Path, text: str) -> list[str]:
    """Return the issues of a mapping written as `text`."""
    (folder / "mapping.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_mapping(folder / "mapping.toml")
    return [str(i) for i in caught.value.issues]


def test_unknown_key_names_the_nearest(tmp_path, said):
    """A misspelt key is an error that suggests the key meant."""
    expected = "mapping.toml, demand.retrns: no such setting; remove it or correct its name; did you mean 'returns'?"
    assert expected in issues_of(tmp_path, said.replace("returns = 60", "returns = 60\nretrns = 50"))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("place = 2", "", "give either hubs.listed"),
        ('lat = "y"\n', "", "name both lat and lon"),
        ('id = "code"', 'id = "code"\nkind = "LOCKER"', "give either kind"),
        ('id = "code"', 'id = "code"\nhours = ["monday"]', "hours names 1 columns; it must name 7, Monday first"),
        ("returns = 60", "returns = 0", "found 0; must be 1 or more"),
        ("night = 2026-11-24", 'night = "soon"', "must be a date written YYYY-MM-DD"),
        ('on_bad_row = "fail"', "box = { south = 5, north = 1, west = 0, east = 2 }", "swap the two"),
        (
            "[demand]",
            "[fill]\nnights_since_emptied = [0.0]\n[demand]",
            "needs shares of 0 or more, one of them above 0",
        ),
        ('on_bad_row = "fail"', 'keep = [{ column = "sort" }]', "exactly one of equals, is_in, starts_with"),
    ],
)
def test_contradictions_are_told(tmp_path, said, old, new, sentence):
    """Settings that exclude each other, and values out of range, say what to give instead."""
    assert any(sentence in issue for issue in issues_of(tmp_path, said.replace(old, new)))


def test_page_is_current():
    """docs/walkthroughs/mapping.md is what the declarations generate."""
    assert mapping_page() == (WALKTHROUGHS / "mapping.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(p.name for p in WALKTHROUGHS.glob("*.toml")))
def test_examples_are_valid(name):
    """Every mapping of the documentation validates."""
    assert "2026-11-24" == read_mapping(WALKTHROUGHS / name).network.night
