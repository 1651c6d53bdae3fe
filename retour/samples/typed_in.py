"""Read tables typed in as text, and give drawn ones their declared types.

A file holds several tables, each below its name in brackets: a header line, then rows; two or more spaces stand
between cells, a dash for an empty cell, # before a comment.
"""

from __future__ import annotations

import re
from importlib.resources import files

import pandas as pd

from retour.tables import INPUT_TABLES
from retour.tables.column import DATE, FLAG, INTEGER, MOMENT, NUMBER, Column

EMPTY = "-"
_GAP = re.compile(r"\s{2,}")
_NAME = re.compile(r"^\[(\w+)\]$", re.MULTILINE)


def typed_in(sample: str) -> dict[str, pd.DataFrame]:
    """Return the tables of `<sample>.txt` by name, every cell as text, missing where empty."""
    text = (files("retour.samples") / f"{sample}.txt").read_text(encoding="utf-8")
    _, *parts = _NAME.split(text)
    return {name: block(body) for name, body in zip(parts[::2], parts[1::2], strict=True)}


def block(text: str) -> pd.DataFrame:
    """Return one table as text cells; ValueError when a row has not as many cells as the header."""
    header, *rows = (_GAP.split(line.strip()) for line in text.strip().splitlines())
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"the header {header} has {len(header)} cells, this row {len(row)}: {row}")
    cells = [[None if cell == EMPTY else cell for cell in row] for row in rows]
    return pd.DataFrame(cells, columns=header, dtype=object)


def declared(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the declared columns that `frame` has, in declared order: numbers, flags and days as such.

    Clocks stay HH:MM and tags stay words with semicolons, as in a file.
    """
    columns = [c for c in INPUT_TABLES[name].columns if c.name in frame.columns]
    return pd.DataFrame({c.name: _cast(frame[c.name], c) for c in columns})


def _cast(values: pd.Series, column: Column) -> pd.Series:
    if column.kind == NUMBER:
        return pd.to_numeric(values).astype(float)
    if column.kind == INTEGER:
        whole = pd.to_numeric(values)
        return whole.astype("Int64" if whole.isna().any() else "int64")
    if column.kind in (DATE, MOMENT):
        return pd.to_datetime(values).astype("datetime64[s]")
    if column.kind == FLAG:
        return values.map({"true": True, "false": False, True: True, False: False}).astype(bool)
    return values.astype(object).where(values.notna(), None)
