"""What a design emits, by gas, period and element of the chain.

Elements after ISO 14083:2023: transport chain elements are the legs of a means of transport, hub operation elements the
handling of what places receive; what processes emit, beyond its scope, stands beside them.
"""

from __future__ import annotations

import pandas as pd

from retour.design.arcs import taken
from retour.design.instance import DesignInstance
from retour.design.scope import PAIR, about, narrowest

WAY = ["from_id", "to_id", "mode", "product_id"]
TRANSPORT, HANDLING, PROCESSES = "TRANSPORT", "HANDLING", "PROCESSES"
ELEMENT = ["gas", "period", "source", "element", "unit"]


def emissions_of(instance: DesignInstance, flows: pd.DataFrame, processed: pd.DataFrame) -> pd.DataFrame:
    """Return gas, period, source, element, activity (t km moved; t received, processed), unit, amount_t, intensity.

    An amount is activity x factor: transport_emissions, handling_emissions, process_emissions.
    """
    parts = [_moved(instance, flows), _handled(instance, flows), _processed(instance, processed)]
    both = pd.concat([p[[*ELEMENT, "activity", "amount_t"]] for p in parts], ignore_index=True)
    sums = both.groupby(ELEMENT, as_index=False)[["activity", "amount_t"]].sum()
    return sums.assign(intensity=(sums["amount_t"] / sums["activity"].where(sums["activity"] > 0)).fillna(0.0))


def handling_factors(instance: DesignInstance) -> pd.DataFrame:
    """Return place_id, product_id, gas, period and t_per_t of what places receive; the narrowest rows count."""
    rows = about(instance.series("handling_emissions"), taken(instance.tables), instance.tables["places"])
    return narrowest(rows, [*PAIR, "gas"])[[*PAIR, "gas", "period", "t_per_t"]]


def _moved(instance: DesignInstance, flows: pd.DataFrame) -> pd.DataFrame:
    kinds = instance.tables["places"].set_index("place_id")["kind"]
    ways = flows.merge(instance.arcs[[*WAY, "distance_km"]], on=WAY)
    ways = ways.merge(instance.series("transport_emissions"), on=["product_id", "mode", "period"])
    leg = ways["from_id"].map(kinds) + " to " + ways["to_id"].map(kinds) + " by " + ways["mode"]
    moved = ways["amount_t"] * ways["distance_km"]
    return ways.assign(
        source=TRANSPORT, element=leg, activity=moved, unit="t km", amount_t=moved * ways["t_per_km_t"]
    )  # fmt: skip


def _handled(instance: DesignInstance, flows: pd.DataFrame) -> pd.DataFrame:
    kinds = instance.tables["places"].set_index("place_id")["kind"]
    received = flows.drop(columns="from_id").rename(columns={"to_id": "place_id"})
    rows = received.merge(handling_factors(instance), on=[*PAIR, "period"])
    return rows.assign(
        source=HANDLING, element="handling at " + rows["place_id"].map(kinds), activity=rows["amount_t"], unit="t",
        amount_t=rows["amount_t"] * rows["t_per_t"],
    )  # fmt: skip


def _processed(instance: DesignInstance, processed: pd.DataFrame) -> pd.DataFrame:
    runs = processed.merge(instance.series("process_emissions"), on=["process_id", "period"])
    return runs.assign(
        source=PROCESSES, element=runs["process_id"], activity=runs["amount_t"], unit="t",
        amount_t=runs["amount_t"] * runs["t_per_t"],
    )  # fmt: skip
