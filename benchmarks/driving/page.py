"""The page of results of driving routes, and its chart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.driving.chart import chart
from benchmarks.driving.summary import summary
from benchmarks.driving.table import tables
from benchmarks.measuring.page import between_marks, setting
from benchmarks.measuring.records import Record

TITLE = "Pickup routes, measured"


def write_page(records: Sequence[Record], page: Path) -> None:
    """Write the results of `records` between the marks of `page`, made where absent, and the chart beside it."""
    drawing = page.with_suffix(".svg")
    parts = [setting(records), f"![Gap against time]({drawing.name})", summary(records), tables(records)]
    between_marks(page, "\n\n".join(parts), title=TITLE)
    drawing.write_text(chart(records), encoding="utf-8")
