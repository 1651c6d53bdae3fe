"""Every return of a night with its decision, in one table that can be searched."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from service.reading.words import OUTCOMES
from service.run import Run

COLUMNS = [
    "return_id",
    "order_id",
    "class_id",
    "class",
    "reason",
    "flow",
    "value_eur",
    "weight_kg",
    "grade",
    "requested_on",
    "state",
    "outcome",
    "point_id",
    "point",
    "entry_hub_id",
    "entry_hub",
    "hub_id",
    "hub",
    "site_id",
    "site",
    "process_id",
    "day",
    "size",
    "cost_eur",
    "co2e_kg",
    "customer_fee_eur",
    "runner_up",
    "runner_up_extra_eur",
    "why",
]
SEARCHED = ["return_id", "order_id", "class", "class_id", "reason", "outcome", "point", "point_id", "site"]


def return_board(run: Run) -> pd.DataFrame:
    """Return COLUMNS for every return in table order; names of places and classes stand beside their ids."""
    board = run.table("decisions").merge(run.input("returns").drop(columns=["point_id"]), on="return_id", how="left")
    return board.assign(
        **{"class": named(board["class_id"], run.input("item_classes"), "label")},
        point=named(board["point_id"], run.input("points"), "name"),
        entry_hub=named(board["entry_hub_id"], run.input("hubs"), "name"),
        hub=named(board["hub_id"], run.input("hubs"), "name"),
        site=named(board["site_id"], run.input("sites"), "name"),
    )[COLUMNS]


def named(ids: pd.Series, table: pd.DataFrame, column: str) -> pd.Series:
    """Return the name of each id from the first table column to its `column`; the id itself where it has none."""
    names = table.set_index(table.columns[0])[column]
    return ids.map(names).fillna(ids)


def matching(
    board: pd.DataFrame,
    *,
    text: str = "",
    states: Sequence[str] = (),
    outcomes: Sequence[str] = (),
    classes: Sequence[str] = (),
    reasons: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the rows that hold every word of `text` somewhere and one of each chosen set; nothing chosen means all."""
    kept = pd.Series(True, index=board.index)
    for column, chosen in (("state", states), ("outcome", outcomes), ("class", classes), ("reason", reasons)):
        if chosen:
            kept &= board[column].isin(chosen)
    if text.strip():
        haystack = _haystack(board)
        for word in text.lower().split():
            kept &= haystack.str.contains(word, regex=False)
    return board[kept]


def by_outcome(board: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a return board counted by outcome, in words: `outcome`, `returns`, `value_eur`, `cost_eur`."""
    grouped = board.groupby("outcome", as_index=False).agg(
        returns=("return_id", "size"), value_eur=("value_eur", "sum"), cost_eur=("cost_eur", "sum")
    )
    return grouped.assign(outcome=grouped["outcome"].map(OUTCOMES)).sort_values("returns", ascending=False)


def _haystack(board: pd.DataFrame) -> pd.Series:
    joined = board[SEARCHED[0]].astype(str)
    for column in SEARCHED[1:]:
        joined = joined + " " + board[column].fillna("").astype(str)
    return joined.str.lower()
