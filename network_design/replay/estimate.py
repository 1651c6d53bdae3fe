"""From nights to periods: means over nights, and how far they may be from those of all nights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

FloatArray = NDArray[np.float64]
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean per period; the mean over all nights lies within `half_width` of it with 95 % (None: one night only)."""

    mean: float
    half_width: float | None


def estimate(by_night: FloatArray, *, nights_per_period: float) -> Estimate:
    """Return the estimate per period of what varies from night to night, shape (nights,).

    The interval is Student's, as for independent nights; nights spread evenly (`network_design.replay.drawing`) are
    nearer, so it is rather too wide than too narrow.
    """
    nights = len(by_night)
    mean = float(by_night.mean()) * nights_per_period
    if nights < 2:
        return Estimate(mean, None)
    quantile = float(special.stdtrit(nights - 1, (1 + CONFIDENCE) / 2))
    return Estimate(mean, quantile * standard_error(by_night) * nights_per_period)


def standard_error(by_night: FloatArray) -> float:
    """Return the standard error of the mean over nights; infinite with one night."""
    nights = len(by_night)
    return math.inf if nights < 2 else float(by_night.std(ddof=1)) / math.sqrt(nights)
