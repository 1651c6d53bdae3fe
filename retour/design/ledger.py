"""The ledger of a design: one row per activity, and the only place where its money is added up.

Rows are derived from the design's tables alone, priced by the instance's. Reports read it; none has its own formulas.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.design.emissions import emissions_of
from retour.design.figures import figure
from retour.design.instance import DesignInstance
from retour.design.ledger_entries import entries
from retour.design.place_ledger import place_entries
from retour.design.service_ledger import decay_entries, service_entries
from retour.vocabulary import Role, VariableOn

PAIR = ["place_id", "product_id"]
WAY = ["from_id", "to_id", "mode", "product_id"]


def design_ledger(
    instance: DesignInstance, *, opened: pd.DataFrame, flows: pd.DataFrame, processed: pd.DataFrame,
    handled: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    """Return the ledger of a design's tables; rows of nothing, or that cost nothing, are left out."""
    parts = [
        *_movement(instance, flows), _collection(instance, flows), _variable(instance, flows, processed),
        *_leaving(instance, handled), *place_entries(instance, opened, processed),
        _priced_emissions(instance, flows, processed), *service_entries(instance, flows, handled),
        *decay_entries(instance, flows, processed, opened),
    ]  # fmt: skip
    ledger = pd.concat([p[p["quantity"] * p["rate"] != 0] for p in parts], ignore_index=True)
    cost = ledger["quantity"] * ledger["rate"]
    discount = instance.discount[ledger["period"].to_numpy(np.int64) - 1]
    return ledger.assign(cost=cost, present_cost=cost * discount)


def _movement(instance: DesignInstance, flows: pd.DataFrame) -> list[pd.DataFrame]:
    """Kilometres and loading of everything that moves."""
    ways = flows.merge(instance.arcs, on=WAY, how="left")
    rows = ways.rename(columns={"from_id": "place_id"})
    keys = ["product_id", "mode"]
    per_km = figure(instance, "transport", "cost_per_km_t", ways, keys)
    loading = figure(instance, "transport", "cost_per_t", ways, keys) + ways["cost_per_t"].to_numpy(float)
    return [
        entries(rows, "transport", ways["amount_t"] * ways["distance_km"], "t km", per_km),
        entries(rows, "loading", ways["amount_t"], "t", loading),
    ]


def _collection(instance: DesignInstance, flows: pd.DataFrame) -> pd.DataFrame:
    sent = flows.groupby(["from_id", "product_id", "period"], as_index=False)["amount_t"].sum()
    rows = sent.rename(columns={"from_id": "place_id"})
    return entries(rows, "collection", rows["amount_t"], "t", figure(instance, "supply", "cost_per_t", rows, PAIR))


def _variable(instance: DesignInstance, flows: pd.DataFrame, processed: pd.DataFrame) -> pd.DataFrame:
    """Variable cost of what is processed, or of what is received where the place pays for that."""
    on = instance.tables["places"].set_index("place_id")["variable_on"]
    treated = processed[(processed["place_id"].map(on) == VariableOn.PROCESSED).to_numpy(bool)]
    recipes = instance.tables["recipes"]
    inputs = recipes.loc[recipes["role"] == Role.INPUT, ["process_id", "product_id"]].drop_duplicates()
    fed = instance.tables["processes"][["process_id", "place_id"]].drop_duplicates().merge(inputs, on="process_id")
    fed = fed[(fed["place_id"].map(on) == VariableOn.RECEIVED).to_numpy(bool)]
    arrived = flows.rename(columns={"to_id": "place_id"}).merge(fed, on=PAIR)
    keys = ["process_id", "place_id"]
    rows = pd.concat([treated, arrived[[*keys, "period", "amount_t"]]], ignore_index=True)
    rows = rows.groupby([*keys, "period"], as_index=False)["amount_t"].sum()
    cost = figure(instance, "processes", "variable_cost_per_t", rows, keys)
    return entries(rows, "variable", rows["amount_t"], "t", cost)


def _leaving(instance: DesignInstance, handled: pd.DataFrame) -> list[pd.DataFrame]:
    """What is sold, disposed of, and stored."""
    price = figure(instance, "sales", "price_per_t", handled, PAIR)
    disposal = figure(instance, "disposal", "cost_per_t", handled, PAIR)
    storage = figure(instance, "storage", "cost_per_t", handled, PAIR)
    return [
        entries(handled, "sale", handled["sold_t"], "t", -price),
        entries(handled, "disposal", handled["disposed_t"], "t", disposal),
        entries(handled, "storage", handled["stored_t"], "t", storage),
    ]


def _priced_emissions(instance: DesignInstance, flows: pd.DataFrame, processed: pd.DataFrame) -> pd.DataFrame:
    emitted = emissions_of(instance, flows, processed).groupby(["gas", "period"], as_index=False)["amount_t"].sum()
    price = figure(instance, "gases", "price_per_t", emitted, ["gas"])
    rows = emitted.rename(columns={"gas": "product_id"}).assign(place_id="all")
    return entries(rows, "emissions", emitted["amount_t"], "t", price)
