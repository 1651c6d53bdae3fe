"""Tables to files and back: Parquet and CSV whose bytes depend on the rows alone, large ones piece by piece."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from retour.tables.column import DATE, FLAG, INTEGER, MOMENT, NUMBER, TAGS, TEXT, Table

PIECE_ROWS = 500_000
_ARROW_TYPES = {
    TEXT: pa.string(), INTEGER: pa.int64(), NUMBER: pa.float64(), FLAG: pa.bool_(),
    DATE: pa.timestamp("us"), MOMENT: pa.timestamp("us"), TAGS: pa.list_(pa.string()),
}  # fmt: skip


def write_table(declared: Table, frame: pd.DataFrame, *, parquet: Path, csv: Path | None = None) -> None:
    """Write one table as Parquet (zstd) and, if asked, as CSV in UTF-8 with a header, where null is an empty cell.

    Columns have the declared order and types; clocks are seconds (float), missing values of any flavour nulls.
    """
    with table_writer(declared, parquet=parquet, csv=csv) as write:
        write(frame)


@contextmanager
def table_writer(
    declared: Table, *, parquet: Path, csv: Path | None = None
) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Open the files of one table and yield what writes rows to them, as often as there are more; see `write_table`."""
    schema = pa.schema([(c.name, _ARROW_TYPES.get(c.kind, pa.float64())) for c in declared.columns])
    with ExitStack() as opened:
        threads = opened.enter_context(ThreadPoolExecutor(2))
        files: list[Any] = [pq.ParquetWriter(parquet, schema, compression="zstd", store_schema=False)]
        if csv is not None:
            files.append(pa_csv.CSVWriter(csv, schema, write_options=pa_csv.WriteOptions(quoting_style="needed")))
        for file in files:
            opened.enter_context(file)

        def write(frame: pd.DataFrame) -> None:
            for start in range(0, max(1, len(frame)), PIECE_ROWS):
                piece = _arrow_table(schema, frame.iloc[start : start + PIECE_ROWS])
                list(threads.map(lambda file, rows=piece: file.write_table(rows), files))

        yield write


def _arrow_table(schema: pa.Schema, frame: pd.DataFrame) -> pa.Table:
    return pa.table([_arrow_column(frame[column.name], column.type) for column in schema], schema=schema)


def _arrow_column(values: pd.Series, kind: pa.DataType) -> pa.Array:
    if pa.types.is_list(kind):
        return pa.array([list(v) if isinstance(v, (tuple, list)) else None for v in values], kind)
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = values.cat.codes.to_numpy()
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), _words(values.cat.categories)).cast(kind)
    return pa.array(values, kind, from_pandas=True).cast(kind)


def _words(categories: pd.Index) -> pa.Array:
    return pa.array(categories.to_numpy(object), pa.string())


def read_parquet(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return one stored table, or only some of its columns."""
    return pq.read_table(path, columns=None if columns is None else list(columns)).to_pandas()


def read_pieces(path: Path, columns: Sequence[str] | None = None, *, rows: int = PIECE_ROWS) -> Iterator[pd.DataFrame]:
    """Yield a stored table, or some of its columns, at most `rows` rows at a time; at least one piece, maybe empty."""
    with pq.ParquetFile(path) as file:
        wanted = None if columns is None else list(columns)
        if file.metadata.num_rows == 0:
            yield file.read(wanted).to_pandas()
        for batch in file.iter_batches(rows, columns=wanted):
            yield batch.to_pandas()


def parquet_rows(path: Path) -> int:
    """Return how many rows a stored table has."""
    return int(pq.read_metadata(path).num_rows)


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
