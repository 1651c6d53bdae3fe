"""What distance and time cost: effort beyond a band, what never comes, and value lost on the way and in handling."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.design.figures import figure
from retour.design.instance import DesignInstance
from retour.design.ledger_entries import entries
from retour.design.scope import PAIR
from retour.design.service import WAY, effort_of, first_ways
from retour.design.times import decay_per_t_day, handling_days, inputs_of, transit_days


def service_entries(instance: DesignInstance, flows: pd.DataFrame, handled: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the ledger rows of effort, by way, and of what is lost, by place."""
    ways = first_ways(instance, flows)
    lost = figure(instance, "supply", "lost_cost_per_t", handled, PAIR)
    return [
        entries(ways, "effort", ways["amount_t"], "t", effort_of(instance, ways)),
        entries(handled, "lost", handled["lost_t"], "t", lost),
    ]


def decay_entries(
    instance: DesignInstance, flows: pd.DataFrame, processed: pd.DataFrame, opened: pd.DataFrame
) -> list[pd.DataFrame]:
    """Return the ledger rows of value lost on ways and at places; none where no product loses any."""
    rate = decay_per_t_day(instance)
    if not rate.any():
        return []
    ways = flows.merge(instance.arcs, on=WAY, how="left")
    t_days = ways["amount_t"].to_numpy(float) * transit_days(instance, ways)
    runs = inputs_of(instance, handling_days(instance, processed, opened))
    held = np.asarray(runs["t_days"] * runs["share"], float)
    return [
        entries(
            ways.rename(columns={"from_id": "place_id"}), "decay", t_days, "t day", ways["product_id"].map(rate)
        ),
        entries(runs, "decay", held, "t day", runs["decay"]),
    ]  # fmt: skip
