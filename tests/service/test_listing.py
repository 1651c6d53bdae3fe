"""`retour runs`: nights, designs, studies and replays of a store in one list."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest
from typer.testing import CliRunner

from network_design.study.tables import STUDY_TABLES
from service import cli
from service.describe import Asked
from service.designing_store import DESIGNS, DesignRun
from service.listing import COLUMNS, KINDS, list_stored
from service.replaying_store import REPLAYS
from service.store import publish
from service.studies.run import STUDIES
from service.tablefiles import write_table
from tests.service.designs import small_design


def retour(*words: object):
    """Run a command in this process."""
    return CliRunner().invoke(cli.app, [str(w) for w in words], prog_name="retour")


@pytest.fixture(scope="module")
def designed(tmp_path_factory):
    """Two stored designs."""
    return [small_design(tmp_path_factory.mktemp(name)) for name in ("one", "two")]


@pytest.fixture
def store(tmp_path, plan, tiny, sound, designed):
    """A store with a night and two designs, the second made for a study; the study is the oldest."""
    root = tmp_path / "runs"
    publish(root, plan, asked=Asked("plan", tmp_path, 1), instance=tiny, violations=sound)
    _, second = (DesignRun(shutil.copytree(run.path, root / DESIGNS / run.id)) for run in designed)
    _store(root, STUDIES, "2026-01-01-of-one", hedged=None, shortfalls=["No design fits the boom."])
    _members(root / STUDIES / "2026-01-01-of-one", second)
    return root


def test_everything_that_is_stored_is_listed(store):
    """Four rows, the newest first, with kind, status, cost, currency and gap; a design says which study it is of."""
    told = json.loads(retour("runs", "--out", store, "--json").stdout)
    assert (4, list(COLUMNS)) == (told["count"], list(told["runs"][0]))
    night, second, first, study = told["runs"]
    assert ["plan", "design", "design", "study"] == [each["kind"] for each in told["runs"]]
    assert (-420.0, "EUR", 0.0, None) == _figures(first) and second["study"] == study["id"]
    assert night["cost"] == night["net_cost_eur"] and isinstance(night["returns"], int)
    assert (-420.0, "EUR", 0.0, None) == _figures(study)  # that of its only design
    assert (True, False) == (study["degraded"], night["degraded"])


def test_the_designs_of_a_study_are_counted_in_its_row(store):
    """People see three rows: a study's designs stand behind it."""
    shown = retour("runs", "--out", store).stdout
    assert "study of 1" in shown and "degraded" in shown
    assert 1 == shown.count(" design ")


def test_a_replay_has_a_cost_and_no_gap(tmp_path):
    """Nothing is proven of a design whose collection is priced by routes; other currencies are named."""
    figures = {"status": "FEASIBLE", "cost": 1234.4, "degraded": True, "engine": "pyvrp"}
    _store(tmp_path, REPLAYS, "2026-01-02-again", currency="CHF", **figures)
    row = list_stored(tmp_path).iloc[0]
    assert ("replay", 1234.4, "CHF", "pyvrp") == (row["kind"], row["cost"], row["currency"], row["engine"])
    assert "1,234 CHF" in retour("runs", "--out", tmp_path).stdout


def test_a_study_of_all_futures_is_told_by_its_design_for_them(tmp_path):
    """Its value, status and gap are those of the hedged design."""
    _store(tmp_path, STUDIES, "2026-01-01-futures", hedged={"status": "OPTIMAL", "value": 56.0, "gap": 0.001})
    _members(tmp_path / STUDIES / "2026-01-01-futures")
    row = list_stored(tmp_path).iloc[0]
    assert ("OPTIMAL", 56.0, 0.001) == (row["status"], row["cost"], row["gap"])


def test_an_empty_store_says_how_to_fill_it(tmp_path):
    """No night, no design: the list is empty, with its columns."""
    assert (0, list(COLUMNS)) == (len(list_stored(tmp_path / "none")), list(list_stored(tmp_path).columns))
    assert "retour plan" in retour("runs", "--out", tmp_path).stdout


def test_folders_are_those_of_the_stores():
    """What is listed lies where it is published."""
    assert {DESIGNS, STUDIES, REPLAYS} == set(KINDS)


def _figures(row):
    return row["cost"], row["currency"], row["gap"], row["study"]


def _store(root, folder, run_id, *, currency="EUR", **own):
    """Write the `run.json` of a study or replay, as far as it is listed."""
    path = root / folder / run_id
    path.mkdir(parents=True)
    network = {"name": "small", "currency": currency}
    kind = {STUDIES: "study", REPLAYS: "replay"}[folder]
    alike = {"id": run_id, "kind": kind, "created_at": "2026-01-02T03:04:05Z", "feasible": True, "seed": 1}
    (path / "run.json").write_text(json.dumps({**alike, "network": network, "seconds": {"all": 1.5}, **own}))


def _members(folder, *runs):
    """Write the table of a study's designs."""
    rows = [
        ("d", "s", "option", r.id, str(r.manifest.status), r.manifest.cost, None, r.manifest.gap, True) for r in runs
    ]
    declared = STUDY_TABLES["members"]
    write_table(declared, pd.DataFrame(rows, columns=declared.column_names), parquet=folder / "members.parquet")
