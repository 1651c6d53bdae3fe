"""Prices of a design: what one more unit of each limit is worth while everything stays open as it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from network_design.model.build import DesignModel
from network_design.model.program import FloatArray
from retour.design.plan import shaped

TOLD = ("SUPPLY", "CAPACITY", "LANE", "PRODUCT_DISPOSAL", "EMISSIONS", "BUDGET", "COUNT", "SERVICE")
OF_LEAST = ("SUPPLY", "SERVICE")
"""What must be at least so much: its price is what one less saves."""
NOTHING = 1e-9

FlagArray = NDArray[np.bool_]


def design_prices(model: DesignModel, row_price: FloatArray, *, opened: pd.DataFrame) -> pd.DataFrame:
    """Return the prices of a linear program in which what is whole is fixed.

    SUPPLY is what one more tonne arising costs (RELOG calls it marginal cost), SERVICE what one tonne less that must go
    near saves; the others are what one more unit saves. CAPACITY is of places that are open then, as `opened` says:
    a closed one would have to be opened before a tonne of size saves anything.
    """
    parts = [
        family.keys.assign(limit=family.kind, price=_worth(family.kind, row_price[family.start : family.stop]))
        for family in model.program.families
        if family.kind in TOLD and len(row_price)
    ]
    if not parts:
        return shaped("prices", pd.DataFrame())
    frame = pd.concat(parts, ignore_index=True)
    return shaped("prices", frame[(frame["price"].abs() > NOTHING) & ~_of_closed(frame, opened)])


def _of_closed(prices: pd.DataFrame, opened: pd.DataFrame) -> FlagArray:
    """Say which prices are of the size of a place in a period in which it is closed."""
    keys = ["place_id", "period"]
    closed = pd.MultiIndex.from_frame(opened.loc[~opened["is_open"].astype(bool), keys])
    own = pd.MultiIndex.from_frame(prices.reindex(columns=keys))
    return np.asarray((prices["limit"] == "CAPACITY").to_numpy(bool) & own.isin(closed))


def _worth(kind: str, dual: FloatArray) -> FloatArray:
    """A dual is what the objective gains by one more on the right-hand side; what is saved by it has the other sign."""
    return np.asarray(dual if kind in OF_LEAST else -dual, dtype=float)
