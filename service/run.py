"""A stored run: a folder that is never changed, opened lazily."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from retour.plan import shaped
from retour.tables import RESULT_TABLES
from service.manifest import Manifest, read_record
from service.tablefiles import read_parquet, read_pieces

if TYPE_CHECKING:
    import duckdb

MANIFEST, REPORT, GEOJSON, INPUTS, DRIVERS = "run.json", "report.html", "routes.geojson", "inputs", "drivers"
PROGRESS = "progress.csv"


@dataclass(frozen=True)
class Run:
    """One run folder; nothing is read before it is asked for."""

    path: Path

    @cached_property
    def manifest(self) -> Manifest:
        """Everything in `run.json`."""
        return read_record(self.path / MANIFEST, Manifest)

    @property
    def id(self) -> str:
        """Name of the run: its folder's name."""
        return self.path.name

    @property
    def report(self) -> Path:
        """The HTML report."""
        return self.path / REPORT

    @property
    def geojson(self) -> Path:
        """Routes and stops as GeoJSON."""
        return self.path / GEOJSON

    @property
    def progress(self) -> Path:
        """How the best cost came down (`service.best_so_far`); absent in older runs."""
        return self.path / PROGRESS

    def table(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a result table (`decisions`, `visits`, `stops`...) or some of its columns; KeyError if it is none.

        A table or columns that came after the run was stored are empty.
        """
        declared = RESULT_TABLES[name]
        if name not in self.manifest.tables:
            return shaped(name, pd.DataFrame())[list(columns or declared.column_names)]
        stored = read_parquet(self.path / f"{declared.name}.parquet", columns)
        later = columns is None and not set(declared.column_names) <= set(stored.columns)
        return stored.reindex(columns=declared.column_names) if later else stored

    def pieces(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield a result table or some of its columns a piece of rows at a time: a large night's ledger is long."""
        return read_pieces(self.path / f"{RESULT_TABLES[name].name}.parquet", columns)

    def head(self, name: str, rows: int) -> pd.DataFrame:
        """Return the first rows of a result table; no more of it is read."""
        return next(read_pieces(self.path / f"{RESULT_TABLES[name].name}.parquet", rows=rows))

    def input(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the stored copy of one input table or some of its columns; KeyError when the run keeps none."""
        if name not in self.manifest.inputs:
            raise KeyError(name)
        return read_parquet(self.path / INPUTS / f"{name}.parquet", columns)

    def settings(self) -> dict[str, Any]:
        """Return the network's settings and policy as they were: `network` and `policy`."""
        loaded: dict[str, Any] = json.loads((self.path / INPUTS / "settings.json").read_text(encoding="utf-8"))
        return loaded

    def query(self, sql: str, parameters: list[Any] | None = None) -> pd.DataFrame:
        """Return the answer to a DuckDB query over the tables, inputs as `input_<name>`; for what is too big to load.

        >>> run.query("SELECT * FROM decisions WHERE return_id = ?", ["R17"])
        """
        with self._database() as db:
            return db.execute(sql, parameters or []).df()

    def _database(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        db = duckdb.connect(":memory:")
        files = {n: self.path / f"{n}.parquet" for n in self.manifest.tables}
        files |= {f"input_{n}": self.path / INPUTS / f"{n}.parquet" for n in self.manifest.inputs}
        for name, path in files.items():
            quoted = str(path).replace("'", "''")
            db.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{quoted}')")
        return db
