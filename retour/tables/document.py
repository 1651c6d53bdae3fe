"""Write docs/tables.md and docs/design_tables.md from the declarations: `python -m retour.tables.document`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from retour.tables import INPUT_TABLES, RESULT_TABLES, Column, Table
from retour.tables.column import KIND_DOCS, TAGS
from retour.tables.design import DESIGN_RESULT_TABLES, DESIGN_TABLES

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, DESIGN_PAGE = DOCS / "tables.md", DOCS / "design_tables.md"
HEAD = "| column | kind | unit | allowed | if empty | meaning |\n|---|---|---|---|---|---|"

INTRODUCTION = """\
# Tables

This page is made from the declarations in `retour/tables/` (`python -m retour.tables.document`); do not edit it.

A network is a folder with one file per table, `NAME.csv` or `NAME.parquet`, beside `network.toml` and `policy.toml`;
or one Excel workbook with a sheet per table and, for the settings, sheets `network` and `policy` with the columns
`key` (dotted, as `keep.max_value_eur` or `windows.0.days`) and `value`. CSV is UTF-8 with commas, decimal points and
one header line; columns may stand in any order. `retour check` lists everything that is wrong, all at once.

Units are in the names of the columns. A column that is *required* must exist and have no empty cell.
"""

DESIGN_INTRODUCTION = """\
# Tables of a design network

This page is made from the declarations in `retour/tables/` (`python -m retour.tables.document`); do not edit it.

A design network, for the coming years, is a folder with one file per table, `NAME.csv` or `NAME.parquet`, beside
`design.toml`; or one Excel workbook with a sheet per table and a sheet `design` with the columns `key` and `value`.
Files are written as those of a [night](tables.md). Amounts are tonnes (`t`), money is in the currency of `design.toml`.
[design.md](design.md) tells how the tables work together.

Where a table has a `period`, a row with period 0, or without one, holds in every period; a row with its own period goes
before it, as a whole.
"""


def tables_markdown() -> str:
    """Return the page of all input and result tables of a night as Markdown."""
    return _page(INTRODUCTION, INPUT_TABLES, RESULT_TABLES)


def design_markdown() -> str:
    """Return the page of all input and result tables of a design as Markdown."""
    return _page(DESIGN_INTRODUCTION, DESIGN_TABLES, DESIGN_RESULT_TABLES)


def write_pages() -> None:
    """Write both pages."""
    PAGE.write_text(tables_markdown(), encoding="utf-8")
    DESIGN_PAGE.write_text(design_markdown(), encoding="utf-8")


def _page(introduction: str, inputs: dict[str, Table], results: dict[str, Table]) -> str:
    parts = [introduction, "## Kinds of cells\n", *_kinds(), "## Input tables\n", _overview(inputs)]
    parts += [_table(table) for table in inputs.values()]
    parts += ["## Result tables\n", "What a stored run consists of, in Parquet and CSV.\n", _overview(results)]
    parts += [_table(table) for table in results.values()]
    return "\n".join(parts)


def _kinds() -> Iterator[str]:
    yield "| kind | is written as |\n|---|---|"
    yield from (f"| {kind} | {meaning} |" for kind, meaning in KIND_DOCS.items())
    yield ""


def _overview(tables: dict[str, Table]) -> str:
    rows = [f"| [{t.name}](#{t.name}) | {_need(t)} | {t.doc} |" for t in tables.values()]
    return "\n".join(["| table | needed | holds |", "|---|---|---|", *rows, ""])


def _need(table: Table) -> str:
    if not table.required:
        return "optional"
    return f"yes, {table.min_rows} row or more" if table.min_rows else "yes, may be empty"


def _table(table: Table) -> str:
    key = f" A row is known by {' and '.join(f'`{name}`' for name in table.key)}." if table.key else ""
    return "\n".join([f"### {table.name}\n", f"{table.doc}{key}\n", HEAD, *map(_row, table.columns), ""])


def _row(column: Column) -> str:
    cells = (f"`{column.name}`", column.kind, column.unit or "", _allowed(column), _if_empty(column), column.doc)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _allowed(column: Column) -> str:
    parts = []
    if column.low is not None and column.high is not None:
        parts.append(f"{column.low:g} to {column.high:g}")
    elif column.low is not None:
        parts.append(f"{column.low:g} or more")
    if column.choices:
        parts.append(", ".join(column.choices))
    if column.refers_to:
        parts.append("id of " + " or ".join(f"[{t}](#{t})" for t in column.refers_to))
    return "; ".join(parts)


def _if_empty(column: Column) -> str:
    if column.required:
        return "*required*"
    if column.default is None:
        return "no tags" if column.kind == TAGS else "missing"
    return str(column.default).lower() if isinstance(column.default, bool) else str(column.default)


if __name__ == "__main__":
    write_pages()
