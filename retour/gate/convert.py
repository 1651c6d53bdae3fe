"""Turn text cells into numbers, dates, clocks and tags, a whole column at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa

from retour.clock import seconds
from retour.gate.text import once_per_word
from retour.tables.column import CLOCK, DATE, FLAG, INTEGER, MOMENT, NUMBER, TAGS, TEXT, Column, Table

NUMBER_PATTERN = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
DATE_PATTERN = r"\d{4}-\d{2}-\d{2}([T ]00:00(:00(\.0+)?)?)?"
MOMENT_PATTERN = r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?"
FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


DTYPES = {
    TEXT: "str",
    INTEGER: "float64",
    NUMBER: "float64",
    FLAG: "object",
    DATE: "datetime64[us]",
    MOMENT: "datetime64[us]",
    CLOCK: "float64",
    TAGS: "object",
}


def absent(index: pd.Index, column: Column) -> pd.Series:
    """Return what a column that is not in the file amounts to: nothing but missing values."""
    if column.kind == TAGS:
        return pd.Series([()] * len(index), index=index, dtype=DTYPES[TAGS])
    return pd.Series(np.nan, index=index, dtype=DTYPES[column.kind])


def converted(text: pd.Series, column: Column) -> pd.Series:
    """Return the values of a text column; what cannot be read and what is empty is missing alike.

    text -> str; integer, number -> float64; flag -> bool or missing; date, moment -> datetime64; clock -> seconds
    after midnight; tags -> sorted tuples, empty cells (). Numbers and flags may have their type already.
    """
    return CONVERTERS[column.kind](text)


def filled(values: pd.Series, column: Column) -> pd.Series:
    """Return a column with its default where cells are missing."""
    if column.default is None:
        return values
    plain = values.fillna(column.default)
    return plain.astype(bool) if column.kind == FLAG else plain


def settled(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return a sound table as everything behind the gate expects it: whole numbers that cannot miss as int64."""
    whole = [c.name for c in table.columns if c.kind == INTEGER and (c.required or c.default is not None)]
    return frame.astype(dict.fromkeys(whole, "int64")).reset_index(drop=True)


def is_typed(cells: pd.Series) -> bool:
    """Return True for cells whose file knew them to be numbers or flags."""
    return cells.dtype in ("float64", "bool")


def cell_text(cells: pd.Series) -> pd.Series:
    """Return cells as their file would show them."""
    if not is_typed(cells):
        return cells
    shown = pa.array(cells.to_numpy()).cast(pa.string()).to_pandas()
    return shown.astype("str").set_axis(cells.index)


def split_tags(cell: str) -> tuple[str, ...]:
    """Return the words of a cell, sorted, each once."""
    return tuple(sorted({word.strip() for word in cell.split(";")} - {""}))


def _texts(text: pd.Series) -> pd.Series:
    return text


def _numbers(text: pd.Series) -> pd.Series:
    if not is_typed(text):
        text = text.where(text.str.fullmatch(NUMBER_PATTERN).fillna(False).astype(bool))
    values = text.astype("float64")
    return values.mask(np.isinf(values)) + 0.0  # -0.0 becomes 0.0: equal networks must have equal hashes


def _whole_numbers(text: pd.Series) -> pd.Series:
    values = _numbers(text)
    return values.where(values == np.round(values))


def _flags(text: pd.Series) -> pd.Series:
    if is_typed(text):
        return text
    return once_per_word(text, lambda words: words.str.lower().map(FLAGS).astype(object))


def _dates(text: pd.Series) -> pd.Series:
    return once_per_word(text, _distinct_dates)


def _distinct_dates(text: pd.Series) -> pd.Series:
    return _distinct_moments(text.where(text.str.fullmatch(DATE_PATTERN).fillna(False).astype(bool)))


def _moments(text: pd.Series) -> pd.Series:
    return once_per_word(text, _distinct_moments)


def _distinct_moments(text: pd.Series) -> pd.Series:
    readable = text.where(text.str.fullmatch(MOMENT_PATTERN).fillna(False).astype(bool))
    return pd.to_datetime(readable, format="ISO8601", errors="coerce").astype("datetime64[us]")


def _clocks(text: pd.Series) -> pd.Series:
    known = {cell: _clock_or_nan(cell) for cell in text.dropna().unique()}
    return text.map(known).astype("float64")


def _clock_or_nan(cell: str) -> float:
    try:
        return float(seconds(cell.removesuffix(":00") if cell.count(":") == 2 else cell))
    except ValueError:
        return float("nan")


def _tags(text: pd.Series) -> pd.Series:
    known = {cell: split_tags(cell) for cell in text.dropna().unique()}
    return pd.Series([known.get(cell, ()) for cell in text], index=text.index, dtype=object)


CONVERTERS: dict[str, Callable[[pd.Series], pd.Series]] = {
    TEXT: _texts,
    INTEGER: _whole_numbers,
    NUMBER: _numbers,
    FLAG: _flags,
    DATE: _dates,
    MOMENT: _moments,
    CLOCK: _clocks,
    TAGS: _tags,
}
