"""Rows of a source that cannot be used: all of them, each with its reason and the next step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from retour.errors import InputError, Issue

MAX_ISSUES = 200
SKIP_HINT = 'correct the row, or set on_bad_row = "skip" under [source] to leave bad rows out'


@dataclass
class Rejects:
    """Collects (row, column, found, why); `file` is what the user calls the source."""

    file: str
    found: list[tuple[int, str, str, str]] = field(default_factory=list)

    def add(self, bad: pd.Series, why: str | Callable[[str], str]) -> None:
        """Note every entry of `bad`: its index is the row, its name the column, its value what was found."""
        for row, value in bad.items():
            shown = "" if pd.isna(value) else str(value)
            self.found.append((int(str(row)), str(bad.name), shown, why if isinstance(why, str) else why(shown)))

    @property
    def rows(self) -> set[int]:
        """Rows with at least one defect."""
        return {row for row, *_ in self.found}

    def table(self) -> pd.DataFrame:
        """Return the defects in row order: row, column, found, why."""
        return pd.DataFrame(sorted(self.found), columns=["row", "column", "found", "why"])

    def refuse(self) -> None:
        """Raise one InputError with every defect, if there is any."""
        if self.found:
            listed = [
                Issue(self.file, row, column, f"found {found!r}; {why}; {SKIP_HINT}")
                for row, column, found, why in sorted(self.found)[:MAX_ISSUES]
            ]
            more = len(self.found) - len(listed)
            extra = [Issue(self.file, None, None, f"and {more} more bad cells; {SKIP_HINT}")] if more else []
            raise InputError([*listed, *extra])
