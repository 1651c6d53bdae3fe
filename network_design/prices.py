"""Prices of a design: what one more unit of each limit is worth while everything stays open as it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from network_design.model.build import DesignModel
from network_design.model.program import FloatArray
from retour.design.plan import shaped

TOLD = ("SUPPLY", "CAPACITY", "LANE", "PRODUCT_DISPOSAL", "EMISSIONS", "BUDGET", "COUNT", "SERVICE")
OF_LEAST = ("SUPPLY", "SERVICE")
"""What must be at least so much: its price is what one less saves."""
NOTHING = 1e-9


def design_prices(model: DesignModel, row_price: FloatArray) -> pd.DataFrame:
    """Return the prices of a linear program in which what is whole is fixed.

    SUPPLY is what one more tonne arising costs (RELOG calls it marginal cost), SERVICE what one tonne less that must go
    near saves; the others are what one more unit saves.
    """
    parts = [
        family.keys.assign(limit=family.kind, price=_worth(family.kind, row_price[family.start : family.stop]))
        for family in model.program.families
        if family.kind in TOLD and len(row_price)
    ]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"price": []})
    return shaped("prices", frame[frame["price"].abs() > NOTHING])


def _worth(kind: str, dual: FloatArray) -> FloatArray:
    """A dual is what the objective gains by one more on the right-hand side; what is saved by it has the other sign."""
    return np.asarray(dual if kind in OF_LEAST else -dual, dtype=float)
