"""The fullest future: as much arises everywhere as in any, at mean figures, and what stands weighs the more.

A design of it has room for all futures. Its balance between places and ways is that of expected cost: a place is paid
for in every future, but filled as much as here only in the fullest, so that against a tonne here it costs more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from network_design.futures.expected import mean_instance
from network_design.study.cases import Future
from retour.design import DesignInstance

STANDING = {"capacities": ("opening_cost", "fixed_cost"), "place_costs": ("closing_cost", "operating_cost")}
"""What is paid for places however much arises."""


def fullest_instance(futures: Sequence[Future]) -> DesignInstance | None:
    """Return the instance of the fullest future; None where futures have rows of their own, or nothing arises.

    Its cost is no bound and no forecast: it only leads to a design.
    """
    most = most_arising(futures)
    arising = np.array([f.instance.series("supply")["amount_t"].sum() for f in futures])
    weights = np.array([f.probability for f in futures]) * arising
    mean = mean_instance([f.instance for f in futures], weights) if most is not None and weights.sum() > 0 else None
    if mean is None or most is None:
        return None
    heavier = most["amount_t"].sum() * sum(f.probability for f in futures) / weights.sum()
    standing = {
        name: mean.tables[name].assign(**{c: mean.tables[name][c] * heavier for c in columns})
        for name, columns in STANDING.items()
    }
    return mean.replace(supply=most, **standing)


def most_arising(futures: Sequence[Future]) -> pd.DataFrame | None:
    """Return the supply of as much everywhere as arises in any future; None where goods arise elsewhere in some."""
    keys = ["place_id", "product_id", "period"]
    supplies = [f.instance.series("supply").sort_values(keys, ignore_index=True) for f in futures]
    if any(not s[keys].equals(supplies[0][keys]) for s in supplies[1:]):
        return None
    return supplies[0].assign(amount_t=np.max([s["amount_t"].to_numpy(float) for s in supplies], axis=0))
