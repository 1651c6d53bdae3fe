"""Hubs of an imported network: typed in, or placed among the points where the demand is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.policy import TravelSettings
from retour.travel import great_circle_m
from service.importing.mapping import HubsPart

ROUNDS = 100
DEGREES = 5

FloatArray = NDArray[np.float64]


def hub_table(part: HubsPart, points: pd.DataFrame, weight: FloatArray, *, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `hubs` table: the listed ones, or `place` centres of the points weighted by demand."""
    if part.listed:
        listed = pd.DataFrame([h.model_dump() for h in part.listed])
        return listed.rename(columns={"id": "hub_id"})
    centres = weighted_centres(points[["lat", "lon"]].to_numpy(float), weight, k=part.place or 1, rng=rng)
    ids = [f"HUB{i:02d}" for i in range(1, len(centres) + 1)]
    lat, lon = centres.round(DEGREES).T
    return pd.DataFrame({"hub_id": ids, "name": [f"Hub {i} (placed)" for i in ids], "lat": lat, "lon": lon})


def weighted_centres(places: FloatArray, weight: FloatArray, *, k: int, rng: np.random.Generator) -> FloatArray:
    """Return up to k centres (k, 2) in degrees: Lloyd's k-means on places (n, 2) with seeded k-means++ starts.

    Longitudes count by the cosine of the mean latitude, so that distances are those on the ground. Centres are sorted
    from north to south.
    """
    flat = places * np.array([1.0, np.cos(np.radians(places[:, 0].mean()))])
    weight = np.maximum(weight, 1e-9)
    centres = _spread_starts(flat, weight, min(k, len(np.unique(flat, axis=0))), rng)
    for _ in range(ROUNDS):
        nearest = _squares(flat, centres).argmin(axis=1)
        mass = np.bincount(nearest, weight, minlength=len(centres))
        pulled = np.column_stack([np.bincount(nearest, weight * flat[:, j], minlength=len(centres)) for j in (0, 1)])
        moved = np.where(mass[:, None] > 0, pulled / np.maximum(mass[:, None], 1e-12), centres).astype(float)
        if np.allclose(moved, centres, atol=1e-7):
            break
        centres = moved
    centres = centres / np.array([1.0, np.cos(np.radians(places[:, 0].mean()))])
    return centres[np.lexsort((centres[:, 1], -centres[:, 0]))]


def nearest_hub(points: pd.DataFrame, hubs: pd.DataFrame, travel: TravelSettings) -> tuple[pd.Series, FloatArray]:
    """Return each point's nearest hub and the road kilometres to it."""
    air_m = great_circle_m(
        points["lat"].to_numpy(float)[:, None], points["lon"].to_numpy(float)[:, None],
        hubs["lat"].to_numpy(float)[None, :], hubs["lon"].to_numpy(float)[None, :],
    )  # fmt: skip
    ids = pd.Series(hubs["hub_id"].to_numpy(object)[air_m.argmin(axis=1)], index=points.index)
    return ids, air_m.min(axis=1) * travel.circuity / 1000


def _spread_starts(flat: FloatArray, weight: FloatArray, k: int, rng: np.random.Generator) -> FloatArray:
    chosen = [int(rng.choice(len(flat), p=weight / weight.sum()))]
    while len(chosen) < k:
        chance = weight * _squares(flat, flat[chosen]).min(axis=1)
        chosen.append(int(rng.choice(len(flat), p=chance / chance.sum())))
    return flat[chosen]


def _squares(a: FloatArray, b: FloatArray) -> FloatArray:
    return ((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2)
