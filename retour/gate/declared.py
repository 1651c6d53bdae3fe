"""The checks every table gets from its declaration: columns, empty cells, kinds, limits, words, keys, references."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from retour.errors import Issue
from retour.gate.draft import Draft, Rule, tag_words
from retour.gate.text import did_you_mean
from retour.tables.column import CLOCK, DATE, FLAG, INTEGER, MOMENT, NUMBER, Column, Table

UNITS = {
    *("mg", "g", "kg", "t", "lb", "oz"), *("ml", "cl", "l", "cm3", "dm3", "m3"),
    *("mm", "cm", "m", "km", "mi", "ft"), *("ms", "s", "sec", "min", "h", "hours", "days", "weeks"),
    *("eur", "euro", "euros", "usd", "gbp", "chf", "ct", "cent", "cents"),
    *("pct", "percent", "share", "kmh", "mph", "parcels", "items", "pieces"),
}  # fmt: skip

WANTED = {
    INTEGER: "must be a whole number such as 40",
    NUMBER: "must be a number such as 12.5",
    FLAG: "must be true or false",
    DATE: "must be a date written YYYY-MM-DD, for example 2026-11-22",
    MOMENT: "must be a local date and time written YYYY-MM-DDTHH:MM, for example 2026-11-22T18:30",
    CLOCK: "must be a time of day written HH:MM, for example 08:30 (26:00 is 2 in the morning)",
}


def check_missing_columns(draft: Draft) -> list[Issue]:
    """Every required column is there."""
    return [
        Issue(draft.file(table.name), None, column.name, f"the column is missing; add it ({_meaning(column)})")
        for table, column in _declared(draft)
        if column.required and column.name not in draft.texts[table.name].cells
    ]


def check_unknown_columns(draft: Draft) -> list[Issue]:
    """No column carries another name, or another unit, than the declared one."""
    return [
        Issue(draft.file(name), 1, str(unknown), _unknown_column(str(unknown), draft.declared[name]))
        for name, text in draft.texts.items()
        for unknown in text.cells.columns
        if unknown not in draft.declared[name].column_names
    ]


def check_too_few_rows(draft: Draft) -> list[Issue]:
    """A table that a plan needs holds rows."""
    least = {name: draft.declared[name].min_rows for name in draft.texts}
    return [
        Issue(draft.file(name), None, None, f"holds {len(text.cells)} rows; add at least {least[name]}")
        for name, text in draft.texts.items()
        if len(text.cells) < least[name]
    ]


def check_empty_cells(draft: Draft) -> list[Issue]:
    """No cell of a required column is empty."""
    found = []
    for table, column in _present(draft):
        cells = draft.texts[table.name].cells
        if column.required:
            bad = cells.loc[cells[column.name].isna(), []]
            found += draft.issues(table.name, column.name, bad, partial(_empty, column))
    return found


def check_unreadable_cells(draft: Draft) -> list[Issue]:
    """Every cell is of its column's kind: a number with a decimal point, a date, a time of day, a flag."""
    found = []
    for (name, column_name), cells in draft.unreadable.items():
        column = draft.declared[name].column(column_name)
        found += draft.issues(name, column_name, cells.to_frame("text"), partial(_unreadable, column))
    return found


def check_limits(draft: Draft) -> list[Issue]:
    """Every number lies within its limits."""
    found = []
    for table, column in _present(draft):
        if column.kind not in (INTEGER, NUMBER):
            continue
        values = draft.tables[table.name][column.name]
        low = -np.inf if column.low is None else column.low
        high = np.inf if column.high is None else column.high
        bad = values[(values < low) | (values > high)].to_frame("value")
        found += draft.issues(table.name, column.name, bad, partial(_outside, column))
    return found


def check_choices(draft: Draft) -> list[Issue]:
    """Every word is one of those its column allows."""
    found = []
    for table, column in _present(draft):
        if not column.choices:
            continue
        values = tag_words(draft.tables[table.name][column.name], column)
        bad = values[~values.isin(column.choices)].to_frame("word")
        found += draft.issues(table.name, column.name, bad, partial(_unknown_word, column))
    return found


def check_duplicate_keys(draft: Draft) -> list[Issue]:
    """A name, or a combination of names, stands for one row."""
    found = []
    for name in draft.texts:
        key = list(draft.declared[name].key)
        if draft.has(name):
            frame = draft.tables[name][key].dropna()
            single = len(key) == 1 and frame[key[0]].is_unique
            bad = frame.head(0) if single else frame[frame.duplicated()]
            where = key[0] if len(key) == 1 else None
            found += draft.issues(name, where, bad, partial(repeated, frame))
    return found


