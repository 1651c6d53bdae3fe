"""How the kernels are compiled: once, kept beside the source, without the interpreter's lock, so that threads work."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Flags = NDArray[np.bool_]
States = NDArray[np.int8]  # of each site: 1 open, -1 closed, 0 not decided


def _digest() -> str:
    """A digest of all sources of this folder, which changes with any of them."""
    sources = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        sources.update(source.read_bytes())
    return sources.hexdigest()


_SOURCES = _digest()


def compiled(function: Any) -> Any:
    """Compile and keep, valid with these very sources only: kernels call each other across files."""
    dispatcher: Any = numba.njit(nogil=True, cache=True)(function)
    dispatcher._cache._cache_file._source_stamp = _SOURCES
    return dispatcher
