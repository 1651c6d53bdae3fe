"""What fixed rules and greedy best margin make of a large night: partition by partition, in bands of their order.

Fixed rules go through the table from top to bottom, greedy from the dearest item to the cheapest. Over several
partitions both go band by band, every partition in turn within a band, which comes close to the order of the whole.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.plan import shaped
from routing.decide.comparators import BOUND, FIXED_RULES, GREEDY, JOINT
from routing.decide.scale.engine import Layout, Solved
from routing.decide.scale.ranks import Tally

FloatArray = NDArray[np.float64]
BANDS = 8


def comparator_rows(layout: Layout, solved: Solved, *, co2e_kg: float) -> pd.DataFrame:
    """Return the `comparators` table of a large night."""
    tallies = {method: tally(layout, method) for method in (FIXED_RULES, GREEDY)}
    rows: list[tuple[str, float, float, int | None]] = [
        (method, t.cost_eur, t.co2e_kg, t.unplaced) for method, t in tallies.items()
    ]
    rows += [(JOINT, solved.cost_eur, co2e_kg, 0), (BOUND, solved.bound_eur, np.nan, None)]
    table = pd.DataFrame(rows, columns=["method", "cost_eur", "co2e_kg", "unplaced"])
    return shaped("comparators", table.astype({"unplaced": "Int64"}))


def tally(layout: Layout, method: str) -> Tally:
    """Return what a method's decisions add up to, missed contract minimums included; the crew's plan stays."""
    crew, limits = layout.crew, layout.night.limits
    bands = np.linspace(0.0, 1.0, (BANDS if len(crew) > 1 else 1) + 1)
    cuts = _value_cuts(layout, bands)
    place, left = layout.contest.capacity[:-1].copy(), np.where(np.isfinite(limits.excess_eur), np.inf, limits.capacity)
    keep = int(layout.contest.capacity[-1])
    crew.each("begin_turns")
    for band in range(len(bands) - 1):
        span = (bands[band], bands[band + 1]) if method == FIXED_RULES else (cuts[band + 1], cuts[band])
        for part, own in enumerate(layout.contest.places):
            taken, keep, left = crew.some("take_turns", {part: (method, span, place[own[:-1]], keep, left)})[part]
            place[own[:-1]] = taken
    found = crew.each("tally")
    used = np.sum([f.used for f in found], axis=0)
    cost_eur = sum(f.cost_eur for f in found) + _shortfall(layout, used)
    return Tally(cost_eur, sum(f.co2e_kg for f in found), used, sum(f.unplaced for f in found))


def _value_cuts(layout: Layout, bands: FloatArray) -> FloatArray:
    """Return the item values that part the bands, the highest first: all dearer than a cut come before it."""
    values = np.concatenate(layout.crew.each("values"))
    cuts = np.quantile(values, 1.0 - bands) if len(values) else np.zeros(len(bands))
    cuts[0], cuts[-1] = np.inf, -np.inf
    return cuts


def _shortfall(layout: Layout, used: FloatArray) -> float:
    limits = layout.night.limits
    sold = np.isfinite(limits.excess_eur)
    return float(np.maximum(0.0, used - limits.capacity)[sold] @ limits.excess_eur[sold])

