"""Rows of a design's ledger."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.design.figures import FloatArray


def entries(
    rows: pd.DataFrame, activity: str, quantity: pd.Series | FloatArray, unit: str, rate: FloatArray | pd.Series
) -> pd.DataFrame:
    """Return ledger rows for `rows`, which have a period and may have place_id, to_id and product_id."""
    known = rows.reindex(columns=["period", "place_id", "to_id", "product_id"]).reset_index(drop=True)
    return known.assign(
        activity=activity, quantity=np.asarray(quantity, float), unit=unit, rate=np.asarray(rate, float)
    )
