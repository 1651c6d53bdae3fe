"""What tours collect of a design, from where to which hub, and what the network's rates charge for it."""

from __future__ import annotations

import pandas as pd

from network_design.surrogate.tours import Tours, straight_km
from retour.design import DesignInstance
from retour.design.ledger import design_ledger
from retour.design.plan import shaped

PAIR = ["period", "from_id", "to_id"]
MOVING = ("transport", "loading")


def collected_pairs(instance: DesignInstance, flows: pd.DataFrame, tours: Tours) -> pd.DataFrame:
    """Return what tours collect: period, from_id, to_id (sorted by these), amount_t, distance_km and surrogate.

    The distance is `straight_km`; the surrogate is what the ledger charges for moving and loading it (undiscounted),
    all products together.
    """
    mine = flows[tours.among(instance, flows) & (flows["amount_t"] > 0).to_numpy(bool)]
    pairs = mine.groupby(PAIR, as_index=False)["amount_t"].sum()
    pairs = pairs.assign(distance_km=straight_km(instance, pairs))
    return pairs.merge(_moving_cost(instance, mine), on=PAIR, how="left").fillna({"surrogate": 0.0})


def _moving_cost(instance: DesignInstance, flows: pd.DataFrame) -> pd.DataFrame:
    """Return period, from_id, to_id and surrogate: what the ledger charges for these flows and nothing else."""
    nothing = {name: shaped(name, pd.DataFrame()) for name in ("processed", "handled", "opened")}
    ledger = design_ledger(instance, flows=flows, **nothing)
    moved = ledger[ledger["activity"].isin(MOVING)].rename(columns={"place_id": "from_id"})
    return moved.groupby(PAIR, as_index=False)["cost"].sum().rename(columns={"cost": "surrogate"})
