"""Networks built by hand for the decision tests: partial tables in, an instance behind the gate out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from retour.clock import seconds
from retour.instance import Instance
from retour.policy import NetworkSettings, Policy
from retour.tables import INPUT_TABLES
from retour.tables.column import CLOCK, DATE, FLAG, INTEGER, MOMENT, NUMBER, TAGS, Column, Table

NIGHT = date(2026, 11, 23)
Rows = Sequence[Mapping[str, Any]]


def as_the_gate(table: Table, rows: Rows) -> pd.DataFrame:
    """Return rows with every declared column, typed as the gate leaves them."""
    return pd.DataFrame({c.name: _column(c, [row.get(c.name, c.default) for row in rows]) for c in table.columns})


def _column(column: Column, values: list[Any]) -> pd.Series:
    if column.kind in (NUMBER, INTEGER, CLOCK):
        numbers = [seconds(v) if column.kind == CLOCK and isinstance(v, str) else v for v in values]
        return pd.Series([np.nan if v is None else v for v in numbers], dtype=float)
    if column.kind == FLAG:
        return pd.Series([bool(v) for v in values], dtype=bool)
    if column.kind in (DATE, MOMENT):
        return pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[s]")
    if column.kind == TAGS:
        return pd.Series([tuple(v or ()) for v in values], dtype=object)
    return pd.Series([np.nan if v is None else str(v) for v in values], dtype=object)


def build(tables: Mapping[str, Rows], policy: Policy | None = None) -> Instance:
    """Return an instance of these rows; tables not given are empty."""
    frames = {name: as_the_gate(table, tables.get(name, ())) for name, table in INPUT_TABLES.items()}
    return Instance(NetworkSettings(name="hand", travel={"circuity": 1.0}), policy or Policy(), NIGHT, frames)


def small(**changes: Rows) -> dict[str, Rows]:
    """Return the tables of a small town: lockers L1 and L2, home zone H, hub U, a warehouse and a recycler.

    Two shirts (grade A) stand 1 and 2 km north of L1; L2 is another kilometre north. One degree of latitude is
    111.195 km, so 0.009 degrees are 1 km.
    """
    km = 1 / 111.195
    tables: dict[str, Rows] = {
        "item_classes": [
            {"class_id": "shirt", "decay_per_day": 0.01, "handling_min": 6},
            {"class_id": "phone", "decay_per_day": 0.02, "handling_min": 30, "tags": ("BATTERY", "WEEE")},
        ],
        "recovery_values": [
            {"class_id": "shirt", "grade": "A", "outcome": "RESTOCK", "recovered_share": 0.9},
            {"class_id": "shirt", "grade": "A", "outcome": "OUTLET", "recovered_share": 0.5},
            {"class_id": "shirt", "grade": "A", "outcome": "RECYCLE", "recovered_share": 0.0},
            {"class_id": "shirt", "grade": "D", "outcome": "RECYCLE", "recovered_share": 0.0},
            {"class_id": "phone", "grade": "A", "outcome": "RESTOCK", "recovered_share": 0.9},
            {"class_id": "phone", "grade": "C", "outcome": "REFURBISH", "recovered_share": 0.6},
            {"class_id": "phone", "grade": "C", "outcome": "RECYCLE", "recovered_share": 0.0},
            {"class_id": "phone", "grade": "E", "outcome": "RECYCLE", "recovered_share": 0.0},
        ],
        "returns": [
            {"return_id": "R1", "class_id": "shirt", "reason": "changed_mind", "lat": 45 + km, "lon": 5.0,
             "volume_l": 5, "weight_kg": 0.5, "value_eur": 40, "grade": "A", "requested_on": "2026-11-22"},
            {"return_id": "R2", "class_id": "shirt", "reason": "changed_mind", "lat": 45 + 2 * km, "lon": 5.0,
             "volume_l": 5, "weight_kg": 0.5, "value_eur": 60, "grade": "A", "requested_on": "2026-11-22"},
        ],
        "sizes": [
            {"size": "S", "volume_l": 20, "max_weight_kg": 10},
            {"size": "L", "volume_l": 100, "max_weight_kg": 25},
        ],
        "points": [
            {"point_id": "L1", "kind": "LOCKER", "lat": 45.0, "lon": 5.0, "emptied_by": "VAN", "hub_id": "U"},
            {"point_id": "L2", "kind": "LOCKER", "lat": 45 + 3 * km, "lon": 5.0, "emptied_by": "VAN", "hub_id": "U"},
            {"point_id": "H", "kind": "HOME", "lat": 45.0, "lon": 5.0, "emptied_by": "VAN", "hub_id": "U"},
        ],
        "compartments": [
            {"point_id": p, "size": s, "count": n} for p in ("L1", "L2") for s, n in (("S", 2), ("L", 1))
        ],
        "hubs": [{"hub_id": "U", "lat": 45.0, "lon": 5.1}],
        "sites": [
            {"site_id": "W", "lat": 45.0, "lon": 5.2, "operator": "OWN"},
            {"site_id": "Z", "lat": 45.0, "lon": 5.3, "operator": "THIRD_PARTY", "certificates": ("BATTERY", "WEEE")},
        ],
        "processes": [
            {"process_id": "W-restock", "site_id": "W", "outcome": "RESTOCK", "cost_eur": 1.0, "yield_share": 1},
            {"process_id": "W-outlet", "site_id": "W", "outcome": "OUTLET", "cost_eur": 0.5, "yield_share": 1},
            {"process_id": "Z-refurbish", "site_id": "Z", "outcome": "REFURBISH", "cost_eur": 9.0, "yield_share": 1},
            {"process_id": "Z-recycle", "site_id": "Z", "outcome": "RECYCLE", "cost_eur": 0.3, "yield_share": 1},
        ],
        "lanes": [
            {"from_id": "U", "to_id": "W", "cost_eur_per_parcel": 0.5},
            {"from_id": "U", "to_id": "Z", "cost_eur_per_parcel": 0.7},
        ],
        "vehicles": [
            {"vehicle_type_id": "van", "hub_id": "U", "count": 2, "capacity_parcels": 100,
             "shift_start": "18:00", "shift_end": "23:00"},
        ],
    }  # fmt: skip
    return {**tables, **changes}


@pytest.fixture(scope="session")
def network() -> Callable[..., Instance]:
    """The builder of instances from rows."""
    return build


@pytest.fixture(scope="session")
def town() -> Callable[..., dict[str, Rows]]:
    """The tables of the small town, with changes."""
    return small
