"""A long table as a Parquet file written and read piece by piece, with the types the gate leaves behind."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from retour.tables import INPUT_TABLES
from retour.tables.column import DATE, FLAG, INTEGER, MOMENT, NUMBER, TEXT, Table

ARROW_TYPES = {
    TEXT: pa.string(), NUMBER: pa.float64(), INTEGER: pa.float64(), FLAG: pa.bool_(), DATE: pa.timestamp("us"),
    MOMENT: pa.timestamp("us"),
}  # fmt: skip


def arrow_schema(table: Table) -> pa.Schema:
    """Return the columns of a declared table with their types in a file; KeyError for clocks and tags."""
    return pa.schema([(c.name, ARROW_TYPES[c.kind]) for c in table.columns])


def arrow_rows(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """Return rows as they are stored; columns that the frame lacks are empty."""
    columns = [_column(frame[c.name], c.type) if c.name in frame else pa.nulls(len(frame), c.type) for c in schema]
    return pa.table(columns, schema=schema)


def write_pieces(name: str, pieces: Iterable[pd.DataFrame], path: Path) -> None:
    """Write pieces of a declared table one after the other; no two of them are in memory at once."""
    schema = arrow_schema(INPUT_TABLES[name])
    with parquet.ParquetWriter(path, schema, compression="zstd") as file:
        for piece in pieces:
            file.write_table(arrow_rows(piece, schema))


def read_piece(path: Path) -> pd.DataFrame:
    """Return a table written by `write_pieces` with the types the gate leaves behind."""
    return parquet.read_table(path).to_pandas()


def _column(values: pd.Series, kind: pa.DataType) -> pa.Array:
    return pa.array(values, from_pandas=True).cast(kind)
