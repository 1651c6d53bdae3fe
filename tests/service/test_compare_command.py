"""`retour compare`: stored runs side by side."""

import json

import pytest
from typer.testing import CliRunner

from service import cli
from service.describe import Asked
from service.designing import AskedDesign, design_to_run
from service.store import publish
from tests.network_design.conftest import loaded, small_tables


def retour(*words: object):
    """Run a command in this process."""
    return CliRunner().invoke(cli.app, [str(w) for w in words], prog_name="retour")


@pytest.fixture
def designed(tmp_path):
    """Two designs in a store: as the network stands (F), and without F."""
    closed = small_tables()
    closed["places"] = closed["places"].assign(closed_from=[None, None, 1, None])
    runs = []
    for name, tables in (("far", small_tables()), ("near", closed)):
        loaded(tables, tmp_path / name)
        runs.append(design_to_run(AskedDesign(tmp_path / name / "network", 1, 60), root=tmp_path / "runs"))
    return runs


def test_designs_side_by_side(designed, tmp_path):
    """Costs by line, CO2e and service of both, and what the second decides otherwise."""
    found = retour("compare", designed[0].id, designed[1].path, "--out", tmp_path / "runs", "--band-km", 60, "--json")
    told = json.loads(found.stdout)
    far, near = told["runs"]
    assert pytest.approx((-420, -380)) == (far["figures"]["present_cost"], near["figures"]["present_cost"])
    assert (60, 0) == (far["cost_by_line"]["expansion"], near["cost_by_line"]["expansion"])
    assert pytest.approx((2.0, 1.0)) == (far["figures"]["CO2e_t"], near["figures"]["CO2e_t"])
    assert (1, 0) == (far["figures"]["beyond_60_km_share"], near["figures"]["beyond_60_km_share"])
    difference = told["differences"][0]
    assert (2, pytest.approx(30)) == (difference["different_places"], difference["moved_t"])
    decided = {(d["what"], d["place_id"]) for d in difference["decisions"] if d["what"] != "MOVED"}
    assert {("CLOSED", "F"), ("OPENED", "N")} == decided
    shown = retour("compare", designed[0].id, designed[1].id, "--out", tmp_path / "runs").stdout
    assert "2 places open in one only" in shown
    assert "period 1: F is closed" in shown


def test_nights_side_by_side(plan, tiny, sound, tmp_path):
    """Nights are compared by their own ledgers, line by line."""
    asked = Asked("plan", tmp_path, 1)
    runs = [publish(tmp_path / "runs", plan, asked=asked, instance=tiny, violations=sound) for _ in range(2)]
    told = json.loads(retour("compare", *(r.id for r in runs), "--out", tmp_path / "runs", "--json").stdout)
    lines = told["runs"][0]["cost_by_line"]
    assert sum(lines.values()) == pytest.approx(runs[0].manifest.ledger_total_eur)
    assert [] == told["differences"]


def test_what_cannot_be_compared(designed, plan, tiny, sound, tmp_path):
    """One run alone, a run that is not there, and a night beside a design are refused in words."""
    root = tmp_path / "runs"
    night = publish(root, plan, asked=Asked("plan", tmp_path, 1), instance=tiny, violations=sound)
    for words, part in (
        ([designed[0].id], "nothing to be compared with"), ([designed[0].id, "nowhere"], "no run 'nowhere'"),
        ([designed[0].id, night.id], "compare designs with designs"),
    ):  # fmt: skip
        found = retour("compare", *words, "--out", root)
        assert (3, True) == (found.exit_code, part in found.stderr)
