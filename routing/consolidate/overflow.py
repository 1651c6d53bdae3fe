"""How many drop-offs a point with nested compartments refuses, exactly.

A parcel takes the smallest free compartment it fits in, so parcels of size k and up share the compartments of size k
and up. Whatever the order of arrival, the number refused is then the largest excess over all levels,

    refused = max over k of (arrivals of size k and up - room for size k and up), never below 0

(deficiency version of Hall's theorem; taking the smallest free compartment loses nothing, because when a parcel is
refused all compartments from some level down to which they filled up hold parcels of that level and up). A limit on
all parcels together is one more room of the lowest level.

Arrivals are a gamma mixture of Poisson counts and each parcel draws its size independently, so given the total the
sizes are multinomial whatever the rate, and every level is negative binomial by itself. Hence

    P(refused <= j) = sum over n of P(total = n) P(every level fits its room + j | n),

the second factor by binomial thinning from one level to the next, the same matrix for all points.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
TAIL = 1e-8  # probability beyond the largest total looked at
SMALL = 1e-6  # refusals less likely than this end the sum of the mean
CHUNK = 128  # points of like size computed together
BLOCK = 16  # terms of the mean computed together: few large products beat many small ones


def refusals(
    *, room: FloatArray, mean: FloatArray, shape: FloatArray, size_share: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return (chance that a drop-off is refused, mean number refused), arrays (p,).

    `room` (p, s+1) as in `PointArrays.free`: column 0 for all parcels, column k for parcels of size k-1 and up; inf
    is unlimited, less than 0 counts as none. Arrivals are negative binomial with `mean` and `shape` (variance =
    mean + mean^2 / shape; an infinite shape is Poisson); `size_share` (s,) sums to one.
    """
    levels = np.floor(np.maximum(room[:, 1:], 0.0))
    levels[:, 0] = np.minimum(levels[:, 0], np.floor(np.maximum(room[:, 0], 0.0)))
    most = _largest_total(mean, shape)
    exposed = np.flatnonzero(levels.min(axis=1) < most)
    exposed = exposed[np.argsort(most[exposed], kind="stable")]
    risk, expected = np.zeros(len(mean)), np.zeros(len(mean))
    if len(exposed):
        thinning = _thinning(int(most[exposed[-1]]), size_share)
        for start in range(0, len(exposed), CHUNK):
            part = exposed[start : start + CHUNK]
            top = int(most[part[-1]]) + 1
            chance = _total_chance(top, mean[part], shape[part])
            risk[part], expected[part] = _refused(chance, levels[part], [t[:top, :top] for t in thinning])
    return risk, expected


def _largest_total(mean: FloatArray, shape: FloatArray) -> IntArray:
    poisson = stats.poisson.isf(TAIL, mean)
    gamma = np.where(np.isfinite(shape), shape, 1.0)
    mixed = stats.nbinom.isf(TAIL, gamma, gamma / (gamma + mean))
    return np.where(mean > 0, np.where(np.isfinite(shape), mixed, poisson), 0).astype(np.int64)


def _total_chance(top: int, mean: FloatArray, shape: FloatArray) -> FloatArray:
    """Return P(total = n) for n < top, shape (p, top)."""
    n, mean, shape = np.arange(top), mean[:, None], shape[:, None]
    gamma = np.where(np.isfinite(shape), shape, 1.0)
    return np.where(np.isfinite(shape), stats.nbinom.pmf(n, gamma, gamma / (gamma + mean)), stats.poisson.pmf(n, mean))


def _thinning(most: int, size_share: FloatArray) -> list[FloatArray]:
    """Return per level k the matrix P(m parcels of size k+1 and up | n of size k and up), shape (most+1, most+1)."""
    above = np.cumsum(size_share[::-1])[::-1]
    keep = [b / a if a > 0 else 0.0 for a, b in zip(above[:-1], above[1:], strict=True)]
    n = np.arange(most + 1)
    return [stats.binom.pmf(n[None, :], n[:, None], min(1.0, p)) for p in keep]


def _refused(chance: FloatArray, levels: FloatArray, thinning: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Return P(refused > 0) and the mean, the sum over j of P(refused > j), a block of j at a time."""
    risk, expected, j = np.zeros(len(levels)), np.zeros(len(levels)), np.arange(BLOCK)
    open_rows = np.arange(len(levels))
    while len(open_rows):
        beyond = _beyond(chance[open_rows], levels[open_rows], thinning, j)
        expected[open_rows] += beyond.sum(axis=1)
        if j[0] == 0:
            risk[open_rows] = np.minimum(beyond[:, 0], 1.0)
        open_rows, j = open_rows[beyond[:, -1] > SMALL], j + BLOCK
    return risk, expected


def _beyond(chance: FloatArray, levels: FloatArray, thinning: list[FloatArray], j: IntArray) -> FloatArray:
    """Return P(refused > j) per point and entry of `j`, shape (p, len(j)); below `TAIL` it is nothing."""
    count, top = chance.shape
    room = (levels[:, None, :] + j[:, None]).reshape(count * len(j), -1)
    fits = _fits(room, thinning, top).reshape(count, len(j), top)
    beyond = chance.sum(axis=1)[:, None] - np.einsum("pn,pjn->pj", chance, fits)
    return np.where(beyond > TAIL, beyond, 0.0)


def _fits(room: FloatArray, thinning: list[FloatArray], top: int) -> FloatArray:
    """Return P(every level fits | n parcels in all) for n < top, shape (rows of room, top)."""
    n = np.arange(top)
    fits = (n <= room[:, -1:]).astype(float)
    for k in range(len(thinning) - 1, -1, -1):
        fits = (fits @ thinning[k].T) * (n <= room[:, k : k + 1])
    return fits
