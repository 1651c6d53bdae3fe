"""Sheets of Excel workbooks: a table with its headings explained, frozen, filtered and as wide as what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from retour.tables.column import Table

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 50_000  # of one sheet: about 4 s of writing
WIDEST = 46
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
"""How a workbook is opened so that names which look like formulas or addresses stay text."""


def write_sheet(
    book: Workbook, name: str, frame: pd.DataFrame, *, declared: Table | None = None, most_rows: int = MOST_ROWS
) -> None:
    """Write a table of at most `most_rows`; where it is cut, the first heading says so.

    Headings carry what `declared` says of their columns as comments.
    """
    sheet, shown = book.add_worksheet(name), frame.head(most_rows)
    head, decimals = heading(book), book.add_format({"num_format": "#,##0.00"})
    docs = {} if declared is None else {c.name: c.doc + (f" [{c.unit}]" if c.unit else "") for c in declared.columns}
    for j, column in enumerate(shown.columns):
        cut = f" (first {len(shown)} of {len(frame)} rows)" if j == 0 and len(frame) > len(shown) else ""
        sheet.write(0, j, f"{column}{cut}", head)
        if column in docs:
            sheet.write_comment(0, j, docs[column])
        look = decimals if pd.api.types.is_float_dtype(shown[column]) else None
        sheet.write_column(1, j, _cells(shown[column]), look)
        sheet.set_column(j, j, width(shown[column], f"{column}{cut}"))
    finish(sheet, rows=len(shown), columns=len(shown.columns))


def heading(book: Workbook) -> Any:
    """Return the look of a table's headings."""
    return book.add_format({"bold": True, "bg_color": "#f0f3f4", "bottom": 1})


def width(values: pd.Series, name: str) -> int:
    """Return the width of a column in characters, by its heading and its first 200 cells."""
    longest = values.head(200).astype(str).str.len().max() if len(values) else 0
    return int(min(WIDEST, max(len(name), longest if pd.notna(longest) else 0) + 2))


def finish(sheet: Worksheet, *, rows: int, columns: int) -> None:
    """Keep the headings in sight and let every column be filtered."""
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows, 1), columns - 1)


def _cells(values: pd.Series) -> list[Any]:
    return values.astype(object).where(values.notna(), "").tolist()
