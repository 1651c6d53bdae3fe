"""Random numbers for compiled code, from a state that the caller keeps.

Xorshift: Marsaglia (2003), 10.18637/jss.v008.i14.
"""

from __future__ import annotations

import numpy as np

from network_design.locate.facility.compiling import compiled

_UNIT = 1.0 / (1 << 53)
_SMALLEST = 1e-300


@compiled
def chance(state: np.ndarray) -> float:
    """Return a number from 0 to below 1."""
    bits = state[0]
    bits ^= bits << np.uint64(13)
    bits ^= bits >> np.uint64(7)
    bits ^= bits << np.uint64(17)
    state[0] = bits
    return (bits >> np.uint64(11)) * _UNIT


@compiled
def below(state: np.ndarray, limit: int) -> int:
    """Return a whole number from 0 to below `limit`."""
    return int(chance(state) * limit)


@compiled
def exponential(state: np.ndarray) -> float:
    """Return a number from the exponential distribution with mean 1."""
    return -np.log(chance(state) + _SMALLEST)
