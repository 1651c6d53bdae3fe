"""How a table is declared: once, with type, unit, limits and meaning.

Validation, the generated documentation page and the samples all read these declarations.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

TEXT, INTEGER, NUMBER, FLAG, DATE, MOMENT, CLOCK, TAGS = (
    "text", "integer", "number", "flag", "date", "moment", "clock", "tags",
)  # fmt: skip

KIND_DOCS = {
    TEXT: "text",
    INTEGER: "whole number",
    NUMBER: "number, decimal point",
    FLAG: "true or false",
    DATE: "date, YYYY-MM-DD",
    MOMENT: "date and time, YYYY-MM-DDTHH:MM",
    CLOCK: "time of day, HH:MM (24:00 and later mean after midnight)",
    TAGS: "words separated by semicolons",
}


@dataclass(frozen=True)
class Column:
    """One column: `kind` is one of the constants above; limits are inclusive.

    `required` columns must exist and have no empty cell. An optional column that is absent is filled with
    `default` (None stays missing: NaN, NaT or None by kind). `refers_to` names the tables whose key must hold
    the value.
    """

    name: str
    kind: str
    doc: str
    unit: str | None = None
    required: bool = False
    default: Any = None
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    refers_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: `key` columns together are unique; `required` tables must exist and hold `min_rows` rows."""

    name: str
    doc: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = True
    min_rows: int = 1

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError when there is none."""
        return next(c for c in self.columns if c.name == name)

    @property
    def column_names(self) -> list[str]:
        """Names in declared order."""
        return [c.name for c in self.columns]


def words(enum: type[StrEnum], *, without: Iterable[str] = ()) -> tuple[str, ...]:
    """Return an enumeration's values as column choices."""
    return tuple(str(e) for e in enum if e not in set(without))
