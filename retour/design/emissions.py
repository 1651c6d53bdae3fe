"""What a design emits, by gas, period and source."""

from __future__ import annotations

import pandas as pd

from retour.design.instance import DesignInstance

WAY = ["from_id", "to_id", "mode", "product_id"]
TRANSPORT, PROCESSES = "TRANSPORT", "PROCESSES"


def emissions_of(instance: DesignInstance, flows: pd.DataFrame, processed: pd.DataFrame) -> pd.DataFrame:
    """Return gas, period, source and amount_t: distance x factor x tonnes moved, and factor x tonnes processed."""
    moved = instance.series("transport_emissions")
    ways = flows.merge(instance.arcs[[*WAY, "distance_km"]], on=WAY).merge(moved, on=["product_id", "mode", "period"])
    ways = ways.assign(amount_t=ways["amount_t"] * ways["distance_km"] * ways["t_per_km_t"], source=TRANSPORT)
    treated = instance.series("process_emissions")
    runs = processed.merge(treated, on=["process_id", "period"])
    runs = runs.assign(amount_t=runs["amount_t"] * runs["t_per_t"], source=PROCESSES)
    columns = ["gas", "period", "source", "amount_t"]
    both = pd.concat([ways[columns], runs[columns]], ignore_index=True)
    return both.groupby(["gas", "period", "source"], as_index=False)["amount_t"].sum()
