"""The page of results of location problems, and its chart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.locating.chart import chart
from benchmarks.locating.summary import summary
from benchmarks.locating.table import tables
from benchmarks.measuring.page import between_marks, setting
from benchmarks.measuring.records import Record

TITLE = "Location problems, measured"


def write_page(records: Sequence[Record], page: Path) -> None:
    """Write the results of `records` between the marks of `page`, made where absent, and the chart beside it."""
    drawing = page.with_suffix(".svg")
    parts = [setting(records), f"![Proven gap against time]({drawing.name})"]
    parts += [summary(records), tables(records)] if records else []
    between_marks(page, "\n\n".join(parts), title=TITLE)
    drawing.write_text(chart(records), encoding="utf-8")
