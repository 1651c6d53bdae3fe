"""How the search is compiled: once, kept beside the source, without the interpreter's lock, so that threads work."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba


def digest_of(folder: Path) -> str:
    """A digest of all sources of a folder, which changes with any of them."""
    sources = hashlib.sha256()
    for source in sorted(folder.glob("*.py")):
        sources.update(source.read_bytes())
    return sources.hexdigest()


SOURCES = digest_of(Path(__file__).parent)


def _kept(**options: Any) -> Callable[[Any], Any]:
    """Compile and keep, valid with these very sources only.

    Numba looks at the time of a function's own file. Compiled code reads records by their layout, which other files
    say: with one that has changed, or is changed by another process that still runs the old, it would read anywhere.
    """

    def compile_and_keep(function: Any) -> Any:
        dispatcher = numba.njit(nogil=True, cache=True, **options)(function)
        dispatcher._cache._cache_file._source_stamp = SOURCES
        return dispatcher

    return compile_and_keep


compiled = _kept()
inlined = _kept(forceinline=True)  # small and called everywhere
