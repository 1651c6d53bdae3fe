"""The page of results: what stands in it by hand is kept, what is between its marks is written from the records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.deciding.chart import chart
from benchmarks.deciding.records import Record
from benchmarks.deciding.summary import summary
from benchmarks.deciding.table import tables

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
SKELETON = f"# Deciding a night, measured\n\n{BEGIN}\n{END}\n"


def write_page(records: Sequence[Record], page: Path) -> None:
    """Write the results of `records` between the marks of `page`, made where absent, and the chart beside it."""
    drawing = page.with_suffix(".svg")
    page.parent.mkdir(parents=True, exist_ok=True)
    drawing.write_text(chart(records), encoding="utf-8")
    parts = [_setting(records), f"![Seconds against returns]({drawing.name})", summary(records), tables(records)]
    between_marks(page, "\n\n".join(parts), skeleton=SKELETON)


def between_marks(page: Path, results: str, *, skeleton: str) -> None:
    """Put `results` between the marks of a page, which is `skeleton` where there is none yet."""
    before, _, rest = (page.read_text(encoding="utf-8") if page.exists() else skeleton).partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{results}\n\n{END}{after}", encoding="utf-8")


def _setting(records: Sequence[Record]) -> str:
    """Say on what machine, with what versions and limit the records were made."""
    if not records:
        return "Nothing measured yet."
    on = records[-1]["machine"]
    libraries = ", ".join(f"{name} {number}" for name, number in on["libraries"].items())
    commits = ", ".join(dict.fromkeys(record["machine"]["commit"] for record in records))
    limits = ", ".join(f"{limit:g} s" for limit in dict.fromkeys(record["limit_s"] for record in records))
    busiest = max((record.get("busy_percent", 0.0) for record in records), default=0.0)
    return (
        f"{on['processor']}, {on['cores']} cores, {on['memory_gb']} GB; Python {on['python']}, {libraries}; commit "
        f"{commits}; limit {limits} per method and night; {records[0]['at'][:10]} to {records[-1]['at'][:10]}. "
        f"Other processes took at most {busiest:.0f} % of the cores before a measurement."
    )
