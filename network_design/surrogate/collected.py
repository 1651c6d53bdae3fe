"""What tours collect of a design, from where to which hub, and what the network's rates charge for it."""

from __future__ import annotations

import pandas as pd

from network_design.surrogate.tours import Tours, straight_km
from retour.design import DesignInstance
from retour.design.figures import figure
from retour.design.ledger import design_ledger
from retour.design.plan import shaped

PAIR = ["period", "from_id", "to_id"]
WAY = ["from_id", "to_id", "mode", "product_id"]
CO2E = "CO2e"
MOVING = ("transport", "loading")


def collected_pairs(instance: DesignInstance, flows: pd.DataFrame, tours: Tours) -> pd.DataFrame:
    """Return what tours collect: period, from_id, to_id (sorted by these), amount_t, distance_km, surrogate, its CO2e.

    The distance is `straight_km`; the surrogate is what the ledger charges for moving and loading it (undiscounted),
    `surrogate_co2e_t` what the network's factors say is emitted, all products together.
    """
    mine = flows[tours.among(instance, flows) & (flows["amount_t"] > 0).to_numpy(bool)]
    pairs = mine.groupby(PAIR, as_index=False)["amount_t"].sum()
    pairs = pairs.assign(distance_km=straight_km(instance, pairs))
    for told in (_moving_cost(instance, mine), _emitted(instance, mine)):
        pairs = pairs.merge(told, on=PAIR, how="left")
    return pairs.fillna({"surrogate": 0.0, "surrogate_co2e_t": 0.0})


def _moving_cost(instance: DesignInstance, flows: pd.DataFrame) -> pd.DataFrame:
    """Return period, from_id, to_id and surrogate: what the ledger charges for these flows and nothing else."""
    nothing = {name: shaped(name, pd.DataFrame()) for name in ("processed", "handled", "opened")}
    ledger = design_ledger(instance, flows=flows, **nothing)
    moved = ledger[ledger["activity"].isin(MOVING)].rename(columns={"place_id": "from_id"})
    return moved.groupby(PAIR, as_index=False)["cost"].sum().rename(columns={"cost": "surrogate"})


def _emitted(instance: DesignInstance, flows: pd.DataFrame) -> pd.DataFrame:
    """Return period, from_id, to_id and surrogate_co2e_t: tonnes x kilometres x factor."""
    ways = flows.merge(instance.arcs[[*WAY, "distance_km"]], on=WAY, how="left").assign(gas=CO2E)
    factor = figure(instance, "transport_emissions", "t_per_km_t", ways, ["product_id", "mode", "gas"])
    return (
        ways.assign(surrogate_co2e_t=ways["amount_t"] * ways["distance_km"] * factor)
        .groupby(PAIR, as_index=False)["surrogate_co2e_t"]
        .sum()
    )
