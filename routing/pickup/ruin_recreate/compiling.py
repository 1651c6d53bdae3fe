"""How the search is compiled: once, kept beside the source, without the interpreter's lock, so that threads work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numba


def forget_stale(folder: Path) -> None:
    """Delete compiled code that is older than any source of the folder.

    Numba looks at a function's own file only, and would go on using what was compiled with another file's old function.
    """
    newest = max(source.stat().st_mtime for source in folder.glob("*.py"))
    for index in (folder / "__pycache__").glob("*.nbi"):
        if index.stat().st_mtime < newest:
            index.unlink(missing_ok=True)


forget_stale(Path(__file__).parent)
compiled: Any = numba.njit(nogil=True, cache=True)
inlined: Any = numba.njit(nogil=True, cache=True, forceinline=True)  # small and called everywhere
