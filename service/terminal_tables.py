"""Tables in the terminal: figures and headings stand whole at any width, words give way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.text import number, percent

CENTS_BELOW = 1000
"""Amounts of money have cents below, and none from here on."""
TENTHS_BELOW = 100
"""Tonnes and figures without a unit have decimals below."""
LEAST_WORDS = 12
"""Columns of words may become so narrow, and ids in them be folded; figures never."""
DIGITS = {"count": 0, "km": 1, "degree": 4, "ratio": 2, "share": 1, "gap": 2}


@dataclass(frozen=True)
class Shown:
    """A column as people see it: a heading, and a text per row. Figures stand right."""

    heading: str
    cells: Sequence[str]
    figures: bool = True


def print_table(
    console: Console, columns: Sequence[Shown], *, title: str = "", rules: Collection[int] = (), strong: int = -1
) -> None:
    """Print columns side by side below a title; space follows each row in `rules`, row `strong` is bold.

    Headings break at words. Where figures do not fit the console the table is wider than it; none is cut or folded.
    """
    headed = [_broken(column) for column in columns]
    wide = sum(max(map(len, [*heading.split("\n"), *c.cells])) for heading, c in zip(headed, columns, strict=True))
    gap = int(wide + 2 * (len(columns) - 1) <= console.width)  # beside the blank that every column is followed by
    least = sum(map(_least, headed, columns)) + (1 + gap) * (len(columns) - 1)
    table = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, gap, 0, 0),
        width=least if least > console.width else None, show_header=any(headed),
    )  # fmt: skip
    for heading, column in zip(headed, columns, strict=True):
        side, is_figure = "right" if column.figures else "left", column.figures
        table.add_column(Text(heading), justify=side, no_wrap=is_figure, overflow="fold", vertical="bottom")  # type: ignore[arg-type]
    for i, row in enumerate(zip(*(c.cells for c in columns), strict=True)):
        table.add_row(*map(Text, row), style="bold" if i == strong else None, end_section=i in rules)
    if title:
        console.print(Text(title, style="bold"), soft_wrap=True)
    console.print(table, crop=False)
    console.print()


def written(values: Iterable[Any], unit: str | None) -> list[str]:
    """Write the figures of a column or row by what they are; `unit` as tables declare it, or "count", or "gap".

    Money is whole from a thousand on, shares and gaps are percent, km have one decimal; what is empty stays empty.
    """
    figures = [None if pd.isna(v) else float(v) for v in values]
    largest = max((abs(f) for f in figures if f is not None), default=0.0)
    digits = _digits(unit, largest, whole=all(f is None or f.is_integer() for f in figures))
    if unit in ("share", "gap"):
        return ["" if f is None else percent(f, digits) for f in figures]
    return ["" if f is None else number(round(f, digits) + 0.0, digits) for f in figures]  # + 0.0: never minus nothing


def _digits(unit: str | None, largest: float, *, whole: bool) -> int:
    if unit == "money":
        return 2 if largest < CENTS_BELOW else 0
    if unit in DIGITS:
        return DIGITS[unit]
    return 0 if whole or largest >= TENTHS_BELOW else 1 if unit == "t" else 2


def _broken(column: Shown) -> str:
    """Return the heading, of figures in lines no longer than the longest figure or word."""
    if not column.figures or not column.heading:
        return column.heading
    room = max(map(len, [*column.cells, *column.heading.split()]))
    return "\n".join(wrap(column.heading, room, break_long_words=False, break_on_hyphens=False))


def _least(heading: str, column: Shown) -> int:
    """Return the least width in which figures stay whole; words need less, for they may be folded."""
    if column.figures:
        return max(map(len, [*heading.split("\n"), *column.cells]))
    return min(LEAST_WORDS, max(map(len, [heading, *column.cells])))
