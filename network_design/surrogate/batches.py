"""Batches of nights: each spread evenly over what may happen, independent of one another, so that errors can be told.

A Latin hypercube of nights (Stein 1987, doi 10.1080/00401706.1987.10488205) is several times as precise as independent
nights, but does not say how precise it is. The means of several independent hypercubes do.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
FEWEST = 5


def batches_of(nights: int) -> int:
    """Return into how many batches of one size nights fall: the fewest from FEWEST on, if need be one per night."""
    return next((n for n in range(FEWEST, nights) if nights % n == 0), nights)


def spread_evenly(rng: np.random.Generator, nights: int) -> FloatArray:
    """Return a number per night, in every batch one in each of as many equal parts of 0 to 1, in random order."""
    batches = batches_of(nights)
    each = nights // batches
    parts = rng.permuted(np.tile(np.arange(each), (batches, 1)), axis=1)
    return ((parts + rng.random((batches, each))) / each).ravel()


def standard_errors(by_night: FloatArray) -> FloatArray:
    """Return the standard error of each line's mean, shape (lines, nights) -> (lines,); infinite with one night."""
    lines, nights = by_night.shape
    batches = batches_of(nights)
    if batches < 2:
        return np.full(lines, math.inf)
    means = by_night.reshape(lines, batches, nights // batches).mean(axis=2)
    errors: FloatArray = means.std(axis=1, ddof=1) / math.sqrt(batches)
    return errors
