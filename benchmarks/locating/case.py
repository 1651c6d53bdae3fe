"""What is measured once: one method on one question, with one seed, for so many seconds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One measurement. `published` is the least cost in the literature, `optimal` whether that is proven there."""

    set_name: str
    instance: str
    kind: str
    sites: int
    customers: int
    published: float
    optimal: bool
    budget_s: float
    share: float
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
