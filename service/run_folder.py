"""Folders of stored runs: written hidden, seen whole or not at all; and what all of them hold."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pandas as pd

from retour.tables.column import Table
from service.manifest import FileRecord
from service.tablefiles import fingerprint, write_table
from service.writable import TEMPORARY


def new_run_id(network: str, day: date) -> str:
    """Return a fresh id, `YYYY-MM-DD-<network>-<8 hex>`."""
    slug = re.sub(r"[^a-z0-9]+", "-", network.lower()).strip("-") or "network"
    return f"{day.isoformat()}-{slug}-{secrets.token_hex(4)}"


@contextmanager
def hidden_folder(store: Path, run_id: str) -> Iterator[Path]:
    """Make a folder that nobody lists, to be renamed once it is complete; what is left of it is gone at the end."""
    store.mkdir(parents=True, exist_ok=True)
    folder = store / f"{TEMPORARY}{run_id}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_stored(folder: Path, declared: Table, frame: pd.DataFrame) -> FileRecord:
    """Write a table as Parquet and CSV under its name and return its record."""
    path = folder / f"{declared.name}.parquet"
    write_table(declared, frame, parquet=path, csv=path.with_suffix(".csv"))
    return FileRecord(rows=len(frame), sha256=fingerprint(path))
