"""What is asked: a standard file, the kind of problem, and the figures that come beside the file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from network_design.locate.kinds import KINDS


@dataclass(frozen=True)
class Question:
    """A file and what `retour locate` is told of it; None where the file says it itself."""

    file: Path
    kind: str
    p: int | None = None
    capacity: float | None = None

    @classmethod
    def from_words(cls, words: str) -> Question:
        """Read what `words` wrote."""
        told = json.loads(words)
        return cls(Path(told["file"]), told["kind"], told["p"], told["capacity"])

    def words(self) -> str:
        """Return it as one word of a command."""
        file = str(self.file.resolve())
        return json.dumps({"file": file, "kind": self.kind, "p": self.p, "capacity": self.capacity})

    def read(self) -> Any:
        """Return the problem in the file, as its kind's reader makes it."""
        return KINDS[self.kind].reader()(self.file, kind=self.kind, p=self.p, capacity=self.capacity)


def costs_are_whole(problem: Any) -> bool:
    """Return whether some best plan costs a whole number, so that a bound may be rounded up to one."""
    names = ("costs_are_whole", "whole_costs")  # distance problems and routes say the one, facilities the other
    return any(getattr(problem, name, False) is True for name in names) and getattr(problem, "kind", "") != "mclp"
