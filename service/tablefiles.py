"""Tables to files and back: Parquet and CSV whose bytes depend on the rows alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from retour.tables.column import DATE, FLAG, INTEGER, MOMENT, NUMBER, TAGS, TEXT, Table

_ARROW_TYPES = {
    TEXT: pa.string(), INTEGER: pa.int64(), NUMBER: pa.float64(), FLAG: pa.bool_(),
    DATE: pa.timestamp("us"), MOMENT: pa.timestamp("us"), TAGS: pa.list_(pa.string()),
}  # fmt: skip


def arrow_table(declared: Table, frame: pd.DataFrame) -> pa.Table:
    """Return `frame` with the declared columns in the declared order and types; clocks are seconds (float).

    Missing values of any flavour become nulls; nothing but the rows ends up in the table (no metadata).
    """
    columns = {c.name: _arrow_column(frame[c.name], _ARROW_TYPES.get(c.kind, pa.float64())) for c in declared.columns}
    return pa.table(columns)


def _arrow_column(values: pd.Series, kind: pa.DataType) -> pa.Array:
    if pa.types.is_list(kind):
        return pa.array([list(v) if isinstance(v, (tuple, list)) else None for v in values], kind)
    if pa.types.is_string(kind):
        return pa.array(values.astype(object).where(values.notna(), None), kind)
    return pa.array(values, kind, from_pandas=True)


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write one table as Parquet (zstd)."""
    pq.write_table(table, path, compression="zstd", store_schema=False)


def write_csv(path: Path, table: pa.Table) -> None:
    """Write one table as CSV in UTF-8 with a header; null is an empty cell."""
    pa_csv.write_csv(table, path, pa_csv.WriteOptions(quoting_style="needed"))


def read_parquet(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return one stored table, or only some of its columns."""
    return pq.read_table(path, columns=None if columns is None else list(columns)).to_pandas()


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file, so that two runs can be compared without opening them."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def plain(value: Any) -> Any:
    """Return a value JSON can hold: numpy scalars become Python's, a missing or infinite number becomes None."""
    scalar = value.item() if hasattr(value, "item") else value
    if isinstance(scalar, float) and not -float("inf") < scalar < float("inf"):
        return None
    return scalar
