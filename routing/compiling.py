"""How kernels are compiled: once, kept beside their source, without the interpreter's lock, so that threads work."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core import types

SHORT = (types.int8, types.int16, types.int32)


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
        dispatcher.get_call_template = _for_any_whole_number(dispatcher.get_call_template)
        return dispatcher

    return compile_and_keep


def _for_any_whole_number(resolve: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Let a compiled caller ask for a function of plain whole numbers, where it has a constant or a shorter number.

    Numba would compile the function again for every constant: three times as much in all.
    """

    def resolve_widely(args: Any, kws: Any) -> Any:
        return resolve(tuple(map(_wide, args)), {name: _wide(kind) for name, kind in kws.items()})

    return resolve_widely


def _wide(kind: Any) -> Any:
    plain = types.unliteral(kind)
    return types.int64 if plain in SHORT else plain
