"""The network as it is against the books, for people: total by total, then why, and what would settle it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from service.studies.run import StudyRun
from service.text import number, percent

MOST_TOTALS = 40
MEASURES = {"cost": "", "quantity_t": "t", "distance_t_km": "t km"}


def show_calibration(console: Console, run: StudyRun) -> None:
    """Print a study's calibration, where it has one; nothing of it is applied."""
    if "calibration" not in run.manifest.tables:
        return
    totals, causes = run.table("calibration"), run.table("causes")
    console.print(_totals(totals, run.manifest.network.currency))
    for line in cause_lines(causes):
        console.print(line, markup=False, soft_wrap=True)
    off = int((~totals["fits"].astype(bool)).sum())
    console.print(f"{off} of {len(totals)} figures of the books are beyond their tolerance; nothing has been changed.")


def cause_lines(causes: pd.DataFrame) -> Iterator[str]:
    """Yield every cause with what says so, and below it what to paste and what that would leave."""
    for row in causes.itertuples():
        books = f" (books, row {row.lines})" if row.lines else ""
        yield f"{row.number or ''} {row.cause}{books}: {row.evidence}".strip()
        if row.changes and row.number:
            yield f"     changes = [{row.changes}]"
        if not pd.isna(row.outside_after):
            yield (
                f"     leaves {int(row.outside_after)} of {row.outside_before} figures beyond tolerance, "
                f"deviations of {number(row.deviation_after)} instead of {number(row.deviation_before)}"
            )


def _totals(totals: pd.DataFrame, currency: str) -> Table:
    table = Table(
        title="The network as it is against the books", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False,
        padding=(0, 1, 0, 0),
    )  # fmt: skip
    for name in ("row", "total", "unit", "model", "books", "deviation", "why"):
        table.add_column(name, justify="right" if name in ("row", "model", "books", "deviation") else "left")
    for row in totals.head(MOST_TOTALS).itertuples():
        share = (
            ""
            if pd.isna(row.deviation_share)
            else f"{'+' if row.deviation > 0 else ''}{percent(row.deviation_share, 1)}"
        )
        unit = MEASURES[str(row.measure)] or currency
        table.add_row(
            str(row.line), str(row.total), unit, number(row.model, _digits(row.model)),
            number(row.books, _digits(row.books)), share, "" if row.fits else str(row.why),
        )  # fmt: skip
    if len(totals) > MOST_TOTALS:
        table.add_row("", f"and {len(totals) - MOST_TOTALS} more", "", "", "", "", "")
    return table


def _digits(value: float) -> int:
    return 0 if abs(value) >= 100 else 2
