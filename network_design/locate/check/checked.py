"""What a checker says of a location answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LocationChecked:
    """The cost priced anew from the file's figures, its parts by name, and every broken rule.

    A violation holds `rule`, `ids` (numbered from 1 as in the file), `found`, `limit`, `unit` and `message`.
    """

    cost: float | None
    parts: dict[str, float]
    violations: tuple[dict[str, Any], ...]

    @property
    def feasible(self) -> bool:
        """Whether nothing is broken."""
        return self.cost is not None and not self.violations
