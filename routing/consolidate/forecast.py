"""How full every point will be before the next chance to empty it, as a distribution per compartment size.

After Wouda, Aerts-Veenstra and van Foreest (2024, arXiv 2409.13386): the chance of overflow decides which points
must be emptied and what the others are worth. There one volume per container is filled; here compartments nest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.indexed import HOME_IDX, positions
from retour.instance import Instance
from routing.consolidate.arrivals import forecast_arrivals
from routing.consolidate.overflow import refusals
from routing.consolidate.waiting import moved_at_van_points

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class FillForecast:
    """Fill of every point until the next chance, points in table order.

    Levels nest as in `PointArrays.free`, shape (p, s+1): column 0 counts all parcels, column k those of size k-1 and
    up. `load` is what a van would take tonight, `stays` what lies there and is not ready for it; `capacity` is inf
    where unlimited. Drop-offs to come are negative binomial at every level with the same `shape` and mean
    `level_mean`. `overflow_risk` is the chance that one is refused if the point is left tonight;
    `expected_refused` how many more are refused on average than if it were emptied.
    """

    point_ids: NDArray[np.object_]
    load: FloatArray
    stays: FloatArray
    capacity: FloatArray
    mean: FloatArray
    shape: FloatArray
    size_share: FloatArray
    overflow_risk: FloatArray
    expected_refused: FloatArray

    @property
    def level_mean(self) -> FloatArray:
        """Mean drop-offs per point and level, (p, s+1)."""
        at_least = np.cumsum(self.size_share[::-1])[::-1]
        return self.mean[:, None] * np.concatenate([[1.0], at_least])

    @property
    def level_variance(self) -> FloatArray:
        """Variance of drop-offs per point and level, (p, s+1): thinning by size keeps the shape."""
        return self.level_mean + self.level_mean**2 / self.shape[:, None]


def forecast_fill(instance: Instance, decisions: pd.DataFrame) -> FillForecast:
    """Return the fill forecast given tonight's decisions (shaped as the `decisions` table).

    A parcel that lies at a point but is ready after the cutoff takes its room whether the point is emptied or not.
    Points without a limit, home pickups and points that carriers empty have no risk.
    """
    ix = instance.indexed
    fill, tonight = _fill_levels(instance), _decided_levels(instance, decisions)
    stays = _staying_levels(instance)
    capacity = ix.points.free + fill
    capacity[(ix.points.kind == HOME_IDX) | ~ix.points.van] = np.inf
    arrivals, size_share = forecast_arrivals(instance), _size_share(instance)
    room_left, room_emptied = capacity - stays - fill - tonight, capacity - stays
    risk, if_left = refusals(room=room_left, mean=arrivals.mean, shape=arrivals.shape, size_share=size_share)
    _, if_emptied = refusals(room=room_emptied, mean=arrivals.mean, shape=arrivals.shape, size_share=size_share)
    return FillForecast(
        point_ids=ix.points.ids,
        load=fill + tonight,
        stays=stays,
        capacity=capacity,
        mean=arrivals.mean,
        shape=arrivals.shape,
        size_share=size_share,
        overflow_risk=risk,
        expected_refused=np.maximum(0.0, if_left - if_emptied),
    )


def _fill_levels(instance: Instance) -> FloatArray:
    fill = instance.tables["fill"]
    point_idx = positions(fill["point_id"], instance.tables["points"]["point_id"])
    size_idx = positions(fill["size"], pd.Series(instance.indexed.size_ids))
    return _levels(instance, point_idx, size_idx, fill["parcels"].to_numpy(float))


def _decided_levels(instance: Instance, decisions: pd.DataFrame) -> FloatArray:
    moved = moved_at_van_points(instance, decisions)
    r = positions(moved["return_id"], instance.tables["returns"]["return_id"])
    point_idx = positions(moved["point_id"], instance.tables["points"]["point_id"])
    return _levels(instance, point_idx, instance.indexed.returns.size_idx[r], np.ones(len(r)))


def _staying_levels(instance: Instance) -> FloatArray:
    goods = instance.indexed.returns
    r = np.flatnonzero(~goods.tonight & (goods.point_idx >= 0))
    return _levels(instance, goods.point_idx[r], goods.size_idx[r], np.ones(len(r)))


def _levels(instance: Instance, point_idx: IntArray, size_idx: IntArray, parcels: FloatArray) -> FloatArray:
    """Add parcels up by nested level, (p, s+1); a parcel too large for every size counts as one of all parcels."""
    p, s = len(instance.indexed.points.ids), len(instance.indexed.size_ids)
    by_size = np.zeros((p, s))
    sized = size_idx >= 0
    np.add.at(by_size, (point_idx[sized], size_idx[sized]), parcels[sized])
    total = np.bincount(point_idx, parcels, minlength=p)
    return np.column_stack([total, np.cumsum(by_size[:, ::-1], axis=1)[:, ::-1]])


def _size_share(instance: Instance) -> FloatArray:
    """Return the share of each size among tonight's returns that fit one, (s,); equal shares when none does."""
    size_idx = instance.indexed.returns.size_idx
    count = np.bincount(size_idx[size_idx >= 0], minlength=len(instance.indexed.size_ids)).astype(float)
    return count / count.sum() if count.any() else np.full(len(count), 1 / len(count))
