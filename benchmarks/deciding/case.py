"""What is measured once: one method on one night, within a time limit."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One measurement: a method by name, returns and seed of the night, seconds allowed once the night is loaded."""

    method: str
    returns: int
    seed: int
    limit_s: float

    @property
    def name(self) -> str:
        """A file name of its own, the limit left out."""
        return f"{self.method}-{self.returns}-seed{self.seed}"

    def as_record(self) -> dict[str, Any]:
        """Return the fields as the record of the case begins."""
        return asdict(self)
