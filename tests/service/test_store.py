"""Promises of the run store."""

import json
import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from retour import InputError
from retour.tables import RESULT_TABLES
from service import store
from service.catalogue import CATALOGUE
from service.run import MANIFEST, Run
from service.store import list_runs, new_run_id, open_run, publish, reindex


@pytest.fixture
def publish_tiny(tmp_path, plan, asked, tiny, sound):
    """Publish the hand-written night under tmp_path."""
    return lambda **changes: publish(
        tmp_path, replace(plan, **changes), asked=asked, instance=tiny, violations=sound, seconds={"plan": 2.0}
    )


def test_a_run_holds_every_promised_file(publish_tiny):
    """A run folder has run.json, each table twice, the map, the report and what the pages need of the input."""
    run = publish_tiny()
    tables = {f"{name}.{ending}" for name in RESULT_TABLES for ending in ("csv", "parquet")}
    expected = {MANIFEST, "routes.geojson", "report.html", "inputs", "drivers"} | tables
    assert expected == {p.name for p in run.path.iterdir()}
    assert ["P1", "P2", "P3", "P4", "P5", "P6"] == run.input("points")["point_id"].tolist()


def test_manifest_says_what_was_found(publish_tiny, plan):
    """run.json gives objective and ledger total to the cent, seed, versions; no bound where stages prove none."""
    m = publish_tiny().manifest
    assert (-52.06, -52.06) == (round(m.objective_eur, 2), round(m.ledger_total_eur, 2))
    assert (1, 10.0, None, None) == (m.seed, m.budget_s, m.bound_eur, m.gap)
    assert (True, 0, plan.instance_hash) == (m.feasible, m.violations, m.network.hash)
    assert {"retour", "python", "pyvrp", "highspy"} <= m.versions.keys()


def test_bound_of_the_whole_night_is_taken_from_its_own_answer(publish_tiny, plan):
    """An answer about the whole night gives the run's bound and gap: (60 - 57) / 60."""
    night = replace(plan.answers[0], stage="night", objective_eur=60.0, bound_eur=57.0)
    m = publish_tiny(answers=(*plan.answers, night), objective_eur=60.0).manifest
    assert (57.0, 0.05) == (m.bound_eur, m.gap)


def test_tables_come_back_as_they_went_in(publish_tiny, plan):
    """Stored tables hold the same rows in the same order."""
    run = publish_tiny()
    assert plan.stops["arrival_s"].tolist() == run.table("stops")["arrival_s"].tolist()
    assert plan.visits["visited"].tolist() == run.table("visits")["visited"].tolist()
    assert [None] * 2 == run.table("decisions")["outcome"].astype(object).where(lambda s: s.notna(), None).tolist()[3:]


def test_equal_plans_store_equal_bytes(publish_tiny):
    """Two runs of one plan have the same bytes in every table and the same map."""
    one, two = publish_tiny(), publish_tiny()
    files = [p for p in one.path.rglob("*") if p.suffix in (".parquet", ".csv", ".geojson")]
    assert len(files) > 2 * len(RESULT_TABLES)
    assert [] == [f.name for f in files if f.read_bytes() != (two.path / f.relative_to(one.path)).read_bytes()]


def test_broken_promises_degrade_a_run(tmp_path, plan, asked, tiny, broken):
    """A plan the checker refuses is stored, not feasible, and says why."""
    m = publish(tmp_path, plan, asked=asked, instance=tiny, violations=broken).manifest
    assert (False, 1) == (m.feasible, m.violations)
    assert "van V1 carries 412 parcels" in m.degraded[0]


def test_a_crash_midway_leaves_no_run(publish_tiny, tmp_path, monkeypatch):
    """When writing fails halfway, neither a folder nor a catalogue row remains."""

    def fail(run: Run) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(store, "write_report", fail)
    with pytest.raises(OSError, match="disk full"):
        publish_tiny()
    assert [] == list(tmp_path.iterdir())
    assert list_runs(tmp_path).empty


def test_leftovers_of_killed_processes_go_after_a_day(publish_tiny, tmp_path):
    """A hidden folder from two days ago disappears with the next run; a fresh one may still be written to."""
    old, fresh = tmp_path / ".tmp-old", tmp_path / ".tmp-fresh"
    old.mkdir()
    fresh.mkdir()
    two_days_ago = time.time() - 2 * store.STALE_S
    os.utime(old, (two_days_ago, two_days_ago))
    run = publish_tiny()
    assert {fresh, run.path} == {p for p in tmp_path.iterdir() if p.is_dir()}


