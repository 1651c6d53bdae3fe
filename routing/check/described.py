"""Decisions with what is known of return, class, point, site and process beside them, looked up by name."""

from __future__ import annotations

import pandas as pd

from retour.indexed import IntArray, positions
from retour.instance import Instance
from retour.tables import INPUT_TABLES

UNASKED = ["order_id", "channel", "logistics_state", "money_state", "decision_state"]
IN_WORDS = ["runner_up", "why"]
BESIDE = (("points", "point_id", "point_"), ("sites", "site_id", "site_"), ("processes", "process_id", "process_"))


def described(instance: Instance, planned: pd.DataFrame, row: IntArray) -> pd.DataFrame:
    """Return planned decisions with the columns of their return (its `point_id` as `lies_at`) and `tags` beside them,
    and those of point, site and process as `point_kind`, `site_certificates`, `process_outcome` and so on.

    `row` is the position of each decision's return; an id that no table knows leaves its columns empty.
    """
    returns = instance.tables["returns"].drop(columns=["return_id", *UNASKED]).rename(columns={"point_id": "lies_at"})
    of_return = returns.take(row)
    frames = [planned.drop(columns=IN_WORDS), of_return, _rows_of(instance, "item_classes", of_return["class_id"])]
    frames[2] = frames[2][["tags"]]
    frames += [_rows_of(instance, table, planned[key]).add_prefix(prefix) for table, key, prefix in BESIDE]
    return pd.concat([f.reset_index(drop=True) for f in frames], axis=1)


def _rows_of(instance: Instance, table: str, names: pd.Series) -> pd.DataFrame:
    known = instance.tables[table]
    return known.reindex(positions(names, known[INPUT_TABLES[table].key[0]]))
