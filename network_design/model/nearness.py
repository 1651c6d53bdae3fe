"""Which places are within which bands of the response to distance, and what that says of the variables beforehand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from network_design.model.sets import PAIR, FloatArray, Sets
from retour.design.service import is_within


def inside_bands(sets: Sets) -> pd.DataFrame:
    """Return place_id, product_id, band (its line), to_id and level (of to_id's smallest size, -1 without sizes).

    A row per band and place within it, narrow bands first.
    """
    arcs = sets.arcs[["from_id", "to_id", "product_id", "distance_km"]].rename(columns={"from_id": "place_id"})
    arcs = arcs.assign(level=sets.first_level[sets.place_line(arcs["to_id"])])
    both = sets.bands.reset_index(names="band").merge(arcs, on=PAIR)
    both = both[is_within(both["distance_km"], both["within_km"])].drop_duplicates(["band", "to_id"])
    return both.sort_values(["band", "to_id"], ignore_index=True)[[*PAIR, "band", "to_id", "level"]]


def surely_near(sets: Sets) -> FloatArray:
    """Return 1 for bands within which a place is always there, without a size to decide, (bands, 1)."""
    always = np.zeros((len(sets.bands), 1))
    if sets.bands.empty:
        return always
    inside = inside_bands(sets)
    always[inside.loc[inside["level"] < 0, "band"].to_numpy(np.int64)] = 1.0
    return always


def may_be_lost(sets: Sets) -> FloatArray:
    """Return what arises of that whose coming depends on distance, (responding, periods)."""
    return sets.over_time("supply", sets.responding, "amount_t")
