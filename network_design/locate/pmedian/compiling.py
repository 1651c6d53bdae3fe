"""How the kernels of this package are compiled."""

from __future__ import annotations

from pathlib import Path

from routing.compiling import kept_with

compiled = kept_with(Path(__file__).parent)
