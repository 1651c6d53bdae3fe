"""How the numbers of a benchmark file become whole numbers: three conventions, told apart by the kind of file."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

import numpy as np


class Convention(StrEnum):
    """Distances, times, prizes and fixed costs are scaled, then made whole; a cost means little under another one.

    `round`: nearest whole number. `dimacs`: 10 times, decimals cut off. `exact`: 1,000 times, nearest.
    """

    ROUND = "round"
    DIMACS = "dimacs"
    EXACT = "exact"

    @property
    def scale(self) -> int:
        """Units of the convention per unit of the file."""
        return {Convention.ROUND: 1, Convention.DIMACS: 10, Convention.EXACT: 1_000}[self]

    def whole(self, values: np.ndarray) -> np.ndarray:
        """The values, of any shape, in the convention's units."""
        scaled = self.scale * np.asarray(values, dtype=np.float64)
        return np.asarray(np.trunc(scaled) if self is Convention.DIMACS else np.rint(scaled)).astype(np.int64)


BY_KIND = {
    "CVRP": Convention.ROUND,
    "VRPB": Convention.ROUND,
    "VRPTW": Convention.DIMACS,
    "PCVRPTW": Convention.DIMACS,
    "MTVRPTWR": Convention.DIMACS,
    "HFVRP": Convention.EXACT,
    "MDVRPTW": Convention.EXACT,
    "SDVRPTW": Convention.EXACT,
}
VANS_DIFFER = {"CAPACITY", "VEHICLES_ALLOWED_CLIENTS", "VEHICLES_DEPOT", "VEHICLES_FIXED_COST",
               "VEHICLES_UNIT_DISTANCE_COST"}  # fmt: skip


def convention_of(kind: str, sections: Collection[str]) -> Convention:
    """The convention in which results for this kind of file (its `TYPE`) are published.

    An unknown kind is judged by its sections: vehicles that differ mean `exact`, else time windows mean `dimacs`,
    else it is `round`.
    """
    if kind in BY_KIND:
        return BY_KIND[kind]
    if VANS_DIFFER & set(sections):
        return Convention.EXACT
    return Convention.DIMACS if "TIME_WINDOW" in sections else Convention.ROUND
