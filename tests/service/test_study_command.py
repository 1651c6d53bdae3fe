"""`retour design NETWORK STUDY.toml`: a study is carried out, stored with its designs, and told."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

from network_design.study.settings import Front
from network_design.study.tables import STUDY_TABLES
from service import cli
from service.designing_store import DesignRun
from service.studies.run import StudyRun
from service.studies.terminal import SHOWN, show_study
from service.studies.terminal_columns import shown_columns
from service.terminal_tables import print_table
from tests.network_design.conftest import loaded, rows, small_tables

BY_KIND = {
    "money": -123456789.4, "as it": -123456789.4, "share": 0.1234, "km": 1234.56, "t": 12345.6, "ratio": 0.8,
    "degree": -48.85661, "text": "many returns", "integer": 12, "number": 0.0, "flag": True,
}  # fmt: skip
FEW_OR_MANY = """
name = "Few or many"
[[designs]]
id = "near"
levers = { must_open = ["N"] }
[[scenarios]]
id = "few"
probability = 0.9
changes = [{ table = "supply", column = "amount_t", set = 2 }]
[[scenarios]]
id = "many"
probability = 0.1
changes = [{ table = "supply", column = "amount_t", set = 20 }]
[uncertainty]
weight = 0.0
"""


def retour(*words: object):
    """Run a command in this process."""
    return CliRunner().invoke(cli.app, [str(w) for w in words], prog_name="retour")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the small network in one year, in which returns may be disposed of where they arise, at 40."""
    tables, here = small_tables() | {"periods": rows("period", (1,))}, tmp_path_factory.mktemp("study")
    tables["disposal"] = rows(
        "place_id product_id cost_per_t", ("N", "waste", 10), ("F", "waste", 10), ("Z", "returns", 40)
    )
    loaded(tables, here)
    return here


@pytest.fixture(scope="module")
def told(folder):
    """What --json tells of a study of few or many returns."""
    (folder / "STUDY.toml").write_text(FEW_OR_MANY)
    found = retour("design", folder / "network", folder / "STUDY.toml", "--json", "--out", folder / "runs")
    return {"code": found.exit_code, **json.loads(found.stdout)}


def test_a_study_is_stored_with_its_designs(told, folder):
    """--json tells the design for all futures, with its bound (worked out in test_futures); every member is a run."""
    assert (0, "OPTIMAL", True) == (told["code"], told["status"], told["feasible"])
    assert pytest.approx((56, 56, 40, 58.5)) == (
        told["cost"], told["bound"], told["hedged"]["value_of_hedging"], told["hedged"]["value_of_perfect_information"]
    )  # fmt: skip
    stored = StudyRun(folder / "runs" / "studies" / told["run_id"])
    assert {"near", "few", "many", "all futures", "expected figures"} == set(stored.table("members")["design_id"])
    for run_id, cost in stored.table("members")[["run_id", "cost"]].itertuples(index=False):
        member = DesignRun(folder / "runs" / "designs" / run_id).manifest
        assert (True, pytest.approx(cost)) == (member.feasible, member.ledger_total)
    regrets = {(r["design_id"], r["scenario_id"]): r["regret"] for r in told["regret"]}
    # N costs 320 - 36 q up to its 10 t, and 40 a tonne beyond: 248 and 360 against 45 and -430.
    assert pytest.approx((203, 790)) == (regrets["near", "few"], regrets["near", "many"])
    files = {path.name for path in stored.path.iterdir()}
    assert {f"{n}.{kind}" for n in ("members", "summary", "regret") for kind in ("csv", "parquet")} <= files
    assert {"members", "summary", "regret"} <= set(stored.manifest.tables) <= set(STUDY_TABLES)


def test_the_study_is_shown(told, folder, capsys):
    """A person reads the tables, and what hedging and knowing would be worth."""
    show_study(StudyRun(folder / "runs" / "studies" / told["run_id"]), seconds=1.0)
    shown = capsys.readouterr().out
    for part in ("Designs over all futures", "Every design in every future", "hedging saves 40", "no broken promise"):
        assert part in shown


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_tables_of_studies_fit_80_columns(name, capsys, monkeypatch):
    """Costs of hundreds of millions, and what else a table has, stand whole in the width of a pipe."""
    monkeypatch.setenv("COLUMNS", "80")
    row = {c.name: BY_KIND.get(c.unit or c.kind, BY_KIND[c.kind]) for c in STUDY_TABLES[name].columns}
    frame = pd.DataFrame([row | {"unit": "money", "low_status": "OPTIMAL", "high_status": "OPTIMAL"}])
    frame = frame[STUDY_TABLES[name].column_names]
    asked = SimpleNamespace(front_asked=Front())
    print_table(Console(), shown_columns(asked, name, frame), title=SHOWN[name])
    shown = capsys.readouterr().out
    assert max(map(len, shown.split("\n"))) <= 80
    assert "…" not in shown
    money = [c.name for c in STUDY_TABLES[name].columns if c.unit == "money"]
    assert shown.count("−123,456,789") == len(money) + (2 if name == "front_bounds" else name == "front")
    assert "0.000" not in shown


