"""Records of measurements, a line of JSON each, added as they come: a run that is killed keeps what it has."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.measuring.outcomes import FAILED

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
    key: tuple[str, ...]

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

    def _key(self, record: Record) -> tuple[Any, ...]:
        return tuple(record[field] for field in self.key)
