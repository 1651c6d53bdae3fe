"""A table as text: what every reader hands over, whatever the file was.

CSV, Parquet and Excel all become text first, so one conversion and one set of checks serve them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.errors import Issue

MAX_CANDIDATES = 5000
MAX_LISTED = 20


@dataclass(frozen=True)
class TextTable:
    """One table: `cells` holds str columns (missing: NaN) and its index is the row of the file, header row 1.

    Where the file knows types, declared numbers may be float64 columns and declared flags bool columns already.
    """

    file: str
    cells: pd.DataFrame
    issues: tuple[Issue, ...] = ()


def text_table(
    file: str, header: list[str], columns: list[pd.Series], rows: NDArray[np.int64], issues: Iterable[Issue] = ()
) -> TextTable:
    """Trim every cell, make empty ones missing and leave out rows that hold nothing.

    `header[i]` names `columns[i]`; `rows` (n,) is the row of the file. Nameless and repeated columns become issues.
    """
    found = list(issues)
    kept: dict[str, pd.Series] = {}
    for position, (name, column) in enumerate(zip(header, columns, strict=True), start=1):
        text = _trimmed(column)
        if not name and text.notna().any():
            found.append(Issue(file, 1, None, f"column {position} holds values but has no name; name or remove it"))
        elif name in kept:
            found.append(Issue(file, 1, name, "the header names this column twice; keep one of them"))
        elif name:
            kept[name] = text
    cells = pd.DataFrame(kept, index=range(len(rows))).set_axis(pd.Index(rows, dtype=np.int64), axis=0)
    filled = cells.notna().any(axis=1)
    return TextTable(file, cells if filled.all() else cells[filled], tuple(found))


def listed(file: str, column: str | None, defects: Iterable[tuple[int, str]], *, count: int) -> list[Issue]:
    """Return an issue per defect (row of the file, sentence), at most MAX_LISTED, and one that counts the rest."""
    shown = [Issue(file, row, column, sentence) for row, sentence in islice(defects, MAX_LISTED)]
    more = count - len(shown)
    return [*shown, Issue(file, None, column, f"and {more} more rows with the same defect")] if more else shown


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that looks most like `word`, None when nothing comes close."""
    candidates = list(known)
    same = [k for k in candidates if k.casefold() == word.casefold()]
    close = same or get_close_matches(word, candidates[:MAX_CANDIDATES], n=1, cutoff=0.6)
    return close[0] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence that suggests the nearest known word; empty when nothing comes close."""
    guess = nearest(word, known)
    return "" if guess is None else f"; did you mean {guess!r}?"


def nth(number: int) -> str:
    """Return the place of an entry in its list, counted from 1: 1st, 2nd, 3rd, 11th."""
    teens = number // 10 % 10 == 1
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def once_per_word(cells: pd.Series, convert: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """Return `convert(cells)` by converting each distinct cell once: of days and flags a large table repeats few."""
    position, words = pd.factorize(cells)
    found = convert(pd.Series(words, dtype=cells.dtype)).reindex(position)  # a missing cell stands at -1, where none is
    return found.set_axis(cells.index)


def _trimmed(column: pd.Series) -> pd.Series:
    cells = column.reset_index(drop=True)
    if cells.dtype in ("float64", "bool"):
        return cells
    text = cells.astype("str")
    trimmed = text.str.strip()
    empty = trimmed == ""
    if empty.any():
        return trimmed.mask(empty)
    return text if text.equals(trimmed) else trimmed  # one copy of a large table is enough
