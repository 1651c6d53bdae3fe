"""The page of results: what stands in it by hand is kept, what is between its marks is written from the records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.deciding.page import BEGIN, END, between_marks
from benchmarks.deciding.records import Record
from benchmarks.driving.chart import chart
from benchmarks.driving.summary import summary
from benchmarks.driving.table import tables

SKELETON = f"# Pickup routes, measured\n\n{BEGIN}\n{END}\n"


def write_page(records: Sequence[Record], page: Path) -> None:
    """Write the results of `records` between the marks of `page`, made where absent, and the chart beside it."""
    drawing = page.with_suffix(".svg")
    page.parent.mkdir(parents=True, exist_ok=True)
    drawing.write_text(chart(records), encoding="utf-8")
    parts = [_setting(records), f"![Gap against time]({drawing.name})", summary(records), tables(records)]
    between_marks(page, "\n\n".join(parts), skeleton=SKELETON)


def _setting(records: Sequence[Record]) -> str:
    """Say on what machine and with what versions the records were made."""
    if not records:
        return "Nothing measured yet."
    on = records[-1]["machine"]
    libraries = ", ".join(f"{name} {number}" for name, number in on["libraries"].items())
    commits = ", ".join(dict.fromkeys(record["machine"]["commit"] for record in records))
    busiest = max((record.get("busy_percent", 0.0) for record in records), default=0.0)
    return (
        f"{on['processor']}, {on['cores']} cores, {on['memory_gb']} GB; Python {on['python']}, {libraries}; commit "
        f"{commits}; {records[0]['at'][:10]} to {records[-1]['at'][:10]}. Other processes took at most {busiest:.0f} % "
        f"of the cores before a measurement."
    )
