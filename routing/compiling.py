"""How kernels are compiled: once, kept beside their source, without the interpreter's lock, so that threads work."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba


def digest_of(*folders: Path) -> str:
    """A digest of all sources of some folders, which changes with any of them."""
    sources = hashlib.sha256()
    for folder in folders:
        for source in sorted(folder.glob("*.py")):
            sources.update(source.read_bytes())
    return sources.hexdigest()


def kept_with(*folders: Path, **options: Any) -> Callable[[Any], Any]:
    """Return a decorator that compiles functions and keeps them, valid with these very sources of their folders only.

    Name the functions' own folder and those of the compiled functions they call. Numba looks at the time of a
    function's own file. Compiled code holds what it calls and reads records by their layout, which other files say:
    with one that has changed, or is changed by another process that still runs the old, it would read anywhere.
    """
    sources = digest_of(*folders)

    def compile_and_keep(function: Any) -> Any:
        dispatcher: Any = numba.njit(nogil=True, cache=True, **options)(function)
        dispatcher._cache._cache_file._source_stamp = sources
        return dispatcher

    return compile_and_keep
