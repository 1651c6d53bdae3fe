"""A map for places of which only the road matrix is known.

Classical multidimensional scaling of the symmetrised matrix (Torgerson 1952, doi 10.1007/BF02288916), then stress
majorisation with weights 1/d^2 (de Leeuw 1977; Gansner, Koren, North 2004, doi 10.1007/978-3-540-31843-9_25), which
keeps near places near. Position, rotation and mirroring are arbitrary: such a layout is reconstructed, not surveyed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

M_PER_DEGREE = 111_195.0
TYPICAL_CIRCUITY = 1.3
ROUNDS = 100
NEAR_M = 300.0  # weights grow no further below this distance
ROAD_OVER_AIR = 0.8  # the gate takes no road shorter than this share of the great circle, less the snap
SNAP_M = 300.0

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Layout:
    """Coordinates in degrees, shape (n,) each, and the median of road over great-circle distance."""

    lat: FloatArray
    lon: FloatArray
    circuity: float


def reconstructed(road_m: FloatArray, *, centre: tuple[float, float]) -> Layout:
    """Lay out n places (road_m is n x n metres) around `centre` (lat, lon).

    The scale is such that no road is shorter than 0.8 of the great circle, less 300 m.
    """
    both = (road_m + road_m.T) / 2
    target_m = both / TYPICAL_CIRCUITY
    flat_m = majorised(classical_scaling(target_m), target_m, rounds=ROUNDS)
    shortest = np.minimum(road_m, road_m.T)
    others = ~np.eye(len(road_m), dtype=bool)
    air_m = np.maximum(spread(flat_m)[others], 1.0)
    flat_m = flat_m * min(1.0, float(((shortest[others] + SNAP_M) / (ROAD_OVER_AIR * air_m)).min()) * 0.99)
    apart = others & (both > NEAR_M)
    circuity = float(np.median(both[apart] / np.maximum(spread(flat_m)[apart], 1.0)))
    flat_m = flat_m - np.median(flat_m, axis=0)
    lat = centre[0] + flat_m[:, 1] / M_PER_DEGREE
    lon = centre[1] + flat_m[:, 0] / (M_PER_DEGREE * np.cos(np.radians(centre[0])))
    return Layout(lat.round(6), lon.round(6), round(circuity, 3))


def classical_scaling(distance_m: FloatArray) -> FloatArray:
    """Return coordinates (n, 2) in metres: the two largest eigenvectors of the double-centred squared distances."""
    n = len(distance_m)
    centring = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(-0.5 * centring @ distance_m**2 @ centring)
    if n == 1:
        return np.zeros((1, 2))
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(n)])
    return (vectors * signs)[:, -2:] * np.sqrt(np.maximum(values[-2:], 0.0))


def majorised(flat_m: FloatArray, target_m: FloatArray, *, rounds: int) -> FloatArray:
    """Return coordinates whose stress, the sum of (air - target)^2 / target^2, is no larger than at the start."""
    weight = 1.0 / np.maximum(target_m, NEAR_M) ** 2
    np.fill_diagonal(weight, 0.0)
    inverse = np.linalg.pinv(_laplacian(weight))
    for _ in range(rounds):
        ratio = weight * target_m / np.maximum(spread(flat_m), 1e-6)
        np.fill_diagonal(ratio, 0.0)
        flat_m = inverse @ (_laplacian(ratio) @ flat_m)
    return flat_m


def spread(flat_m: FloatArray) -> FloatArray:
    """Return all distances between places (n, 2), shape (n, n), same unit."""
    return np.sqrt(((flat_m[:, None, :] - flat_m[None, :, :]) ** 2).sum(axis=2))


def _laplacian(weight: FloatArray) -> FloatArray:
    return np.diag(weight.sum(axis=1)) - weight
