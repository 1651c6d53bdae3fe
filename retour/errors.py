"""The three ways a run can end badly: your data, your limits, our solver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Issue:
    """One defect found at the gate: where it is, what was found, what to do next.

    `row` is the 1-based line of the source file (the header is line 1), or None for a whole table.
    """

    table: str
    row: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        """Say it in one sentence a planner understands."""
        where = self.table if self.row is None else f"{self.table} row {self.row}"
        return f"{where}: {self.message}" if self.column is None else f"{where}, {self.column}: {self.message}"


class RetourError(Exception):
    """Base of every error that is meant for a person; `exit_code` is what the command returns."""

    exit_code = 1


class InputError(RetourError):
    """Your data: carries every `Issue` found, all at once."""

    exit_code = 3

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues = tuple(issues)
        super().__init__("\n".join(map(str, self.issues)))


class InfeasibleError(RetourError):
    """Your limits: no plan fits. Each reason names the blocking limit and the cheapest way out.

    `unserved` may say in plain values which stops are out of reach, and what would make them fit.
    """

    exit_code = 4

    def __init__(self, reasons: str | Iterable[str], *, unserved: Iterable[Mapping[str, object]] = ()) -> None:
        self.unserved = tuple(unserved)
        self.reasons = (reasons,) if isinstance(reasons, str) else tuple(reasons)
        super().__init__("\n".join(self.reasons))


class BackendError(RetourError):
    """Our solver: it failed or cannot honour what was asked."""

    exit_code = 5
