"""The page of results: what stands in it by hand is kept, what is between its marks is written from the records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.measuring.records import Record

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


def between_marks(page: Path, results: str, *, title: str) -> None:
    """Put `results` between the marks of a page, which has its title and the marks where there is none yet."""
    skeleton = f"# {title}\n\n{BEGIN}\n{END}\n"
    page.parent.mkdir(parents=True, exist_ok=True)
    before, _, rest = (page.read_text(encoding="utf-8") if page.exists() else skeleton).partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{results}\n\n{END}{after}", encoding="utf-8")


def setting(records: Sequence[Record], *, limits: str = "") -> str:
    """Say on what machine, with what versions (and `limits`, words of the caller's) the records were made."""
    if not records:
        return "Nothing measured yet."
    on = records[-1]["machine"]
    libraries = ", ".join(f"{name} {number}" for name, number in on["libraries"].items())
    commits = ", ".join(dict.fromkeys(record["machine"]["commit"] for record in records))
    busiest = max((record.get("busy_percent", 0.0) for record in records), default=0.0)
    return (
        f"{on['processor']}, {on['cores']} cores, {on['memory_gb']} GB; Python {on['python']}, {libraries}; commit "
        f"{commits}; {limits}{records[0]['at'][:10]} to {records[-1]['at'][:10]}. Other processes took at most "
        f"{busiest:.0f} % of the cores before a measurement."
    )
