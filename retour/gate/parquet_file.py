"""Read a Parquet file as text, whatever types its columns have."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from retour.errors import InputError, Issue
from retour.gate.text import TextTable, once_per_word, text_table


def read_parquet(path: Path, *, typed: Collection[str] = ()) -> TextTable:
    """Return the cells of a Parquet file as text; rows are counted as if the header were row 1.

    Columns named in `typed` stay numbers and flags where the file has them as such: text is the long way round.
    """
    with _readable(path):
        return _as_text_table(path.name, parquet.ParquetFile(path).read(), first_row=2, typed=typed)


def read_batches(path: Path, *, rows: int, typed: Collection[str] = ()) -> Iterator[TextTable]:
    """Yield a Parquet file as `read_parquet` returns it, at most `rows` rows at a time."""
    with _readable(path), parquet.ParquetFile(path) as file:
        row = 2
        for batch in file.iter_batches(rows):
            many = batch.num_rows
            yield _as_text_table(path.name, pa.Table.from_batches([batch]), first_row=row, typed=typed)
            row += many


def parquet_rows(path: Path) -> int:
    """Return how many rows a Parquet file holds; only its end is read. InputError where it is none."""
    with _readable(path):
        return int(parquet.read_metadata(path).num_rows)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what Arrow cannot read into an InputError that names the file."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        message = f"is no readable Parquet file ({reason}); write it again"
        raise InputError([Issue(path.name, None, None, message)]) from None


def _as_text_table(file: str, table: pa.Table, *, first_row: int, typed: Collection[str]) -> TextTable:
    rows = np.arange(table.num_rows, dtype=np.int64) + first_row
    names, columns, issues = [], [], []
    left = list(zip(table.column_names, table.columns, strict=True))[::-1]
    del table  # each column is let go once it is converted
    while left:
        name, column = left.pop()
        try:
            columns.append(_plain(column) if name.strip() in typed else _text(column))
            names.append(name.strip())
        except pa.ArrowException:
            issues.append(Issue(file, None, name, f"type {column.type} cannot be read; write text or numbers"))
    return text_table(file, names, columns, rows, issues)


def _plain(column: pa.ChunkedArray) -> pd.Series:
    """Return 64-bit numbers as float64 and flags without a gap as bool, everything else as text."""
    if pa.types.is_float64(column.type) or pa.types.is_int64(column.type):
        return column.to_pandas().astype("float64")
    if pa.types.is_boolean(column.type) and column.null_count == 0:
        return column.to_pandas()
    return _text(column)


def _text(column: pa.ChunkedArray) -> pd.Series:
    """Return a column as text: floats shortest, moments ISO, lists joined by semicolons, NaN missing."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.cast(kind.value_type))
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)
    elif pa.types.is_timestamp(kind):
        return once_per_word(column.to_pandas(), lambda moments: moments.dt.strftime("%Y-%m-%dT%H:%M:%S").astype("str"))
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        column = pc.binary_join(column, ";")
    elif pa.types.is_large_string(kind):
        return column.to_pandas().astype("str")
    return column.cast(pa.string()).to_pandas().astype("str")
