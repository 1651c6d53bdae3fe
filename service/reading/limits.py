"""The limits that hold tonight's plan back, with the names of their places."""

from __future__ import annotations

import pandas as pd

from service.run import Run

NEGLIGIBLE_EUR = 0.005
EVERYWHERE = "all"


def scarce_limits(run: Run) -> pd.DataFrame:
    """Return the rows of the prices table whose next unit is worth something, dearest first, with their `place`."""
    prices = run.table("prices")
    scarce = prices[prices["price_eur"] > NEGLIGIBLE_EUR].sort_values("price_eur", ascending=False, kind="stable")
    names = _names(run)
    place = scarce["place_id"].map(names).fillna(scarce["place_id"])
    return scarce.assign(place=place.where(scarce["place_id"] != EVERYWHERE, "everywhere")).reset_index(drop=True)


def limits_met(scarce: pd.DataFrame, row: pd.Series) -> pd.DataFrame:
    """Return the scarce limits that the way of one return uses; `row` is its row of the return board."""
    if pd.isna(row["outcome"]):
        return scarce.iloc[:0]
    detail = scarce["detail"].fillna("")
    work = f"{row['process_id']} day {row['day']:.0f}" if pd.notna(row["day"]) else ""
    ends = [row["point_id"], row["entry_hub_id"], row["hub_id"], row["site_id"]]
    lane = detail.isin([f"to {end}" for end in ends[1:]])
    at_site = (scarce["place_id"] == row["site_id"]) & detail.isin(["", work])
    on_the_way = scarce["place_id"].isin(ends[:3]) & (lane | ~detail.str.startswith("to "))
    kept = (scarce["limit"] == "keep share") & (row["outcome"] == "KEEP")
    return scarce[at_site | on_the_way | kept | scarce["limit"].str.endswith("budget")]


def _names(run: Run) -> dict[str, str]:
    tables = [run.input(name) for name in ("points", "hubs", "sites")]
    named = pd.concat([t.set_index(t.columns[0])["name"] for t in tables]).dropna()
    return named[~named.index.duplicated()].to_dict()
