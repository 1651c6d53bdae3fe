"""Stored runs side by side, for people."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table

from service.designing_compare import Comparison, Difference, Figure, Side
from service.text import number

MOST_DECISIONS = 12
WORDS = {"OPENED": "is open", "CLOSED": "is closed", "RESIZED": "has another size", "MOVED": "sends"}


def show_comparison(found: Comparison) -> None:
    """Print figures and cost lines side by side, then what each run decides otherwise than the first."""
    console = Console(highlight=False)
    console.print(_side_by_side(found.sides))
    for difference in found.differences:
        console.print(_headline(difference, found.sides[0].run_id), soft_wrap=True)
        for line in _decisions(difference):
            console.print(f"  {line}", markup=False, soft_wrap=True)


def _side_by_side(sides: tuple[Side, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("")
    for side in sides:
        table.add_column(side.run_id, justify="right", overflow="fold")
    for name in _names(sides, "figures"):
        table.add_row(name.replace("_", " "), *(_cell(s.figures.get(name)) for s in sides))
    table.add_section()
    for name in _names(sides, "lines"):
        if any(s.lines.get(name) for s in sides):
            table.add_row(name, *(_cell(s.lines.get(name, 0.0)) for s in sides))
    return table


def _names(sides: tuple[Side, ...], which: str) -> list[str]:
    """Return every name once, in the order in which it comes first."""
    return list(dict.fromkeys(name for side in sides for name in getattr(side, which)))


def _headline(difference: Difference, first: str) -> str:
    count = difference.different_places
    places = f"{count} place{'' if count == 1 else 's'} open in one only"
    return f"[bold]{difference.run_id}[/] against {first}: {places}, {number(difference.moved_t)} t take another way"


def _decisions(difference: Difference) -> list[str]:
    rows = difference.decisions
    lines = []
    for row in rows.head(MOST_DECISIONS).itertuples(index=False):
        way = f" {row.product_id} to {row.to_id}" if row.what == "MOVED" else ""
        sizes = f"{number(float(row.before), 1)} -> {number(float(row.after), 1)} {row.unit}"
        lines.append(f"period {row.period}: {row.place_id} {WORDS[str(row.what)]}{way}, {sizes}")
    more = len(rows) - len(lines)
    return [*lines, f"and {more} more decisions (--json tells all)"] if more > 0 else lines


def _cell(value: Figure) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else number(value, 0 if abs(value) >= 100 else 4)
