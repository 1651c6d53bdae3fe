"""Stored runs side by side, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console

from service.designing_compare import Comparison, Difference, Figure, Side, letter
from service.designing_compare_words import figure_words
from service.terminal_tables import Shown, print_table, written
from service.text import number

MOST_DECISIONS = 12
INDENT = "  "
WORDS = {"OPENED": "is open", "CLOSED": "is closed", "RESIZED": "has another size", "MOVED": "sends"}
Row = Any


def show_comparison(found: Comparison) -> None:
    """Print who is who, figures and cost lines side by side, then what each decides otherwise than the first."""
    console = Console(highlight=False)
    for i, side in enumerate(found.sides):
        for line in _legend(letter(i), side, room=console.width):
            console.print(line, markup=False, soft_wrap=True)
    for warning in found.warnings:
        console.print(warning, style="yellow", markup=False, soft_wrap=True)
    console.print()
    _print_figures(console, found.sides)
    _print_lines(console, found.sides)
    for i, difference in enumerate(found.differences, start=1):
        console.print(_headline(difference, letter(i), found.sides[i]), markup=False, soft_wrap=True, style="bold")
        for line in decision_lines(difference, called=letter(i), room=console.width - len(INDENT)):
            console.print(INDENT + line, markup=False, soft_wrap=True)


def _legend(called: str, side: Side, *, room: int) -> list[str]:
    """Return who a letter is: the run on a line of its own where it does not fit behind the names."""
    made_for = [] if side.member is None else [f"design {side.member.called} (study {side.member.study})"]
    what = side.name if side.kind == "nights" else side.network  # a night is told by its date, too
    names = f"{called}  " + ", ".join([*made_for, f"network {what}"])
    whole = f"{names}, run {side.run_id}"
    return [whole] if len(whole) <= room else [names, f"   run {side.run_id}"]


def _print_figures(console: Console, sides: Sequence[Side]) -> None:
    words = {name: figure_words(name, kind=sides[0].kind) for name in _names(s.figures for s in sides)}
    told = {name: w for name, w in words.items() if w is not None}
    rows = [_figures([s.figures.get(name) for s in sides], unit) for name, (_label, unit) in told.items()]
    _print_blocks(console, [label for label, _unit in told.values()], rows)


def _print_lines(console: Console, sides: Sequence[Side]) -> None:
    """Print cost by line and the total of each run, all in one number of decimals."""
    names = [name for name in _names(s.lines for s in sides) if any(s.lines.get(name) for s in sides)]
    costs = [[s.lines.get(name, 0.0) for s in sides] for name in names] + [[s.total for s in sides]]
    cells = iter(written([cost for row in costs for cost in row], "money"))
    rows = [[next(cells) for _side in sides] for _row in costs]
    designs = sides[0].kind == "designs"
    title = "Cost by line, undiscounted, all periods" if designs else "Cost by line"
    _print_blocks(console, [*names, "total"], rows, title=title, total=True)


def _print_blocks(
    console: Console, labels: list[str], rows: Sequence[Sequence[str]], *, title: str = "", total: bool = False
) -> None:
    """Print a row per label and a column per run; as many runs beside each other as the console has room for."""
    cells = list(zip(*rows, strict=True))
    wide = max(len(cell) for row in rows for cell in row) + 2
    each = max(1, (console.width - max(map(len, labels))) // wide)
    last = {"rules": [len(labels) - 2], "strong": len(labels) - 1} if total else {}
    for first in range(0, len(cells), each):
        block = [Shown(letter(i), cells[i]) for i in range(first, min(first + each, len(cells)))]
        print_table(console, [Shown("", labels, figures=False), *block], title=title, **last)  # type: ignore[arg-type]


def _names(columns: Iterable[dict[str, Any]]) -> list[str]:
    """Return every name once, in the order in which it comes first."""
    return list(dict.fromkeys(name for column in columns for name in column))


def _figures(values: Sequence[Figure], unit: str | None) -> list[str]:
    """Write one figure of every run; words and verdicts as they are."""
    if any(isinstance(v, str | bool) for v in values):
        return ["" if v is None else v if isinstance(v, str) else "yes" if v else "no" for v in values]
    return written(values, unit)


def _headline(difference: Difference, called: str, side: Side) -> str:
    count, unknown = difference.different_places, _opened(difference) & (difference.only_first | difference.only_here)
    places = f"{count} place{'' if count == 1 else 's'} open in one only"
    strange = f" ({len(unknown)} in one network only)" if unknown else ""
    named = "" if side.member is None else f" ({side.member.called})"
    return f"{called}{named} against A: {places}{strange}, {number(difference.moved_t)} t take another way"


def _opened(difference: Difference) -> set[str]:
    rows = difference.decisions
    return set(rows.loc[rows["what"].isin(["OPENED", "CLOSED"]), "place_id"])


def decision_lines(difference: Difference, *, called: str, room: int) -> list[str]:
    """Return what a run, `called` by its letter, decides otherwise than A: a line for a place or way where it fits.

    Periods with the same change stand together; lines are at most `room` long where they can be. Changes too small to
    be seen in the figures as they are written are only counted.
    """
    lines: list[str] = []
    told = 0
    for rows in _by_decision(difference.decisions):
        own = _lines_of(rows, difference, called=called, room=room)
        if lines and len(lines) + len(own) > MOST_DECISIONS:
            break
        lines, told = lines + own, told + len(rows)
    more = len(difference.decisions) - told
    return [*lines, f"and {more} more decisions (--json tells all)"] if more else lines


def _by_decision(decisions: Any) -> list[list[Row]]:
    """Return the periods of every decision together, in the order in which decisions come first."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in decisions.itertuples(index=False):
        if _seen(row):
            found.setdefault((row.what, row.place_id, row.to_id, row.product_id), []).append(row)
    return [sorted(rows, key=lambda row: row.period) for rows in found.values()]


