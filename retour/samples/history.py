"""Draw how points fill: the history of drop-offs by day, and what waits tonight."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour import facts

HISTORY_DAYS = 28
DISPERSION = 0.08  # variance = mean + DISPERSION x mean^2: busy points vary more than Poisson
PARCEL_KG, PARCEL_EUR = 1.9, 62.0  # means of waiting parcels
LARGER_SIZE_FACTOR = 2.2

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def draw_arrivals(
    rng: np.random.Generator,
    *,
    point_ids: pd.Series,
    daily: FloatArray,
    open_days: NDArray[np.bool_],
    night: pd.Timestamp,
) -> pd.DataFrame:
    """Return the `arrivals` of the weeks before `night`: negative binomial around mean x weekday x month.

    `daily` (p,) is the mean per day over a week; `open_days` (p, 7) says on which weekdays, Monday first, a point
    takes parcels. What a closed day loses comes on the open ones.
    """
    days = pd.date_range(end=night - pd.Timedelta(days=1), periods=HISTORY_DAYS)
    season = facts.seasonality().set_index(["cycle", "position"])["factor"]
    week = np.where(open_days, season.loc["weekday"].to_numpy(float), 0.0)
    week *= 7 / np.maximum(week.sum(axis=1, keepdims=True), 1e-9)
    month = season.loc["month"].reindex(days.month).to_numpy(float)
    mean = daily[:, None] * week[:, days.day_of_week] * month
    parcels = rng.poisson(mean * rng.gamma(1 / DISPERSION, DISPERSION, size=mean.shape))
    return pd.DataFrame({
        "point_id": np.repeat(point_ids.to_numpy(object), len(days)),
        "date": np.tile(days.to_numpy(), len(point_ids)),
        "parcels": parcels.ravel().astype(np.int64),
    })  # fmt: skip


def split_by_size(rng: np.random.Generator, *, total: IntArray, room: IntArray) -> IntArray:
    """Split each point's `total` (p,) over its `room` by size (p, s), small first, never more than there is."""
    share = room / np.maximum(room.sum(axis=1, keepdims=True), 1)
    parcels = np.minimum(rng.binomial(total[:, None], share), room)
    for size in range(room.shape[1]):
        missing = total - parcels.sum(axis=1)
        parcels[:, size] = np.clip(parcels[:, size] + missing, 0, room[:, size])
    return parcels


def fill_table(
    rng: np.random.Generator,
    *,
    point_ids: pd.Series,
    sizes: pd.Series,
    parcels: IntArray,
    waited_days: IntArray,
    night: pd.Timestamp,
) -> pd.DataFrame:
    """Return the `fill` table of `parcels` (p, s); the oldest at a point was asked for `waited_days` (p,) ago."""
    point, size = np.nonzero(parcels)
    count = parcels[point, size].astype(np.int64)
    noise = rng.uniform(0.7, 1.3, size=(2, len(count)))
    grows = LARGER_SIZE_FACTOR**size / LARGER_SIZE_FACTOR
    return pd.DataFrame({
        "point_id": point_ids.to_numpy(object)[point],
        "size": sizes.to_numpy(object)[size],
        "parcels": count,
        "weight_kg": (count * PARCEL_KG * grows * noise[0]).round(1),
        "value_eur": (count * PARCEL_EUR * noise[1]).round(0),
        "oldest_on": night - pd.to_timedelta(waited_days[point], unit="D"),
    })  # fmt: skip
