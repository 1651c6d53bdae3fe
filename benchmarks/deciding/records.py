"""Records of measurements, a line of JSON each, added as they come: a run that is killed keeps what it has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.deciding.case import Case
from benchmarks.deciding.watch import FAILED, NO_FURTHER

NOT_TRIED = "not tried"
KEY = ("method", "returns", "seed", "limit_s")
Record = dict[str, Any]


class Recorded(Protocol):
    """A case that has a record."""

    def as_record(self) -> Record:
        """Return the fields as the record of the case begins."""
        ...


@dataclass(frozen=True)
class Records:
    """The records in a file; the fields of `key` tell one from another."""

    file: Path
    key: tuple[str, ...] = KEY

    def read(self) -> list[Record]:
        """Return all records, the latest of each case, in the order they came."""
        if not self.file.exists():
            return []
        lines = self.file.read_text(encoding="utf-8").splitlines()
        return list({self._key(record): record for record in map(json.loads, lines)}.values())

    def add(self, record: Record) -> None:
        """Add a record at the end."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def has(self, case: Recorded) -> bool:
        """Return whether the case was measured, with whatever outcome but a failure."""
        return any(self._key(r) == self._key(case.as_record()) and r["outcome"] != FAILED for r in self.read())

    def failed_below(self, case: Case) -> int | None:
        """Return the returns of the smallest night that the case's method did not finish within the same limit.

        None where it finished all that are smaller than the case.
        """
        failed = [
            r["returns"] for r in self.read()
            if (r["method"], r["limit_s"]) == (case.method, case.limit_s) and r["outcome"] in NO_FURTHER
        ]  # fmt: skip
        return min((returns for returns in failed if returns < case.returns), default=None)

    def _key(self, record: Record) -> tuple[Any, ...]:
        return tuple(record[field] for field in self.key)


def not_tried(case: Case, *, failed_at: int) -> Record:
    """Return the record of a case that is hopeless: the method did not finish a smaller night."""
    return case.as_record() | {"outcome": NOT_TRIED, "note": f"did not finish {failed_at:,} returns"}


def at_size(records: Sequence[Record], returns: int) -> list[Record]:
    """Return the records of nights of this size."""
    return [record for record in records if record["returns"] == returns]
