"""A run as one Excel workbook: a summary, then a sheet per table."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from retour.tables import RESULT_TABLES
from retour.tables.column import DATE, FLAG, MOMENT, NUMBER, Table
from service.kpis import FIGURES, activities_of
from service.run import Run
from service.sheets import PLAIN, WIDEST, finish, heading, width

if TYPE_CHECKING:
    from xlsxwriter import Workbook

MOST_ROWS = 100_000


def workbook(run: Run) -> bytes:
    """Return the run's summary and tables as .xlsx.

    A table longer than MOST_ROWS is cut, and its header says so; a ledger that is cut is summed up by activity first.
    """
    from xlsxwriter import Workbook

    stream = BytesIO()
    with Workbook(stream, PLAIN) as book:
        _summary(book, run)
        if run.manifest.tables["ledger"].rows > MOST_ROWS:
            by_activity = activities_of(run.pieces("ledger"))
            _sheet(book, "ledger by activity", by_activity, RESULT_TABLES["ledger"], rows=len(by_activity))
        for name in (n for n in RESULT_TABLES if n in run.manifest.tables):
            _sheet(book, name, run.head(name, MOST_ROWS), RESULT_TABLES[name], rows=run.manifest.tables[name].rows)
    return stream.getvalue()


def _summary(book: Workbook, run: Run) -> None:
    sheet, bold = book.add_worksheet("summary"), book.add_format({"bold": True})
    m = run.manifest
    facts: list[tuple[str, Any, str]] = [
        ("Run", m.id, ""),
        ("Network", m.network.name, ""),
        ("Night", m.night.isoformat(), ""),
        ("Status", str(m.status), ""),
        ("Promises broken", m.violations, ""),
        ("Certified gap", m.gap, "share"),
        ("Seed", m.seed, ""),
        ("Time budget", m.budget_s, "s"),
    ]
    figures = [(f.label, m.kpis.get(key), f.unit) for key, f in FIGURES.items()]
    notes = [("Alert", a, "") for a in m.alerts] + [("Degraded", d, "") for d in m.degraded]
    for i, (label, value, unit) in enumerate([*facts, *figures, *notes]):
        sheet.write(i, 0, label, bold)
        sheet.write(i, 1, "" if value is None else value)
        sheet.write(i, 2, unit)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, WIDEST)


def _sheet(book: Workbook, name: str, shown: pd.DataFrame, table: Table, *, rows: int) -> None:
    """Write the rows shown; where they are the first of more `rows`, the first heading says so."""
    sheet = book.add_worksheet(name)
    head = heading(book)
    formats = {"_eur": book.add_format({"num_format": "#,##0.00"}), "_kg": book.add_format({"num_format": "#,##0.00"})}
    for j, column in enumerate(table.column(c) for c in shown.columns):
        cut = f" (first {len(shown)} of {rows} rows)" if j == 0 and rows > len(shown) else ""
        sheet.write(0, j, column.name + cut, head)
        sheet.write_comment(0, j, column.doc + (f" [{column.unit}]" if column.unit else ""))
        style = next((f for end, f in formats.items() if column.name.endswith(end)), None)
        sheet.write_column(1, j, _cells(shown[column.name], column.kind), style)
        sheet.set_column(j, j, width(shown[column.name], column.name))
    finish(sheet, rows=len(shown), columns=len(shown.columns))


def _cells(values: pd.Series, kind: str) -> list[Any]:
    if kind in (DATE, MOMENT):
        return values.dt.strftime("%Y-%m-%d %H:%M").fillna("").tolist()
    plain = values.astype(object).where(values.notna(), "")
    if kind == NUMBER:
        return [round(v, 6) if isinstance(v, float) else v for v in plain]
    return [bool(v) for v in plain] if kind == FLAG else plain.tolist()
