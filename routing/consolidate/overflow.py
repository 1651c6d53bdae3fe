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
TAIL = 1e-9  # probability beyond the largest total looked at
SMALL = 1e-7  # refusals less likely than this end the sum of the mean
CHUNK = 256  # points of like size computed together


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
    total = chance.sum(axis=1)
    more = risk = total - (chance * _fits(levels, thinning, chance.shape[1])).sum(axis=1)
    expected, j = np.zeros(len(levels)), 0
    while more.max() > SMALL:  # the mean is the sum over j of P(refused > j)
        expected, j = expected + np.maximum(more, 0.0), j + 1
        more = total - (chance * _fits(levels + j, thinning, chance.shape[1])).sum(axis=1)
    return np.clip(risk, 0.0, 1.0), expected


def _fits(levels: FloatArray, thinning: list[FloatArray], top: int) -> FloatArray:
    """Return P(every level fits | n parcels in all) for n < top, shape (p, top)."""
    n = np.arange(top)
    fits = (n <= levels[:, -1:]).astype(float)
    for k in range(len(thinning) - 1, -1, -1):
        fits = (fits @ thinning[k].T) * (n <= levels[:, k : k + 1])
    return fits
