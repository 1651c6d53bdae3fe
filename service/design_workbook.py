"""A design as one Excel workbook: a summary that totals from the ledger, then a sheet per table."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from retour.tables.design import DESIGN_RESULT_TABLES
from service.design_report_tables import cost_by_line, period_names, periods_of, place_board
from service.designing_store import DesignRun
from service.sheets import MOST_ROWS, PLAIN, write_sheet

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

WORKBOOK = "design.xlsx"
LABEL_WIDTH, FIGURE_WIDTH = 30, 16
LEDGER = "ledger"


def write_workbook(run: DesignRun) -> None:
    """Write `design.xlsx` into the run's folder."""
    (run.path / WORKBOOK).write_bytes(design_workbook(run))


def design_workbook(run: DesignRun) -> bytes:
    """Return the design as .xlsx: `summary`, `places` (what becomes of each) and every result table.

    The summary's costs are formulas over the sheet `ledger`, with their values. A table longer than MOST_ROWS is cut
    and its first heading says so; where that is the ledger, the summary holds values alone.
    """
    from xlsxwriter import Workbook

    stream = BytesIO()
    with Workbook(stream, PLAIN) as book:
        _summary(book, run)
        write_sheet(book, "places", place_board(run), most_rows=MOST_ROWS)
        for name, declared in DESIGN_RESULT_TABLES.items():
            write_sheet(book, declared.name, run.table(name), declared=declared, most_rows=MOST_ROWS)
    return stream.getvalue()


def _summary(book: Workbook, run: DesignRun) -> None:
    sheet, bold = book.add_worksheet("summary"), book.add_format({"bold": True})
    facts = _facts(run)
    for i, (label, value) in enumerate(facts):
        sheet.write(i, 0, label, bold)
        sheet.write(i, 1, "" if value is None else value)
    _costs(book, sheet, run, top=len(facts) + 1)
    sheet.set_column(0, 0, LABEL_WIDTH)
    sheet.set_column(1, run.manifest.network.periods + 2, FIGURE_WIDTH)


def _facts(run: DesignRun) -> list[tuple[str, Any]]:
    m = run.manifest
    kpis = [(name.replace("_", " ").capitalize(), value) for name, value in m.kpis.items()]
    return [
        ("Design", m.id), ("Network", m.network.name), ("Periods", m.network.periods),
        ("Currency", m.network.currency), ("Discount rate, yearly", m.network.discount_rate),
        ("Status", str(m.status)), ("Promises broken", m.violations),
        ("Cost, discounted", m.cost), ("No design costs less than", m.bound), ("Gap, share of cost", m.gap),
        ("Seed", m.seed), ("Time budget, s", m.budget_s), ("Note", m.note), ("Attribution", m.network.attribution),
        *kpis,
    ]  # fmt: skip


def _costs(book: Workbook, sheet: Worksheet, run: DesignRun, *, top: int) -> None:
    """Write cost by ledger line and period, their sums, and the discounted cost, from row `top` (0: the first)."""
    head, money = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "#,##0.00"})
    lines, periods, names = cost_by_line(run), periods_of(run), period_names(run)
    live = run.manifest.tables[LEDGER].rows <= MOST_ROWS
    columns = [f"cost_{t}" for t in periods] + ["cost", "present_cost"]
    titles = [f"Period {t}" if n == str(t) else n for t, n in zip(periods, names, strict=True)]
    sheet.write_row(top, 0, ["Cost by ledger line", *titles, "All periods", "Discounted"], head)
    for i, line in enumerate(lines.to_dict("records"), start=top + 1):
        sheet.write(i, 0, line["activity"])
        for j, column in enumerate(columns, start=1):
            formula = _line_formula(column, row=i + 1) if live else None
            _figure(sheet, i, j, formula, line[column], money)
    last = top + 1 + len(lines)
    sheet.write(last, 0, "Total", head)
    for j, column in enumerate(columns, start=1):
        letter = _letter(j)
        formula = f"=SUM({letter}{top + 2}:{letter}{last})" if live else None
        _figure(sheet, last, j, formula, float(lines[column].sum()), money)


def _line_formula(column: str, *, row: int) -> str:
    """Return the formula of one cell of a ledger line, whose name stands in column A of `row` (1: the first)."""
    amounts = _ledger_column("present_cost" if column == "present_cost" else "cost")
    wanted = f"{_ledger_column('activity')},$A{row}"
    period = column.removeprefix("cost_")
    if period.isdigit():
        wanted += f",{_ledger_column('period')},{period}"
    return f"=SUMIFS({amounts},{wanted})"


def _ledger_column(name: str) -> str:
    letter = _letter(DESIGN_RESULT_TABLES[LEDGER].column_names.index(name))
    return f"{LEDGER}!${letter}:${letter}"


def _letter(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def _figure(sheet: Worksheet, row: int, column: int, formula: str | None, value: float, look: Format) -> None:
    if formula is None:
        sheet.write_number(row, column, value, look)
    else:
        sheet.write_formula(row, column, formula, look, value)
