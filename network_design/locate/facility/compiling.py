"""How the kernels of this package are compiled, and the arrays they work on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from routing.compiling import kept_with

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Flags = NDArray[np.bool_]
States = NDArray[np.int8]  # of each site: 1 open, -1 closed, 0 not decided

compiled = kept_with(Path(__file__).parent)
