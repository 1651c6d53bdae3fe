"""The three walkthroughs' real inputs, where the datasets folder is at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from retour import load_network
from service.importing import import_locker_vrp, import_points
from service.importing.mapping import Condition, ResidentsPart
from service.importing.residents import read_residents

ROOT = Path(__file__).resolve().parents[3]
DATASETS = Path(os.environ.get("RETOUR_DATASETS") or ROOT.parent / "shared" / "datasets")
WALKTHROUGHS = ROOT / "docs" / "walkthroughs"


def dataset(name: str) -> Path:
    """Return a file of the datasets; skip the test where there is none."""
    file = DATASETS / name
    if not file.is_file():
        pytest.skip(f"{name} is not at hand: set RETOUR_DATASETS to the folder of real datasets")
    return file


def test_poznan_takes_all_lockers(tmp_path):
    """All 1,278 lockers are emptied by vans of a hub, and at least 8,000 returns are drawn from residents."""
    file = dataset("inpost-poznan/lockers.csv.gz")
    import_points(file, tmp_path / "poznan", mapping=WALKTHROUGHS / "poznan.toml")
    night = load_network(tmp_path / "poznan")
    lockers = night.points.query("kind == 'LOCKER' and emptied_by == 'VAN'")
    assert (1278, True) == (len(lockers), len(night.returns) >= 8000)


def test_netherlands_keeps_opening_hours(tmp_path):
    """2,004 points take returns; a Rotterdam shop is open on Tuesday from 10:00 to 19:00, as its carrier says."""
    file = dataset("parcel-points-nl/dpd_points.csv.gz")
    import_points(file, tmp_path / "nl", mapping=WALKTHROUGHS / "netherlands.toml")
    night = load_network(tmp_path / "nl")
    tuesday = night.table("hours").query("point_id == 'NL10008' and weekday == 1")
    assert 2004 == int((night.points["kind"] != "HOME").sum())
    assert [(36000, 68400)] == list(zip(tuesday["opens"], tuesday["closes"], strict=True))


def test_communes_make_a_table_of_residents():
    """French communes once each, delegated ones left out: 34,976 places and 67,406,310 people."""
    file = dataset("fr-communes/communes.csv.gz")
    part = ResidentsPart(
        table=file.name,
        residents="population_2021",
        lat="lat",
        lon="lng",
        keep=(Condition(column="commune_type", is_in=("COM", "ARM")),),
        unique=("insee_com", "commune_type"),
        on_bad_row="skip",
    )
    found = read_residents(part, folders=(file.parent,))
    assert 34_976 == len(found.places) + found.left_out
    assert 67_406_310 >= found.places["residents"].sum() > 67_300_000


def test_inowroclaw_drives_real_roads(tmp_path):
    """From the depot to locker 1 it is 49,262 m and back 49,862 m, as the file says."""
    file = dataset("locker-vrp-poland/20200_5_0.001.txt.gz")
    import_locker_vrp(file, tmp_path / "inowroclaw")
    night = load_network(tmp_path / "inowroclaw")
    first = night.places("points").take([0])
    there = night.travel.pairs(night.places("hubs"), first).distance_m
    back = night.travel.pairs(first, night.places("hubs")).distance_m
    assert (21, [49262.0], [49862.0]) == (len(night.points), there.tolist(), back.tolist())


@pytest.mark.slow
def test_lodz_passes_the_gate(tmp_path):
    """300 lockers with their 90,300 road distances."""
    file = dataset("locker-vrp-poland/8200_2_0.001.txt.gz")
    import_locker_vrp(file, tmp_path / "lodz")
    night = load_network(tmp_path / "lodz")
    assert (300, 90_300) == (len(night.points), len(night.table("travel")))
