"""How the kernels of this package are compiled; they call those of one stage."""

from __future__ import annotations

from pathlib import Path

from routing.compiling import kept_with

FOLDER = Path(__file__).parent

compiled = kept_with(FOLDER, FOLDER.parent / "facility")
