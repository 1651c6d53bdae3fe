"""Which places and products a row is about that names a place, a group of places or a kind, and a product or ALL."""

from __future__ import annotations

import pandas as pd

from retour.tables.design_service import ALL

PAIR = ["place_id", "product_id"]
NAMES = ("place_id", "group_id", "kind")
"""Columns of `places` by which one is named, the narrowest first."""


def about(rows: pd.DataFrame, pairs: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return each of `rows` once for every one of `pairs` (place_id, product_id) that it is about.

    The product a row names becomes `of_product_id`, `product_id` is the pair's. `width` is the smaller, the narrower
    the row: by place before group before kind, and by product before ALL among those.

    | ZONE, ALL, 0.5 | with pairs | Z1, shoes | -> | Z1, shoes, ZONE, ALL, 0.5, width 5 |
    """
    told = rows.rename(columns={"product_id": "of_product_id"})
    if told.empty:  # most networks have none, and merging nothing takes its time
        return told.assign(place_id=told["group_id"], product_id=told["of_product_id"], width=0)
    named = pairs.merge(_names(places), on="place_id")
    each = named.merge(told, on="group_id")
    of_all = each["of_product_id"] == ALL
    hits = each[of_all | (each["of_product_id"] == each["product_id"])]
    return hits.assign(width=2 * hits["breadth"] + of_all[hits.index]).drop(columns="breadth").reset_index(drop=True)


def narrowest(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return of `about`'s rows those of the narrowest width for each combination of `keys`."""
    least = rows.groupby(keys)["width"].transform("min")
    return rows[rows["width"] == least].reset_index(drop=True)


def _names(places: pd.DataFrame) -> pd.DataFrame:
    """Return place_id, group_id and breadth (0, 1, 2) of every name of every place; of equal names the narrowest."""
    parts = [
        pd.DataFrame({"place_id": places["place_id"], "group_id": places[name], "breadth": breadth})
        for breadth, name in enumerate(NAMES)
    ]
    return pd.concat(parts, ignore_index=True).dropna(subset="group_id").drop_duplicates(["place_id", "group_id"])
