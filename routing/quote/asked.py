"""One return that a customer asks about, as the returns table declares it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import pandas as pd

from retour.vocabulary import Flow, MoneyState, Wish


@dataclass(frozen=True)
class AskedReturn:
    """One sound row of the returns table; None where the cell is empty.

    Coordinates are degrees, and NaN only where it lies at a point already; days are midnights.
    """

    return_id: str
    class_id: str
    reason: str
    lat: float
    lon: float
    volume_l: float
    weight_kg: float
    value_eur: float
    requested_on: datetime
    grade: str | None = None
    flow: str = Flow.CUSTOMER_RETURN
    wants: str = Wish.REFUND
    country: str = "FR"
    damaged_battery: bool = False
    purchased_on: datetime | None = None
    delivered_on: datetime | None = None
    ready_at: datetime | None = None
    point_id: str | None = None
    money_state: str = MoneyState.PENDING


COLUMNS = tuple(f.name for f in fields(AskedReturn))
NUMBERS = ("lat", "lon", "volume_l", "weight_kg", "value_eur")


def asked_returns(returns: pd.DataFrame) -> list[AskedReturn]:
    """Return the rows of a returns table as the gate leaves it, in its order."""
    columns = {name: _cells(returns[name], name) for name in COLUMNS}
    return [AskedReturn(*row) for row in zip(*columns.values(), strict=True)]


def _cells(values: pd.Series, name: str) -> list[Any]:
    if name in NUMBERS:
        return list(values.to_numpy(float).tolist())
    return [None if missing else cell for cell, missing in zip(values.tolist(), values.isna().tolist(), strict=True)]
