"""Distances and durations between places: great circle x circuity, or the network's road matrix."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def great_circle_m(lat_a: FloatArray, lon_a: FloatArray, lat_b: FloatArray, lon_b: FloatArray) -> FloatArray:
    """Return great-circle metres between coordinates in degrees (haversine); shapes broadcast."""
    phi_a, phi_b = np.radians(lat_a), np.radians(lat_b)
    half_chord = (
        np.sin((phi_b - phi_a) / 2) ** 2
        + np.cos(phi_a) * np.cos(phi_b) * np.sin((np.radians(lon_b) - np.radians(lon_a)) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half_chord, 0, 1)))


def great_circles_m(lat_a: FloatArray, lon_a: FloatArray, lat_b: FloatArray, lon_b: FloatArray) -> FloatArray:
    """Return great-circle metres from every a to every b, shape (len(a), len(b)); see `great_circle_m`.

    The sine of half a difference is taken apart, so that only 2 (len(a) + len(b)) sines and cosines are worked out.
    """
    north, east = _half_difference(lat_a, lat_b), _half_difference(lon_a, lon_b)
    east *= east
    east *= np.cos(np.radians(lat_a))[:, None]
    east *= np.cos(np.radians(lat_b))[None, :]
    half_chord = np.sqrt(np.clip(north * north + east, 0, 1))
    metres: FloatArray = 2 * EARTH_RADIUS_M * np.arcsin(half_chord)
    return metres


def _half_difference(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return sin((b - a) / 2) of degrees, shape (len(a), len(b))."""
    x, y = np.radians(a)[:, None] / 2, np.radians(b)[None, :] / 2
    return np.cos(x) * np.sin(y) - np.sin(x) * np.cos(y)


@dataclass(frozen=True)
class Places:
    """Some places in a fixed order: ids, degrees, and the road character of their region (shape (n,) each)."""

    ids: tuple[str, ...]
    lat: FloatArray
    lon: FloatArray
    circuity: FloatArray
    speed_kmh: FloatArray

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.ids)

    def take(self, idx: IntArray) -> Places:
        """Return the places at positions `idx`, in that order."""
        ids = tuple(self.ids[i] for i in idx)
        return Places(ids, self.lat[idx], self.lon[idx], self.circuity[idx], self.speed_kmh[idx])

    def plus(self, other: Places) -> Places:
        """Return these places followed by the others."""
        parts = [np.concatenate([getattr(self, f), getattr(other, f)]) for f in ("lat", "lon", "circuity", "speed_kmh")]
        return Places(self.ids + other.ids, *parts)


@dataclass(frozen=True)
class Legs:
    """Distance in metres and duration in seconds, same shape, floats."""

    distance_m: FloatArray
    duration_s: FloatArray


@dataclass(frozen=True)
class Travel:
    """Answers every question about movement; a road matrix goes before great circle x circuity.

    `matrix_ids` index the square arrays `matrix_m` and `matrix_s`; NaN cells fall back to great circle.
    """

    matrix_ids: dict[str, int] = field(default_factory=dict)
    matrix_m: FloatArray | None = None
    matrix_s: FloatArray | None = None

    @classmethod
    def from_table(cls, travel: pd.DataFrame) -> Travel:
        """Build from the `travel` table; an empty table gives great circle everywhere."""
        if travel.empty:
            return cls()
        ids = sorted(set(travel["from_id"]) | set(travel["to_id"]))
        position = {place: i for i, place in enumerate(ids)}
        rows, cols = travel["from_id"].map(position).to_numpy(), travel["to_id"].map(position).to_numpy()
        metres, secs = (np.full((len(ids), len(ids)), np.nan) for _ in range(2))
        metres[rows, cols] = travel["distance_m"]
        secs[rows, cols] = travel["duration_s"]
        np.fill_diagonal(metres, 0.0)
        np.fill_diagonal(secs, 0.0)
        return cls(position, metres, secs)

    def pairs(self, a: Places, b: Places) -> Legs:
        """Return legs from a[i] to b[i], shape (n,)."""
        air_m = great_circle_m(a.lat, a.lon, b.lat, b.lon)
        distance_m = air_m * (a.circuity + b.circuity) / 2
        duration_s = distance_m / ((a.speed_kmh + b.speed_kmh) / 7.2)
        return self._with_matrix(a, b, distance_m, duration_s, square=False)

    def matrix(self, a: Places, b: Places | None = None) -> Legs:
        """Return legs from every a to every b (or a to a), shape (len(a), len(b))."""
        b = a if b is None else b
        air_m = great_circles_m(a.lat, a.lon, b.lat, b.lon)
        distance_m = air_m * (a.circuity[:, None] + b.circuity[None, :]) / 2
        duration_s = distance_m / ((a.speed_kmh[:, None] + b.speed_kmh[None, :]) / 7.2)
        return self._with_matrix(a, b, distance_m, duration_s, square=True)

    def _with_matrix(
        self, a: Places, b: Places, distance_m: FloatArray, duration_s: FloatArray, *, square: bool
    ) -> Legs:
        if self.matrix_m is None or self.matrix_s is None:
            return Legs(distance_m, duration_s)
        rows = np.array([self.matrix_ids.get(p, -1) for p in a.ids], dtype=np.int64)
        cols = np.array([self.matrix_ids.get(p, -1) for p in b.ids], dtype=np.int64)
        if square:
            rows, cols = rows[:, None], cols[None, :]
        known = (rows >= 0) & (cols >= 0)
        road_m = np.where(known, self.matrix_m[rows, cols], np.nan)
        road_s = np.where(known, self.matrix_s[rows, cols], np.nan)
        speed_m_s = np.divide(distance_m, duration_s, out=np.full_like(distance_m, np.inf), where=duration_s > 0)
        fallback_speed = np.where(np.isfinite(speed_m_s), speed_m_s, float(a.speed_kmh.mean()) / 3.6)
        road_s = np.where(np.isnan(road_s), road_m / fallback_speed, road_s)
        has_road = ~np.isnan(road_m)
        return Legs(np.where(has_road, road_m, distance_m), np.where(has_road, road_s, duration_s))
