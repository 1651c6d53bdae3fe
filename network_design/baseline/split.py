"""A cost's deviation as what other tonnes, other distances and other prices make of it, with nothing left over.

The logarithmic mean Divisia index: Ang (2005), doi:10.1016/j.enpol.2003.10.010.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from network_design.baseline.tables import MOVEMENT
from network_design.baseline.totals import Total

SAME = 1e-9


@dataclass(frozen=True)
class Ratios:
    """Model over books of tonnes, of kilometres per tonne, and of the price of a unit; None where it cannot be told."""

    volume: float | None
    distance: float | None
    rate: float | None


def ratios_of(total: Total) -> Ratios:
    """Return the ratios whose product is that of the cost, as far as the books tell them apart.

    What moves by the kilometre is priced by the tonne-kilometre, everything else by the tonne.
    """
    cost, volume, moved = (total.ratio(measure) for measure in ("cost", "quantity_t", "distance_t_km"))
    far = "transport" in total.activities
    distance = None if not far or moved is None or volume is None else moved / volume
    units = moved if far else volume
    return Ratios(volume, distance, None if cost is None or units is None else cost / units)


def effects_of(total: Total) -> Ratios:
    """Return what each ratio makes of the cost's deviation, in money; they add up to it where all are told."""
    if total.ratio("cost") is None or "cost" not in total.books:
        none = "cost" in total.books and total.counts_tonnes and not total.model["quantity_t"]
        return Ratios(total.deviation("cost") if none else None, None, None)
    mean, found = log_mean(total.model["cost"], total.books["cost"]), ratios_of(total)
    return Ratios(*(None if r is None else mean * math.log(r) for r in (found.volume, found.distance, found.rate)))


def log_mean(one: float, other: float) -> float:
    """Return (one - other) / log(one / other) of two figures of one sign."""
    ratio = one / other
    return one if abs(ratio - 1) < SAME else (one - other) / math.log(ratio)


def is_movement(total: Total) -> bool:
    """Say whether a total is of what moves alone."""
    return set(total.activities) <= set(MOVEMENT)
