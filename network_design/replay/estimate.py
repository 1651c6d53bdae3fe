"""From nights to periods: means over nights, and how far they may be from those of all nights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from network_design.surrogate.batches import batches_of, standard_errors

FloatArray = NDArray[np.float64]
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean per period; the mean over all nights lies within `half_width` of it with 95 % (None: one night only)."""

    mean: float
    half_width: float | None


def estimate(by_night: FloatArray, *, nights_per_period: float) -> Estimate:
    """Return the estimate per period of what varies from night to night, shape (nights,).

    The interval is Student's, of the means of independent batches of nights (`network_design.surrogate.batches`).
    """
    mean = float(by_night.mean()) * nights_per_period
    error = float(standard_errors(by_night[None, :])[0])
    if not math.isfinite(error):
        return Estimate(mean, None)
    quantile = float(special.stdtrit(batches_of(len(by_night)) - 1, (1 + CONFIDENCE) / 2))
    return Estimate(mean, quantile * error * nights_per_period)
