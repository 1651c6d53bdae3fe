"""Changed figures: an instance with some column's figures multiplied, raised or replaced."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from network_design.study.settings import Change
from retour.design import DesignInstance
from retour.tables.column import NUMBER
from retour.tables.design import DESIGN_TABLES

DISTANCES = "distances"
_WITH_FIGURES = (
    "periods", "place_costs", "contracts", "contract_tiers", "supply", "return_curves", "processes", "recipes",
    "process_emissions", "sales", "disposal", "storage", "lanes", "transport", "transport_emissions",
    "product_limits", "gases", "products", "service_bands", "response", "modes", "queues", "handling_emissions",
)  # fmt: skip


def _figures(name: str) -> tuple[str, ...]:
    """Return the columns of a table that hold figures and are no part of its key."""
    table = DESIGN_TABLES[name]
    return tuple(c.name for c in table.columns if c.kind == NUMBER and c.name not in table.key)


CHANGEABLE = {name: _figures(name) for name in _WITH_FIGURES} | {
    "capacities": ("size_t", "opening_cost", "fixed_cost"), DISTANCES: ("",),
}  # fmt: skip
SELECTORS = {
    "product": ("product_id",), "place": ("place_id", "from_id"), "kind": ("place_id", "from_id"), "mode": ("mode",),
    "gas": ("gas",), "process": ("process_id",), "period": ("period",),
}  # fmt: skip


def changed(instance: DesignInstance, changes: Iterable[Change]) -> DesignInstance:
    """Return the instance after every change, in order; their names must be known ones."""
    for change in changes:
        instance = _distances(instance, change) if change.table == DISTANCES else _one(instance, change)
    return instance


def selector_column(change: Change, selector: str) -> str | None:
    """Return the column of its table by which a change selects; None where the table has none."""
    columns = DESIGN_TABLES["lanes" if change.table == DISTANCES else change.table].column_names
    return next((c for c in SELECTORS[selector] if c in columns), None)


def selected(instance: DesignInstance, table: pd.DataFrame, change: Change) -> NDArray[np.bool_]:
    """Say which rows of a table a change is about."""
    rows = np.ones(len(table), dtype=bool)
    kinds = instance.tables["places"].set_index("place_id")["kind"]
    for selector in SELECTORS:
        wanted = getattr(change, selector)
        column = None if wanted is None else selector_column(change, selector)
        if column is not None:
            own = table[column].map(kinds) if selector == "kind" else table[column]
            rows &= (own == wanted).to_numpy(bool)
    return rows


def rows_of(instance: DesignInstance, change: Change) -> pd.DataFrame:
    """Return the table of a change; with a row per period where one period is to be changed."""
    table = instance.tables[change.table]
    timed = "period" in DESIGN_TABLES[change.table].key and change.table != "periods"
    return instance.series(change.table) if change.period is not None and timed else table


def _one(instance: DesignInstance, change: Change) -> DesignInstance:
    table = rows_of(instance, change)
    rows = selected(instance, table, change)
    figures = table[change.column].to_numpy(float)
    tables = {change.table: table.assign(**{change.column: np.where(rows, _moved(figures, change), figures)})}
    if (change.table, change.column) == ("capacities", "size_t"):
        places = instance.tables["places"]
        grown = places["place_id"].isin(table.loc[rows, "place_id"]).to_numpy()
        start = places["initial_size_t"].to_numpy(float)
        tables["places"] = places.assign(initial_size_t=np.where(grown, _moved(start, change), start))
    return instance.replace(**tables)


def _moved(figures: NDArray[np.float64], change: Change) -> NDArray[np.float64]:
    if change.set is not None:
        return np.full_like(figures, change.set)
    return figures * (1.0 if change.factor is None else change.factor) + (change.add or 0.0)


def _distances(instance: DesignInstance, change: Change) -> DesignInstance:
    """All ways get longer or shorter, those whose length is a chord too."""
    factor = 1.0 if change.factor is None else change.factor
    lanes = instance.tables["lanes"]
    arcs = instance.arcs.drop_duplicates(["from_id", "to_id", "mode"])
    # Every way becomes a lane with its length, so that links still choose by the map and not by the longer road.
    known = lanes[["from_id", "to_id", "mode"]].merge(arcs, on=["from_id", "to_id", "mode"], how="left")
    length = lanes["distance_km"].fillna(known["distance_km"]).to_numpy(float)
    linked = arcs.merge(
        lanes[["from_id", "to_id", "mode"]], on=["from_id", "to_id", "mode"], how="left", indicator=True
    )
    linked = linked[linked["_merge"] == "left_only"][lanes.columns]
    both = pd.concat([lanes.assign(distance_km=length), linked], ignore_index=True)
    rows = selected(instance, both, change)
    both["distance_km"] = np.where(rows, both["distance_km"] * factor, both["distance_km"])
    return instance.replace(lanes=both, links=instance.tables["links"].iloc[:0])
