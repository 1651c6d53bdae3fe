"""Scatter customers and points around towns, and find what lies near."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from retour.pickup_estimate import unit_sphere
from retour.travel import EARTH_RADIUS_M, great_circle_m

KM_PER_DEGREE = 111.195
MAX_SIGMAS = 2.0
DECIMALS = 5  # about a metre

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def scatter(
    rng: np.random.Generator, *, lat: FloatArray, lon: FloatArray, sigma_km: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return coordinates in degrees around each place, Gaussian with `sigma_km` (n,) each way, cut at two sigmas."""
    north, east = (
        np.clip(rng.standard_normal((2, len(lat))), -MAX_SIGMAS, MAX_SIGMAS) * sigma_km / KM_PER_DEGREE
    )
    return (lat + north).round(DECIMALS), (lon + east / np.cos(np.radians(lat))).round(DECIMALS)


def nearest(a: pd.DataFrame, b: pd.DataFrame) -> tuple[IntArray, FloatArray]:
    """Return per row of `a` the position of the nearest row of `b` (columns lat, lon) and the air metres to it."""
    chord, idx = cKDTree(_sphere(b)).query(_sphere(a))
    return idx.astype(np.int64), 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(chord / 2, 1.0))


def air_m(a: pd.DataFrame, b: pd.DataFrame) -> FloatArray:
    """Return great-circle metres from every row of `a` to every row of `b`, shape (len(a), len(b))."""
    ends = (frame[axis].to_numpy(float) for frame in (a, b) for axis in ("lat", "lon"))
    lat_a, lon_a, lat_b, lon_b = ends
    return great_circle_m(lat_a[:, None], lon_a[:, None], lat_b[None, :], lon_b[None, :])


def spread_out(places: pd.DataFrame, *, gap_km: float, most: int) -> IntArray:
    """Return positions of up to `most` rows, first come first taken, no two nearer than `gap_km` by air."""
    apart = air_m(places, places) / 1000
    taken: list[int] = []
    for row in range(len(places)):
        if len(taken) < most and (apart[row, taken] >= gap_km).all():
            taken.append(row)
    return np.array(taken, dtype=np.int64)


def numbered(prefix: str, count: int, *, digits: int, first: int = 1) -> list[str]:
    """Return `count` names: the prefix and `first`, `first` + 1, ... with leading zeros, to sort as they count."""
    return [f"{prefix}{i:0{digits}d}" for i in range(first, first + count)]


def _sphere(frame: pd.DataFrame) -> FloatArray:
    return unit_sphere(frame["lat"].to_numpy(float), frame["lon"].to_numpy(float))
