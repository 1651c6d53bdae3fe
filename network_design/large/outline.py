"""The outline of a design: which of the large places stand at what size, before anything is said of the small ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from network_design.model.program import FloatArray


@dataclass(frozen=True)
class Outline:
    """`small` says which places are left open; `level` (levels,), or (levels, periods), is 1 where another place has at
    least that size."""

    small: NDArray[np.bool_]
    level: FloatArray
