"""How the search is compiled: once, kept beside the source, without the interpreter's lock, so that threads work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numba

from routing.pickup.ruin_recreate.compiling import digest_of

SOURCES = digest_of(Path(__file__).parent)


def compiled(function: Any) -> Any:
    """Compile and keep, valid with these very sources only: kept callers hold the code of what they call."""
    dispatcher: Any = numba.njit(nogil=True, cache=True)(function)
    dispatcher._cache._cache_file._source_stamp = SOURCES
    return dispatcher
