"""How loops over lists are compiled: once, kept beside the source, and without the interpreter's lock."""

from __future__ import annotations

from typing import Any

import numba

compiled: Any = numba.njit(cache=True, nogil=True)
