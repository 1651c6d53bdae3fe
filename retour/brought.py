"""What vans bring to stops, as the tables of a run tell it; runs older than these columns brought nothing."""

from __future__ import annotations

import pandas as pd

OUT_PARCELS, OUT_L, OUT_KG = "out_parcels", "out_l", "out_kg"
OUT = (OUT_PARCELS, OUT_L, OUT_KG)


def brought(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of OUT of `visits` or `stops` as numbers, 0 where the table has none."""
    return table.reindex(columns=[*OUT]).astype(float).fillna(0.0)
