"""The network as it is against the books, for people: total by total, then why, and what would settle it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from rich.console import Console

from service.studies.run import StudyRun
from service.terminal_tables import Shown, print_table
from service.text import number, percent

MOST_TOTALS = 40
MEASURES = {"cost": "", "quantity_t": "t", "distance_t_km": "t km"}


def show_calibration(console: Console, run: StudyRun) -> None:
    """Print a study's calibration, where it has one; nothing of it is applied."""
    if "calibration" not in run.manifest.tables:
        return
    totals, causes = run.table("calibration"), run.table("causes")
    _print_totals(console, totals, run.manifest.network.currency)
    for line in cause_lines(causes):
        console.print(line, markup=False, soft_wrap=True)
    off = beyond_tolerance(totals)
    console.print(f"{off} of {len(totals)} figures of the books are beyond their tolerance; nothing has been changed.")


def beyond_tolerance(totals: pd.DataFrame) -> int:
    """Return how many figures of the table CALIBRATION are beyond their tolerance."""
    return int((~totals["fits"].astype(bool)).sum())


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


def _print_totals(console: Console, totals: pd.DataFrame, currency: str) -> None:
    shown = list(totals.head(MOST_TOTALS).itertuples())
    columns = [
        Shown("row", [str(row.line) for row in shown]),
        Shown("total", [str(row.total) for row in shown], figures=False),
        Shown("unit", [MEASURES[str(row.measure)] or currency for row in shown], figures=False),
        Shown("model", [number(row.model, _digits(row.model)) for row in shown]),
        Shown("books", [number(row.books, _digits(row.books)) for row in shown]),
        Shown("deviation", [_share(row.deviation_share) for row in shown]),
        Shown("why", ["" if row.fits else str(row.why) for row in shown], figures=False),
    ]
    print_table(console, columns, title="The network as it is against the books, undiscounted")
    if len(totals) > MOST_TOTALS:
        console.print(f"and {len(totals) - MOST_TOTALS} more totals (calibration.csv tells all)")


def _share(deviation: float) -> str:
    return "" if pd.isna(deviation) else f"{'+' if deviation > 0 else ''}{percent(deviation, 1)}"


def _digits(value: float) -> int:
    return 0 if abs(value) >= 100 else 2
