"""What is measured once: one method on one instance, with one seed, for so many seconds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One measurement. `best_known` is the cost of the best solution known, None where nobody knows one."""

    set_name: str
    instance: str
    clients: int
    best_known: float | None
    budget_s: float
    method: str
    seed: int

    @property
    def name(self) -> str:
        """A file name of its own."""
        return f"{self.set_name}-{self.instance}-{self.budget_s:g}s-{self.method}-seed{self.seed}"

    def as_record(self) -> dict[str, Any]:
        """Return the fields as the record of the case begins."""
        return asdict(self)


KEY = ("set_name", "instance", "budget_s", "method", "seed")
"""The fields that tell one record from another."""
