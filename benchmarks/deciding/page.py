"""The page of results of deciding nights, and its chart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.deciding.chart import chart
from benchmarks.deciding.summary import summary
from benchmarks.deciding.table import tables
from benchmarks.measuring.page import between_marks, setting
from benchmarks.measuring.records import Record

TITLE = "Deciding a night, measured"


def write_page(records: Sequence[Record], page: Path) -> None:
    """Write the results of `records` between the marks of `page`, made where absent, and the chart beside it."""
    drawing = page.with_suffix(".svg")
    parts = [_setting(records), f"![Seconds against returns]({drawing.name})", summary(records), tables(records)]
    between_marks(page, "\n\n".join(parts), title=TITLE)
    drawing.write_text(chart(records), encoding="utf-8")


def _setting(records: Sequence[Record]) -> str:
    limits = ", ".join(f"{limit:g} s" for limit in dict.fromkeys(record["limit_s"] for record in records))
    return setting(records, limits=f"limit {limits} per method and night; ")
