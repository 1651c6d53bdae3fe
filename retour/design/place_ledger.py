"""What places cost: opening, growing, closing, being there, and third parties' contracts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retour.design.figures import FloatArray, figure, size_costs
from retour.design.instance import DesignInstance
from retour.design.ledger_entries import entries
from retour.vocabulary import PlaceStatus, Shrinking, Sizing


def place_entries(instance: DesignInstance, opened: pd.DataFrame, processed: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the ledger rows of places."""
    sized = with_sizes_before(instance, opened)
    ones = np.ones(len(sized))
    standing = _standing(instance, sized)
    volumes, shortfalls = _tiers(instance, processed), _shortfalls(instance, sized, processed)
    closing = figure(instance, "place_costs", "closing_cost", sized, ["place_id"])
    operating = figure(instance, "place_costs", "operating_cost", standing, ["place_id"])
    return [
        entries(sized, "opening", ones, "place", _opening(instance, sized)),
        entries(sized, "expansion", ones, "place", _expansion(instance, sized)),
        entries(sized, "closing", ones * sized["closes"], "place", closing),
        entries(sized, "fixed", ones * sized["is_open"], "place", size_costs(instance, "fixed_cost", sized)),
        entries(standing, "operating", standing["is_open"], "place", operating),
        entries(volumes, "contract", volumes["amount_t"], "t", volumes["price_per_t"]),
        entries(shortfalls, "shortfall", shortfalls["amount_t"], "t", shortfalls["shortfall_cost_per_t"]),
    ]


def with_sizes_before(instance: DesignInstance, opened: pd.DataFrame) -> pd.DataFrame:
    """Return `opened` sorted by place and period, with `before_t`, `was_open`, `small_t` and `opens_at_t`.

    These are size and state in the period before, the place's smallest size, and the size it opens at: its own where it
    has steps, the smaller of a range, which grows from there in the same period.
    """
    rows = opened.sort_values(["place_id", "period"], ignore_index=True)
    places, capacities = instance.tables["places"], instance.tables["capacities"]
    small = rows["place_id"].map(capacities.groupby("place_id")["size_t"].min()).astype(float).fillna(0.0)
    initial = rows["place_id"].map(initial_sizes(places, capacities))
    there = rows["place_id"].map(places.set_index("place_id")["status"]) != PlaceStatus.CANDIDATE
    first = rows["period"] == 1
    before = rows["size_t"].shift().where(~first, initial).fillna(0.0)
    was_open = rows["is_open"].astype(float).shift().where(~first, there.astype(float)).fillna(0.0) > 0
    ranged = rows["place_id"].map(places.set_index("place_id")["sizing"]) == Sizing.RANGE
    opens_at = small.where(ranged | ~rows["is_open"].astype(bool), rows["size_t"])
    return rows.assign(before_t=before, was_open=was_open, small_t=small, opens_at_t=opens_at)


def initial_sizes(places: pd.DataFrame, capacities: pd.DataFrame) -> pd.Series:
    """Return the size at the start by place_id: what is given, the smallest at least; 0 for a candidate."""
    small = places["place_id"].map(capacities.groupby("place_id")["size_t"].min()).astype(float).fillna(0.0)
    size = np.fmax(places["initial_size_t"].astype(float), small)
    there = (places["status"] != PlaceStatus.CANDIDATE).to_numpy(bool)
    return pd.Series(np.where(there, size, 0.0), index=places["place_id"], name="size_t")


def _opening(instance: DesignInstance, sized: pd.DataFrame) -> FloatArray:
    """Cost of opening at the size a place opens at."""
    cost = size_costs(instance, "opening_cost", sized.assign(size_t=sized["opens_at_t"]))
    return np.where(sized["opens"], cost, 0.0)


def _expansion(instance: DesignInstance, sized: pd.DataFrame) -> FloatArray:
    """Cost of the present size less that of the one before, or that it opens at, at the period's prices.

    A smaller size brings money back only where it is resold.
    """
    small = sized["small_t"]
    now = sized["size_t"].where(sized["is_open"], small)
    before = sized["before_t"].where(sized["was_open"], sized["opens_at_t"])
    cost = [
        size_costs(instance, "opening_cost", sized.assign(size_t=np.fmax(size, small))) for size in (before, now)
    ]  # fmt: skip
    shrinking = sized["place_id"].map(instance.tables["places"].set_index("place_id")["shrinking"])
    paid = (now > before) | (shrinking == Shrinking.RESOLD)
    return np.where(paid, cost[1] - cost[0], 0.0)


def _standing(instance: DesignInstance, sized: pd.DataFrame) -> pd.DataFrame:
    """Return place, period and is_open of every place, those without sizes being always there."""
    places = instance.tables["places"][["place_id"]]
    unsized = places[~places["place_id"].isin(sized["place_id"])]
    periods = pd.DataFrame({"period": np.arange(1, instance.periods + 1)})
    always = unsized.merge(periods, how="cross").assign(is_open=1.0)
    own = sized[["place_id", "period", "is_open"]].astype({"is_open": float})
    return pd.concat([own, always], ignore_index=True)


def _tiers(instance: DesignInstance, processed: pd.DataFrame) -> pd.DataFrame:
    """Return place, period, amount_t and price_per_t of what falls into each contract tier."""
    tiers = instance.series("contract_tiers").sort_values(["place_id", "period", "from_t"], ignore_index=True)
    until = tiers.groupby(["place_id", "period"])["from_t"].shift(-1).fillna(np.inf)
    total = processed.groupby(["place_id", "period"], as_index=False)["amount_t"].sum()
    rows = tiers.assign(until_t=until).merge(total, on=["place_id", "period"])
    inside = np.clip(np.minimum(rows["amount_t"], rows["until_t"]) - rows["from_t"], 0.0, None)
    return rows.assign(amount_t=inside)[["place_id", "period", "amount_t", "price_per_t"]]


def _shortfalls(instance: DesignInstance, sized: pd.DataFrame, processed: pd.DataFrame) -> pd.DataFrame:
    """Return place, period, amount_t and shortfall_cost_per_t of what contracts promise and open places miss."""
    rows = instance.series("contracts").merge(_standing(instance, sized), on=["place_id", "period"])
    total = processed.groupby(["place_id", "period"], as_index=False)["amount_t"].sum()
    rows = rows.merge(total, on=["place_id", "period"], how="left")
    missing = np.clip(rows["minimum_t"] * rows["is_open"] - rows["amount_t"].fillna(0.0), 0.0, None)
    return rows.assign(amount_t=missing)[["place_id", "period", "amount_t", "shortfall_cost_per_t"]]
