"""Read a CSV file as text: UTF-8, commas, one header line; everything else is an issue that says so."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from retour.errors import InputError, Issue
from retour.gate.text import TextTable, listed, text_table

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
BLOCK_BYTES = 1 << 24


def read_csv(path: Path) -> TextTable:
    """Return the cells of a CSV file as text; InputError when no table can be made of it."""
    content = _decodable(path)
    header, header_lines = _header(path.name, content)
    ragged: list[arrow_csv.InvalidRow] = []
    table = _cells(path.name, content, len(header), header_lines, ragged, threads=True)
    if ragged:  # only the reading on one thread knows the numbers of the rows it left out
        ragged.clear()
        table = _cells(path.name, content, len(header), header_lines, ragged, threads=False)
    rows = _file_rows(content, header_lines, table.num_rows + len(ragged))
    left_out = np.array([row.number - header_lines - 1 for row in ragged], dtype=np.int64)
    issues = _ragged_issues(path.name, ragged, rows[left_out])
    columns: list[pd.Series] = [column.to_pandas() for column in table.columns]
    return text_table(path.name, header, columns, np.delete(rows, left_out), issues)


def _decodable(path: Path) -> bytes:
    content = path.read_bytes().removeprefix(BYTE_ORDER_MARK)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{content[error.start]:02X} at offset {error.start} is not UTF-8"
        raise InputError([Issue(path.name, line, None, f"{found}; save as UTF-8 (in Excel: CSV UTF-8)")]) from None
    if not content.strip():
        raise InputError([Issue(path.name, None, None, "the file is empty; it needs a header line at least")])
    if content.count(b'"') % 2:
        message = 'a quotation mark " is opened but never closed; close or remove it'
        raise InputError([Issue(path.name, _line_of_open_quote(content), None, message)])
    return content


def _line_of_open_quote(content: bytes) -> int:
    odd = [i for i, line in enumerate(content.split(b"\n"), start=1) if line.count(b'"') % 2]
    return odd[0]


def _header(file: str, content: bytes) -> tuple[list[str], int]:
    """Return the column names and the number of lines they take."""
    lines = csv.reader(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline=""))
    names = [name.strip() for name in next(lines)]
    other = next((d for d in OTHER_DELIMITERS if len(names) == 1 and d in names[0]), None)
    if other is not None:
        found = f"cells are separated by {OTHER_DELIMITERS[other]} ({other!r})"
        raise InputError([Issue(file, 1, None, f"{found}; save with commas and decimal points")])
    return names, lines.line_num


def _cells(
    file: str, content: bytes, width: int, header_lines: int, ragged: list[arrow_csv.InvalidRow], *, threads: bool
) -> pa.Table:
    """Return text columns named 0, 1, ...; rows of another width are appended to `ragged` instead."""

    def note(row: arrow_csv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    names = [str(i) for i in range(width)]
    if not content.endswith((b"\n", b"\r")):
        content += b"\n"
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(content),
            read_options=arrow_csv.ReadOptions(
                column_names=names, skip_rows=header_lines, use_threads=threads, block_size=BLOCK_BYTES
            ),
            parse_options=arrow_csv.ParseOptions(invalid_row_handler=note, newlines_in_values=b'"' in content),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowException as error:
        raise InputError([Issue(file, None, None, f"is no readable CSV ({error}); save it again as CSV")]) from None


def _file_rows(content: bytes, header_lines: int, records: int) -> NDArray[np.int64]:
    """Return the row of the file of each record; empty lines count as rows, as a spreadsheet shows them."""
    if b"\n\n" in content or b"\n\r\n" in content:
        lines = [i for i, line in enumerate(content.splitlines(), start=1) if line]
        if len(lines) == records + header_lines:
            return np.array(lines[header_lines:], dtype=np.int64)
    return np.arange(records, dtype=np.int64) + header_lines + 1


def _ragged_issues(file: str, ragged: list[arrow_csv.InvalidRow], rows: NDArray[np.int64]) -> list[Issue]:
    step = "put text that holds a comma in quotation marks and write numbers with a decimal point"
    defects = (
        (int(line), f"has {row.actual_columns} cells but the header has {row.expected_columns}; {step}")
        for line, row in zip(rows, ragged, strict=True)
    )
    return listed(file, None, defects, count=len(ragged))
