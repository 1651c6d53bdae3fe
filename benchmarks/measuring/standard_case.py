"""One measurement on a standard instance, and how its record is told from all others."""

from __future__ import annotations

from typing import Any

KEY = ("set_name", "instance", "budget_s", "method", "seed")
"""The fields that tell one record from another."""


class StandardCase:
    """One method on one instance of a set, with one seed, for so many seconds; each benchmark adds fields."""

    set_name: str
    instance: str
    budget_s: float
    method: str
    seed: int

    @property
    def name(self) -> str:
        """A file name of its own."""
        return f"{self.set_name}-{self.instance}-{self.budget_s:g}s-{self.method}-seed{self.seed}"

    def as_record(self) -> dict[str, Any]:
        """Return the fields as the record of the case begins."""
        return dict(vars(self))
