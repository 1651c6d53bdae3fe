"""The catalogue of runs: one SQLite row per run folder, so that listing thousands of runs opens none of them.

The folders are the truth: a lost, stale or damaged catalogue is rebuilt from their `run.json`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pandas as pd

from service.manifest import Manifest

CATALOGUE = "catalogue.sqlite"
BUSY_TIMEOUT_S = 30.0
COLUMNS = {
    "id": "TEXT PRIMARY KEY", "kind": "TEXT", "network": "TEXT", "night": "TEXT", "created_at": "TEXT",
    "status": "TEXT", "feasible": "INTEGER", "degraded": "INTEGER", "net_cost_eur": "REAL", "objective_eur": "REAL",
    "gap": "REAL", "co2e_kg": "REAL", "returns": "INTEGER", "seed": "INTEGER", "engine": "TEXT", "seconds": "REAL",
}  # fmt: skip
FLAGS = ("feasible", "degraded")


def insert(root: Path, manifests: Iterable[Manifest]) -> None:
    """Add runs to the catalogue of the store at `root`; a run that is there already is left alone."""
    rows = [_row(m) for m in manifests]
    marks = ", ".join("?" * len(COLUMNS))
    with _connect(root) as db:
        db.executemany(f"INSERT OR IGNORE INTO runs VALUES ({marks})", rows)


def remove(root: Path, ids: Iterable[str]) -> None:
    """Forget runs whose folders are gone."""
    with _connect(root) as db:
        db.executemany("DELETE FROM runs WHERE id = ?", [(i,) for i in ids])


def ids(root: Path) -> set[str]:
    """Return the ids of all catalogued runs."""
    with _connect(root) as db:
        return {row[0] for row in db.execute("SELECT id FROM runs")}


def rows(root: Path) -> pd.DataFrame:
    """Return the catalogue, the newest run first; `created_at` as UTC moments, flags as booleans."""
    with _connect(root) as db:
        found = db.execute(f"SELECT {', '.join(COLUMNS)} FROM runs ORDER BY created_at DESC, id DESC").fetchall()
    frame = pd.DataFrame(found, columns=list(COLUMNS))
    frame["created_at"] = pd.to_datetime(frame["created_at"], utc=True, format="ISO8601")
    return frame.astype(dict.fromkeys(FLAGS, bool))


def discard(root: Path) -> None:
    """Delete the catalogue; the next call makes a new one."""
    for suffix in ("", "-wal", "-shm"):
        (root / f"{CATALOGUE}{suffix}").unlink(missing_ok=True)


@contextmanager
def _connect(root: Path) -> Iterator[sqlite3.Connection]:
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    with closing(sqlite3.connect(root / CATALOGUE, timeout=BUSY_TIMEOUT_S)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(f"CREATE TABLE IF NOT EXISTS runs ({columns})")
        with db:
            yield db


def _row(manifest: Manifest) -> tuple[object, ...]:
    kpis = manifest.kpis
    return (
        manifest.id, manifest.kind, manifest.network.name, manifest.night.isoformat(), manifest.created_at.isoformat(),
        str(manifest.status), manifest.feasible, bool(manifest.degraded), kpis["net_cost_eur"], manifest.objective_eur,
        manifest.gap, kpis["co2e_kg"], kpis["returns_planned"], manifest.seed, manifest.engine, manifest.total_seconds,
    )  # fmt: skip