def _lines_of(rows: Sequence[Row], difference: Difference, *, called: str, room: int) -> list[str]:
    says = _says(rows[0], difference, called=called)
    runs = [(change, list(own)) for change, own in groupby(rows, key=_change)]
    unit = rows[0].unit.removesuffix("/period")  # the periods stand in front
    together = f"{_periods(rows)}: {says}, {', '.join(change for change, _own in runs)} {unit}"
    if len(runs) == 1 or len(together) <= room:
        return [together]
    return [f"{_periods(own)}: {says}, {change} {unit}" for change, own in runs]


def _says(row: Row, difference: Difference, *, called: str) -> str:
    """Return what is decided; a place that the other network does not know is neither open nor closed there."""
    way = f" {row.product_id} to {row.to_id}" if row.what == "MOVED" else ""
    if row.what == "CLOSED" and row.place_id in difference.only_first:
        return f"{row.place_id} is not in {called}'s network"
    strange = [
        f"{place} not in {other}'s network"
        for place in (row.place_id, row.to_id)
        for other, unknown in (("A", difference.only_here), (called, difference.only_first))
        if place in unknown
    ]
    return f"{row.place_id} {WORDS[str(row.what)]}{way}" + (f" ({', '.join(strange)})" if strange else "")


def _seen(row: Row) -> bool:
    before, after = written([row.before, row.after], "t")
    return before != after


def _change(row: Row) -> str:
    before, after = written([row.before, row.after], "t")
    return f"{before} -> {after}"


def _periods(rows: Sequence[Row]) -> str:
    periods = [row.period for row in rows]
    if len(periods) == 1:
        return f"period {periods[0]}"
    return "periods " + ", ".join(_spans(periods))


def _spans(periods: Sequence[int]) -> Iterator[str]:
    """Yield what follows one on the other as first-last."""
    for _start, own in groupby(enumerate(periods), key=lambda pair: pair[1] - pair[0]):
        span = [period for _i, period in own]
        yield str(span[0]) if len(span) == 1 else f"{span[0]}-{span[-1]}"
