"""`retour compare`: stored runs side by side."""

import json

import pytest
from typer.testing import CliRunner

from service import cli
from service.describe import Asked
from service.designing import AskedDesign, design_to_run
from service.designing_compare import Difference, letter
from service.designing_compare_terminal import decision_lines
from service.store import publish
from tests.network_design.conftest import loaded, rows, small_tables


def retour(*words: object):
    """Run a command in this process, on a console as wide as a pipe's."""
    return CliRunner(env={"COLUMNS": "80"}).invoke(cli.app, [str(w) for w in words], prog_name="retour")


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
    assert (160, 300) == (far["cost_by_line"]["opening"], near["cost_by_line"]["opening"])
    assert pytest.approx((2.0, 1.0)) == (far["figures"]["CO2e_t"], near["figures"]["CO2e_t"])
    assert (1, 0) == (far["figures"]["beyond_60_km_share"], near["figures"]["beyond_60_km_share"])
    difference = told["differences"][0]
    assert (2, pytest.approx(30)) == (difference["different_places"], difference["moved_t"])
    decided = {(d["what"], d["place_id"]) for d in difference["decisions"] if d["what"] != "MOVED"}
    assert {("CLOSED", "F"), ("OPENED", "N")} == decided
    assert {"A": designed[0].id, "B": designed[1].id} == {run["letter"]: run["run_id"] for run in (far, near)}
    assert (None, []) == (far["design"], told["warnings"])


def test_people_read_letters_and_whole_figures(designed, tmp_path):
    """Runs are letters with a legend, figures are written by what they are, and cost lines add up."""
    shown = retour("compare", designed[0].id, designed[1].id, "--out", tmp_path / "runs", "--band-km", 60).stdout
    lines = shown.split("\n")
    assert max(map(len, lines)) <= 80
    for i, run in enumerate(designed):
        assert any(line.startswith(f"{'AB'[i]}  network ") for line in lines)
        assert 1 == shown.count(run.id)
    told = {" ".join(line.split()[:-2]): line.split()[-2:] for line in lines if len(line.split()) > 2}
    assert ["1", "1"] == told["places open at the end"]
    assert ["−420.00", "−380.00"] == told["cost, discounted"]
    assert ["−420", "−380"] == told["total"]  # whole as its lines are, of which sales are 1,000
    assert ["100.0%", "0.0%"] == told["beyond 60 km"]
    assert "Cost by line, undiscounted, all periods" in lines
    assert "B against A: 2 places open in one only" in shown
    assert "  periods 1-2: F is closed, 20 -> 0 t" in lines


def test_designs_of_a_study_have_their_names(tmp_path):
    """Legend and headlines say what a design is called in its study; --json has study, design and future."""
    loaded(small_tables() | {"periods": rows("period", (1,))}, tmp_path)
    (tmp_path / "STUDY.toml").write_text(
        'name = "Two"\n[[designs]]\nid = "free"\n[[designs]]\nid = "near"\nlevers = { must_open = ["N"] }\n'
    )
    words = ["design", tmp_path / "network", tmp_path / "STUDY.toml", "--json", "--out", tmp_path / "runs"]
    study = json.loads(retour(*words).stdout)
    shown = retour("compare", study["run_id"], "--out", tmp_path / "runs").stdout
    assert "A  design free (study Two)" in shown
    assert "B (near) against A: " in shown
    ids = [m["run_id"] for m in study["members"]]
    told = json.loads(retour("compare", *reversed(ids[:2]), "--out", tmp_path / "runs", "--json").stdout)
    assert [("A", "near", "Two"), ("B", "free", "Two")] == [
        (run["letter"], run["design"], run["study"]) for run in told["runs"]
    ]


def test_other_networks_and_currencies_are_told(tmp_path):
    """A place that the other network has not is not closed there, and money in two currencies is not compared."""
    other = small_tables()
    for name, frame in other.items():
        other[name] = frame.replace("F", "G") if name != "products" else frame
    runs = []
    for name, tables, settings in (("one", small_tables(), {}), ("two", other, {"currency": "USD"})):
        loaded(tables, tmp_path / name, **settings)
        runs.append(design_to_run(AskedDesign(tmp_path / name / "network", 1, 60), root=tmp_path / "runs").id)
    shown = retour("compare", *runs, "--out", tmp_path / "runs").stdout
    assert "Currencies differ (A EUR, B USD): money cannot be compared." in shown
    assert "F is not in B's network" in shown
    assert "G is open (G not in A's network)" in shown
    assert "is closed" not in shown
    told = json.loads(retour("compare", *runs, "--out", tmp_path / "runs", "--json").stdout)
    assert 1 == len(told["warnings"])
    assert (["F"], ["G"]) == tuple(told["differences"][0][f"not_in_{whose}_network"] for whose in ("its", "first"))


def test_a_decision_stands_on_one_line_where_it_fits():
    """Periods with one change stand together; several that do not fit have a line each; what is not seen is counted."""
    changes = rows(
        "what place_id to_id product_id period before after unit",
        ("MOVED", "Z", "N", "returns", 1, 10.5, 0, "t/period"), ("MOVED", "Z", "N", "returns", 2, 12, 0, "t/period"),
        ("CLOSED", "F", "", "", 1, 20, 0, "t/period"), ("CLOSED", "F", "", "", 2, 20, 0, "t/period"),
        ("CLOSED", "F", "", "", 4, 20, 0, "t/period"), ("MOVED", "Y", "N", "returns", 1, 8.01, 8.02, "t/period"),
    )  # fmt: skip
    difference = Difference("run", 1, 11.25, changes)
    assert [
        "periods 1-2: Z sends returns to N, 10.5 -> 0.0, 12 -> 0 t",
        "periods 1-2, 4: F is closed, 20 -> 0 t",
        "and 1 more decisions (--json tells all)",
    ] == decision_lines(difference, called="B", room=78)
    assert "period 2: Z sends returns to N, 12 -> 0 t" == decision_lines(difference, called="B", room=50)[1]


def test_letters_go_on_after_z():
    """A study may have more designs than the alphabet has letters."""
    assert ["A", "Z", "A2"] == [letter(i) for i in (0, 25, 26)]


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