def test_a_run_is_never_overwritten(publish_tiny, monkeypatch):
    """Should an id come twice, the second run fails and the first stays."""
    run = publish_tiny()
    before = (run.path / MANIFEST).read_bytes()
    monkeypatch.setattr(store, "new_run_id", lambda network, night: run.id)
    with pytest.raises(OSError, match="not empty"):
        publish_tiny()
    assert before == (run.path / MANIFEST).read_bytes()


def test_run_ids_are_dated_named_and_distinct(plan):
    """An id reads YYYY-MM-DD-<network>-<8 hex>."""
    ids = {new_run_id("Łódź city/2", plan.night) for _ in range(50)}
    assert 50 == len(ids)
    assert {"2026-11-23-d-city-2"} == {i[:-9] for i in ids}


def test_lost_catalogue_is_rebuilt(publish_tiny, tmp_path):
    """Listing after the catalogue was deleted finds every run, the newest first."""
    ids = [publish_tiny().id for _ in range(3)]
    before = list_runs(tmp_path)
    (tmp_path / CATALOGUE).unlink()
    assert ids[::-1] == list_runs(tmp_path)["id"].tolist()
    assert before.equals(reindex(tmp_path))


def test_catalogue_forgets_deleted_folders(publish_tiny, tmp_path):
    """A run folder that was deleted by hand is no longer listed."""
    gone, kept = publish_tiny(), publish_tiny()
    shutil.rmtree(gone.path)
    assert [kept.id] == list_runs(tmp_path)["id"].tolist()


def test_catalogue_is_in_wal_mode(publish_tiny, tmp_path):
    """Readers do not wait for writers: the catalogue keeps a write-ahead log."""
    publish_tiny()
    with sqlite3.connect(tmp_path / CATALOGUE) as db:
        assert ("wal",) == db.execute("PRAGMA journal_mode").fetchone()


def test_two_processes_publish_at_once(tmp_path, plan, asked, tiny, sound):
    """Two processes that publish four runs each into a new store end with eight runs, all listed."""
    code = """
import pickle, sys
from pathlib import Path
from service.store import publish
root = Path(sys.argv[1])
plan, asked, instance, violations = pickle.loads((root / "night.pickle").read_bytes())
for _ in range(4):
    publish(root, plan, asked=asked, instance=instance, violations=violations)
"""
    (tmp_path / "night.pickle").write_bytes(pickle.dumps((plan, asked, tiny, sound)))
    both = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(2)]
    assert [0, 0] == [process.wait() for process in both]
    with sqlite3.connect(tmp_path / CATALOGUE) as db:
        assert (8,) == db.execute("SELECT COUNT(*) FROM runs").fetchone()
    assert 8 == len(list(tmp_path.glob(f"*/{MANIFEST}")))


def test_runs_open_by_id_path_or_latest(publish_tiny, tmp_path):
    """A run is found by its id, by its folder, and as the latest; anything else names what to do."""
    first, last = publish_tiny(), publish_tiny()
    assert (first, last) == (open_run(tmp_path, first.id), open_run(tmp_path))
    assert first.path == open_run(tmp_path / "elsewhere", first.path).path
    with pytest.raises(InputError, match="retour runs"):
        open_run(tmp_path, "2020-01-01-none-00000000")


def test_an_empty_store_lists_nothing(tmp_path):
    """A store that does not exist yet lists no run and creates nothing."""
    assert list_runs(tmp_path / "none").empty
    assert not (tmp_path / "none").exists()


def test_queries_reach_tables_and_inputs(publish_tiny):
    """A query joins a result table with a stored input table."""
    sql = "SELECT d.outcome, r.class_id FROM decisions d JOIN input_returns r USING (return_id) WHERE return_id = ?"
    assert [["RESTOCK", "shirt"]] == publish_tiny().query(sql, ["R01"]).to_numpy().tolist()


def test_policy_and_settings_are_kept(publish_tiny):
    """A run keeps the network's settings and policy as they were."""
    kept = publish_tiny().settings()
    assert ("tiny", 100.0) == (kept["network"]["name"], kept["policy"]["carbon"]["price_eur_per_t"])


def test_run_json_is_plain_json(publish_tiny):
    """run.json parses without this library."""
    run = publish_tiny()
    assert run.id == json.loads((run.path / MANIFEST).read_text(encoding="utf-8"))["id"]
