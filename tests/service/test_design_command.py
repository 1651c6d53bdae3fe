"""`retour design`, and the commands that bring design networks along: import relog, sample design, check."""

import json
import re

import pandas as pd
import pytest
from typer.testing import CliRunner

from retour.gate.design import load_design
from retour.samples.design import design_sample
from retour.tables.design import DESIGN_RESULT_TABLES
from retour.tables.document import DOCS
from service import cli
from tests.network_design.conftest import RELOG, loaded, rows, small_tables


def retour(*words: object):
    """Run a command in this process, on a console as wide as a pipe's."""
    return CliRunner(env={"COLUMNS": "80"}).invoke(cli.app, [str(w) for w in words], prog_name="retour")


@pytest.fixture
def network(tmp_path):
    """The folder of the small network, where far F is the best site."""
    loaded(small_tables(), tmp_path)
    return tmp_path / "network"


def test_a_design_is_stored_and_told(network, tmp_path):
    """--json tells cost, bound, parts and the checker's verdict; the run holds every table as Parquet and CSV."""
    found = retour("design", network, "--json", "--out", tmp_path / "runs", "--seed", 7)
    told = json.loads(found.stdout)
    assert (0, "OPTIMAL", True, []) == (found.exit_code, told["status"], told["feasible"], told["violations"])
    assert (-420.0, 160.0, -1000.0) == (round(told["cost"], 6), told["parts"]["opening"], told["parts"]["sale"])
    assert told["cost"] == pytest.approx(sum(told["parts"].values()))
    assert [{"place_id": "F", "size_t": [20.0, 20.0]}] == told["open_places"]
    files = {path.name for path in (tmp_path / "runs" / "designs" / told["run_id"]).iterdir()}
    assert {f"{name}.{kind}" for name in DESIGN_RESULT_TABLES for kind in ("csv", "parquet")} <= files
    manifest = json.loads((tmp_path / "runs" / "designs" / told["run_id"] / "run.json").read_text())
    assert (load_design(network).hash, 7) == (manifest["network"]["hash"], manifest["seed"])
    assert "highspy" in manifest["versions"]
    assert {"load", "design", "check"} == set(manifest["seconds"])


def test_cost_lines_add_up_to_the_totals(network, tmp_path):
    """Both columns of the cost lines, undiscounted and discounted, are followed by their sum, which is the design's."""
    settings = network / "design.toml"
    settings.write_text(re.sub(r"discount_rate = .*", "discount_rate = 0.1", settings.read_text()))
    words = ["design", network, "--out", tmp_path / "runs"]
    shown, told = retour(*words).stdout, json.loads(retour(*words, "--json").stdout)
    rows = re.findall(r"^(\w+) +(−?[\d,.]+) +(−?[\d,.]+)$", shown.split("Open, ")[0], re.MULTILINE)
    lines = {name: [float(f.replace(",", "").replace("−", "-")) for f in figures] for name, *figures in rows}
    total = lines.pop("total")
    assert {name for name, cost in told["parts"].items() if cost} == set(lines)
    assert pytest.approx(total, abs=3) == [sum(column) for column in zip(*lines.values(), strict=True)]
    assert pytest.approx(total, abs=0.5) == [sum(told["cost_by_period"]), told["cost"]]
    assert total[0] != pytest.approx(total[1], abs=1)
    assert told["cost"] == pytest.approx(sum(told["present_parts"].values()))
    assert lines["sale"] == pytest.approx([told["parts"]["sale"], told["present_parts"]["sale"]], abs=0.5)


def test_runs_of_nights_are_listed_beside_designs(network, tmp_path):
    """A store that holds designs only is listed too."""
    retour("design", network, "--json", "--out", tmp_path / "runs")
    assert 1 == json.loads(retour("runs", "--out", tmp_path / "runs", "--json").stdout)["count"]


def test_limits_that_conflict_end_in_4(tmp_path):
    """A network without a design says why, and stores nothing."""
    loaded(small_tables() | {"gases": rows("gas limit_t", ("CO2e", 0.1))}, tmp_path)
    found = retour("design", tmp_path / "network", "--json", "--out", tmp_path / "runs")
    told = json.loads(found.stdout)
    assert (4, "INFEASIBLE") == (found.exit_code, told["status"])
    assert any("At most 0.1 t of CO2e" in reason for reason in told["reasons"])
    assert not (tmp_path / "runs" / "designs").exists()


def test_defects_end_in_3(network, tmp_path):
    """A defect of the tables is told with its file and row."""
    pd.DataFrame({"place_id": ["X"], "product_id": ["returns"]}).to_csv(network / "supply.csv", index=False)
    told = json.loads(retour("design", network, "--json", "--out", tmp_path / "runs").stdout)
    assert (3, [("supply.csv", 2, "place_id")]) == (
        told["exit_code"], [(i["table"], i["row"], i["column"]) for i in told["issues"]],
    )  # fmt: skip


def test_check_knows_design_networks(network):
    """`retour check` counts what is in a design network."""
    told = json.loads(retour("check", network, "--json").stdout)
    assert (2, 4) == (told["counts"]["places site"], told["counts"]["ways of products"])


@pytest.mark.skipif(not RELOG.is_dir(), reason="RELOG's instances are not part of the project")
def test_relog_comes_in_by_the_import_command(tmp_path):
    """The command says what to do next."""
    found = retour("import", "relog", RELOG / "classic_storage.json", tmp_path / "out")
    assert (0, True) == (found.exit_code, f"retour design {tmp_path / 'out'}" in found.output)


def test_the_small_sample_is_seeded_and_has_a_design(tmp_path):
    """The same seed gives the same network, another one another; it is solved at once."""
    for name, seed in (("one", 3), ("same", 3), ("other", 4)):
        assert 0 == retour("sample", "design", tmp_path / name, "--size", "small", "--seed", seed).exit_code
    hashes = [load_design(tmp_path / name).hash for name in ("one", "same", "other")]
    assert (hashes[0], True) == (hashes[1], hashes[0] != hashes[2])
    assert "OPTIMAL" == json.loads(retour("design", tmp_path / "one", "--json", "--out", tmp_path).stdout)["status"]


def test_the_sample_of_france_has_its_size():
    """2,000 candidate points, 60 hubs, 30 sites, 6 classes, 5 years and 5 scenarios."""
    tables, _settings = design_sample("france", seed=1)
    kinds = tables["places"]["kind"].value_counts()
    assert (2008, 60, 30) == (kinds["POINT"], kinds["HUB"], kinds["SITE"])
    assert (6, 5, 5) == (
        tables["products"]["class_id"].nunique(), len(tables["periods"]), len(tables["scenarios"]),
    )  # fmt: skip


def test_what_is_in_a_network_counts_its_periods(network):
    """`check --json` tells how many periods there are, as a number."""
    told = json.loads(retour("check", network, "--json").stdout)
    assert ("VALID", 2, "2 periods") == (told["status"], told["periods"], told["night"])


def test_the_docs_name_every_table_of_a_stored_design():
    """docs/reports.md shows the folder of a design: no table is left out."""
    shown = (DOCS / "reports.md").read_text(encoding="utf-8").split("## Designs")[1].split("inputs/")[0]
    assert set(DESIGN_RESULT_TABLES) <= set(shown.split())
