"""A network on its way through the gate, and how a check turns bad rows into issues."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from retour.errors import Issue
from retour.gate.convert import absent, cell_text, converted, filled
from retour.gate.text import MAX_LISTED, TextTable, listed
from retour.policy import NetworkSettings, Policy
from retour.tables import INPUT_TABLES
from retour.tables.column import TAGS, Column, Table

Tables = dict[str, pd.DataFrame]
Unreadable = dict[tuple[str, str], pd.Series]


@dataclass(frozen=True)
class Draft:
    """Everything read, converted but not yet trusted.

    `tables` has every declared table with every declared column; the index is the row of the file. Cells that
    could not be read are missing there and kept as text in `unreadable`, by (table, column). Settings, policy and
    night are None where they could not be read; `broken` names the tables that exist but could not be. `declared`
    are the tables of the kind of network it is: of one night, or of a design for the coming years.
    """

    texts: Mapping[str, TextTable]
    tables: Mapping[str, pd.DataFrame]
    unreadable: Mapping[tuple[str, str], pd.Series]
    settings: NetworkSettings | None
    policy: Policy | None
    night: date | None
    broken: frozenset[str] = frozenset()
    policy_file: str = "policy.toml"
    declared: Mapping[str, Table] = field(default_factory=lambda: INPUT_TABLES)

    def file(self, table: str) -> str:
        """Return what the user calls a table's file."""
        return self.texts[table].file if table in self.texts else f"{table}.csv"

    def has(self, name: str) -> bool:
        """Say whether a table (or `policy`, `night`) can be relied on; an optional table that is absent can."""
        if name in ("policy", "night", "settings"):
            return getattr(self, name) is not None
        table = self.declared[name]
        if name not in self.texts:
            return not table.required and name not in self.broken
        cells = self.texts[name].cells
        return len(cells) >= table.min_rows and all(c.name in cells for c in table.columns if c.required)

    def keys(self, table: str) -> pd.Index:
        """Return the ids of a table whose key is one column."""
        return pd.Index(self.tables[table][self.declared[table].key[0]].dropna().unique())

    def lookup(self, table: str, value: str) -> pd.Series:
        """Return one column of a table by its id; of repeated ids the first counts."""
        key = self.declared[table].key[0]
        frame = self.tables[table].dropna(subset=[key]).drop_duplicates(key)
        return frame.set_index(key)[value]

    def issues(self, table: str, column: str | None, bad: pd.DataFrame, sentence: Callable[[Any], str]) -> list[Issue]:
        """Return an issue per bad row, at most MAX_LISTED and one that counts the rest.

        `sentence` gets a row as a named tuple whose `Index` is the row of the file.
        """
        if bad.shape[0] == 0:  # most checks find nothing
            return []
        rows = bad.head(MAX_LISTED).itertuples()
        return listed(self.file(table), column, ((int(row[0]), sentence(row)) for row in rows), count=len(bad))


@dataclass(frozen=True)
class Rule:
    """One check and the tables (or `policy`, `night`) it relies on; it is left out while one of them is broken."""

    check: Callable[[Draft], list[Issue]]
    needs: tuple[str, ...] = ()

    def issues(self, draft: Draft) -> list[Issue]:
        """Return what the check finds, nothing where it has nothing to rely on."""
        return self.check(draft) if all(map(draft.has, self.needs)) else []


def typed_tables(
    texts: Mapping[str, TextTable], declared: Mapping[str, Table] = INPUT_TABLES
) -> tuple[Tables, Unreadable]:
    """Convert every declared table, absent ones to empty tables, and return what could not be read apart."""
    tables: Tables = {}
    unreadable: Unreadable = {}
    for name, table in declared.items():
        cells = texts[name].cells if name in texts else pd.DataFrame()
        tables[name] = _typed(cells, table, unreadable)
    return tables, unreadable


def _typed(cells: pd.DataFrame, table: Table, unreadable: Unreadable) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for column in table.columns:
        values = absent(cells.index, column)
        if column.name in cells:
            text = cells[column.name]
            values = converted(text, column)
            bad = text[values.isna() & text.notna()]
            if len(bad):
                unreadable[table.name, column.name] = cell_text(bad)
        columns[column.name] = filled(values, column)
    return pd.DataFrame(columns, index=cells.index, copy=False)


def tag_words(values: pd.Series, column: Column) -> pd.Series:
    """Return single words with the row they stand in: tags one by one, other columns as they are."""
    return values.explode().dropna() if column.kind == TAGS else values.dropna()