def check_unknown_references(draft: Draft) -> list[Issue]:
    """Every id that names a row of another table is found there."""
    found = []
    for table, column in _present(draft):
        targets = column.refers_to
        if not targets or not all(map(draft.has, targets)):
            continue
        known = pd.Index([]).append([draft.keys(t).astype(object) for t in targets])
        values = tag_words(draft.tables[table.name][column.name], column)
        bad = values[~values.isin(known)].to_frame("word")
        found += draft.issues(table.name, column.name, bad, partial(_unknown_id, draft, targets, known))
    return found


RULES = (
    Rule(check_missing_columns),
    Rule(check_unknown_columns),
    Rule(check_too_few_rows),
    Rule(check_empty_cells),
    Rule(check_unreadable_cells),
    Rule(check_limits),
    Rule(check_choices),
    Rule(check_duplicate_keys),
    Rule(check_unknown_references),
)


def _declared(draft: Draft) -> Iterator[tuple[Table, Column]]:
    for name in draft.texts:
        for column in draft.declared[name].columns:
            yield draft.declared[name], column


def _present(draft: Draft) -> Iterator[tuple[Table, Column]]:
    return ((t, c) for t, c in _declared(draft) if c.name in draft.texts[t.name].cells)


def _empty(column: Column, row: Any) -> str:
    return f"the cell is empty; {_limits(column)}"


def _outside(column: Column, row: Any) -> str:
    return f"found {row.value:.15g}; {_limits(column)}"


def repeated(keys: pd.DataFrame, row: Any) -> str:
    """Return the sentence on a row whose key stands in an earlier row of `keys` already."""
    first = (keys == list(row[1:])).all(axis=1).idxmax()
    shown = ", ".join(f"{name} {_cell(value)}" for name, value in zip(keys.columns, row[1:], strict=True))
    return f"{shown} stands in row {first} already; remove one of the rows or rename it"


def _cell(value: Any) -> str:
    return repr(value) if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)


def _meaning(column: Column) -> str:
    unit = f", in {column.unit}" if column.unit else ""
    return column.doc.rstrip(".") + unit


def _limits(column: Column) -> str:
    """Return what a cell of the column must be, in words."""
    unit = f" ({column.unit})" if column.unit else ""
    if column.low is not None and column.high is not None:
        return f"must be from {column.low:g} to {column.high:g}{unit}"
    if column.low is not None:
        return f"must be {column.low:g} or more{unit}"
    if column.choices:
        return f"must be one of {', '.join(column.choices)}"
    return WANTED.get(column.kind, f"write the {column.doc[0].lower()}{column.doc[1:].rstrip('.')}") + unit


def _unknown_column(name: str, table: Table) -> str:
    twin = _twin_in_another_unit(name, table)
    if twin is not None:
        return f"this table counts in {twin.unit}; convert the values and name the column {twin.name!r}"
    return "no such column in this table; rename or remove it" + did_you_mean(name, table.column_names)


def _twin_in_another_unit(name: str, table: Table) -> Column | None:
    stem, _, unit = name.rpartition("_")
    twins = [c for c in table.columns if c.unit and c.name.rpartition("_")[0] == stem]
    return twins[0] if stem and unit.lower() in UNITS and twins else None


def _unreadable(column: Column, row: Any) -> str:
    text: str = row.text
    whole, comma, decimals = text.partition(",")
    if column.kind in (INTEGER, NUMBER) and comma and whole.lstrip("+-").isdigit() and decimals.isdigit():
        return f"found {text!r} with a decimal comma; use a decimal point: {whole}.{decimals}"
    if text.casefold() in ("nan", "na", "n/a", "null", "none", "-"):
        step = "give the value" if column.required else "leave the cell empty"
        return f"found {text!r}; {WANTED[column.kind]}; where it is unknown, {step}"
    return f"found {text!r}; {WANTED[column.kind]}" + (f" ({column.unit})" if column.unit else "")


def _unknown_word(column: Column, row: Any) -> str:
    return f"found {row.word!r}; {_limits(column)}" + did_you_mean(row.word, column.choices)


def _unknown_id(draft: Draft, targets: tuple[str, ...], known: pd.Index, row: Any) -> str:
    word: str = row.word
    tables = " or ".join(targets)
    places = ("points", "hubs", "sites", "garages")
    others = (t for t in places if t in draft.declared and t not in targets)
    other = next((t for t in others if word in draft.keys(t)), None)
    if other is not None:
        return f"{word!r} stands in {other}, but this must be an id of {tables}; correct it"
    return f"unknown id {word!r}; add it to {tables} or correct it" + did_you_mean(word, known)
