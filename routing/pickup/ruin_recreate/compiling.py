"""How the search is compiled."""

from __future__ import annotations

from pathlib import Path

from routing.compiling import digest_of, kept_with

FOLDER = Path(__file__).parent
SOURCES = digest_of(FOLDER)

compiled = kept_with(FOLDER)
inlined = kept_with(FOLDER, forceinline=True)  # small and called everywhere
