"""What a design costs and moves, broken down as far as the books may be: sums of its rows compare with any total.

Money comes from the ledger alone, which knows ways without their means of transport: where two go the same way, what
moves is priced one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from network_design.baseline.tables import MOVEMENT
from retour.design import DesignInstance
from retour.design.ledger import design_ledger
from retour.design.plan import Design

SELECTORS = ["place_id", "to_id", "mode", "product_id", "period"]
MOVE = ["place_id", "to_id", "product_id", "period"]
WAY = ["from_id", "to_id", "mode", "product_id"]


@dataclass(frozen=True)
class Measures:
    """Rows to be added up: `cost` by activity, `quantities` (quantity_t, distance_t_km) by what is `counted`.

    Both have the columns SELECTORS, empty where they say nothing.
    """

    cost: pd.DataFrame
    quantities: pd.DataFrame


def measures_of(instance: DesignInstance, design: Design) -> Measures:
    """Return what a design of an instance costs and moves."""
    still = design.ledger[~design.ledger["activity"].isin(MOVEMENT)]
    cost = pd.concat([still, *_movement_cost(instance, design)], ignore_index=True)
    return Measures(_shaped(cost, "activity", ["cost"]), _quantities(instance, design))


def _movement_cost(instance: DesignInstance, design: Design) -> list[pd.DataFrame]:
    """Return the ledger's rows of what moves with their means of transport."""
    told = design.flows.rename(columns={"from_id": "place_id"})[[*MOVE, "mode"]].drop_duplicates()
    if not told.duplicated(MOVE).any():
        return [design.ledger[design.ledger["activity"].isin(MOVEMENT)].merge(told, on=MOVE)]
    nothing = {name: getattr(design, name).iloc[:0] for name in ("opened", "processed", "handled")}
    found = []
    for mode, flows in design.flows.groupby("mode"):
        ledger = design_ledger(instance, flows=flows, **nothing)
        found.append(ledger[ledger["activity"].isin(MOVEMENT)].assign(mode=mode))
    return found


def _quantities(instance: DesignInstance, design: Design) -> pd.DataFrame:
    moved = design.flows.merge(instance.arcs[[*WAY, "distance_km"]], on=WAY, how="left")
    moved = moved.assign(distance_t_km=moved["amount_t"] * moved["distance_km"])
    moved = moved.rename(columns={"from_id": "place_id", "amount_t": "quantity_t"})
    supply = instance.series("supply").rename(columns={"amount_t": "quantity_t"})
    pairs = supply[["place_id", "product_id"]].drop_duplicates()
    handled = [
        design.handled.rename(columns={f"{name}_t": "quantity_t"}).assign(counted=name)
        for name in ("sold", "disposed", "stored", "lost")
    ]
    parts = [
        moved.assign(counted="moved"), supply.assign(counted="arising"),
        moved.merge(pairs, on=["place_id", "product_id"]).drop(columns=["to_id", "mode"]).assign(counted="collected"),
        design.processed.rename(columns={"amount_t": "quantity_t"}).assign(counted="processed"), *handled,
        design.emissions.rename(columns={"gas": "product_id", "amount_t": "quantity_t"}).assign(counted="emitted"),
    ]  # fmt: skip
    return _shaped(pd.concat(parts, ignore_index=True), "counted", ["quantity_t", "distance_t_km"])


def _shaped(rows: pd.DataFrame, by: str, figures: list[str]) -> pd.DataFrame:
    """Return rows with names as categories: each of many totals compares all of them."""
    names = [by, *(column for column in SELECTORS if column != "period")]
    shaped = rows.reindex(columns=[by, *SELECTORS, *figures]).fillna(dict.fromkeys(figures, 0.0))
    return shaped.astype(dict.fromkeys(names, "category"))
