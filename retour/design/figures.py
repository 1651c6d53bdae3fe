"""Figures of a design instance looked up for rows of other tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.design.instance import DesignInstance
from retour.design.lines import lines_of

FloatArray = NDArray[np.float64]


def figure(
    instance: DesignInstance, table: str, column: str, rows: pd.DataFrame, keys: list[str], *, missing: float = 0.0
) -> FloatArray:
    """Return `column` of a table for each of `rows`, which have the same keys and a period; `missing` without a row."""
    series = instance.series(table)
    wanted = [*keys, "period"]
    line = lines_of(rows[wanted], series)
    known = np.append(series[column].to_numpy(float), np.nan)[line]  # the last one stands for those without a row
    return np.where(np.isnan(known), missing, known)


def size_costs(instance: DesignInstance, column: str, rows: pd.DataFrame) -> FloatArray:
    """Return a cost of `capacities` at rows' place_id, size_t and period: linear between two sizes of a range.

    Beyond the smallest and the largest size the nearest one counts; 0 for a place without sizes.
    """
    series = instance.series("capacities")
    ends = (
        series.groupby(["place_id", "period"]).agg(small_t=("size_t", "min"), large_t=("size_t", "max")).reset_index()
    )
    joined = rows[["place_id", "size_t", "period"]].merge(ends, on=["place_id", "period"], how="left")
    at = {
        end: figure(instance, "capacities", column, joined.assign(size_t=joined[f"{end}_t"]), ["place_id", "size_t"])
        for end in ("small", "large")
    }
    exact = figure(instance, "capacities", column, rows, ["place_id", "size_t"], missing=np.nan)
    width = (joined["large_t"] - joined["small_t"]).to_numpy(float)
    beyond = (joined["size_t"] - joined["small_t"]).to_numpy(float)
    share = np.clip(np.divide(beyond, width, out=np.zeros_like(width), where=width > 0), 0.0, 1.0)
    between = np.nan_to_num(at["small"] + share * (at["large"] - at["small"]))
    return np.where(np.isnan(exact), between, exact)