def test_a_lever_without_a_design_says_so():
    """A cost that is missing is told: no design fits, or none was found in time."""
    frame = pd.DataFrame([
        ("supply", 0.8, 1.2, 5.0, 6.0, None, 0.0, None, "OPTIMAL", "INFEASIBLE"),
        ("sales", 0.8, 1.2, None, 6.0, 7.0, None, 1.0, "FAILED", "OPTIMAL"),
    ], columns=STUDY_TABLES["sensitivity"].column_names)  # fmt: skip
    columns = {column.heading: column.cells for column in shown_columns(None, "sensitivity", frame)}
    assert (["5.00", "not in time"], ["no design", "7.00"]) == (columns["cost × 0.8"], columns["cost × 1.2"])
    assert ["0", ""] == columns["places that change × 0.8"]


def test_a_defect_of_the_study_stores_nothing(folder, tmp_path):
    """Wrong names end in exit code 3 with every issue, and no run."""
    (tmp_path / "STUDY.toml").write_text(FEW_OR_MANY.replace('"N"', '"X"').replace('"supply"', '"suply"'))
    found = retour("design", folder / "network", tmp_path / "STUDY.toml", "--json", "--out", tmp_path / "runs")
    assert 3 == found.exit_code
    assert 3 == len(json.loads(found.stdout)["issues"])
    assert not (tmp_path / "runs").exists()


def test_a_future_without_a_design_ends_nothing_else(tmp_path, capsys):
    """50 t fit nowhere: exit code 6 with the conflict and its repair, and a design for the future that is left.

    2 t at F with 5 t: 105 - 60.
    """
    loaded(small_tables() | {"periods": rows("period", (1,))}, tmp_path / "strict")
    (tmp_path / "STUDY.toml").write_text(FEW_OR_MANY.replace("set = 20", "set = 50"))
    words = ["design", tmp_path / "strict" / "network", tmp_path / "STUDY.toml", "--out", tmp_path / "runs"]
    found = retour(*words, "--json")
    told = json.loads(found.stdout)
    assert (6, 6, "OPTIMAL", 45.0) == (found.exit_code, told["exit_code"], told["status"], round(told["cost"], 6))
    assert 1 == len(told["shortfalls"])
    assert told["shortfalls"][0].startswith("many: No design keeps all of these limits together: ")
    assert told["shortfalls"][0].endswith("room for 20 t more (period 1).")
    status = {(o["what"], o["id"]): o["status"] for o in told["outcomes"]}
    assert {("future", "many"): "INFEASIBLE", ("future", "few"): "OPTIMAL", ("option", "near"): "OPTIMAL",
            ("all futures", "all futures"): "OPTIMAL"} == status  # fmt: skip
    assert {1} == {row["futures_counted"] for row in told["summary"]}
    assert {None} == {row["best_cost"] for row in told["regret"] if row["scenario_id"] == "many"}
    show_study(StudyRun(tmp_path / "runs" / "studies" / told["run_id"]), seconds=1.0)
    assert "Degraded: many: No design keeps" in capsys.readouterr().out


def test_no_future_with_a_design_is_told(folder, tmp_path):
    """Where nothing at all has a design the command ends in exit code 4 with the futures' names, and no run."""
    text = FEW_OR_MANY + '[levers]\nforbidden = ["F", "N"]\n'
    tables = small_tables() | {"periods": rows("period", (1,))}
    loaded(tables, tmp_path / "strict")
    (tmp_path / "STUDY.toml").write_text(text.replace('["N"]', "[]"))
    found = retour("design", tmp_path / "strict" / "network", tmp_path / "STUDY.toml", "--out", tmp_path / "runs")
    assert 4 == found.exit_code
    assert "few: " in found.stderr
