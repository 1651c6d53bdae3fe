"""Options that several commands have, told once."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer


def finite_seconds(seconds: float | None) -> float | None:
    """Return a time budget as it is; wrong usage where it never ends or is no number."""
    if seconds is not None and not math.isfinite(seconds):
        raise typer.BadParameter(f"{seconds} is no number of seconds; give one, for example 60.")
    return seconds


OUT = Annotated[Path | None, typer.Option("--out", help="Folder of stored runs (RETOUR_RUNS, else runs).")]
AS_JSON = Annotated[bool, typer.Option("--json", help="One JSON object on standard output, nothing else.")]
LOG_JSON = Annotated[bool, typer.Option("--log-json", help="Log lines as JSON on standard error.")]
BUDGET = Annotated[
    float | None,
    typer.Option(
        "--time-budget", min=0.1, help="Seconds the whole may take.", show_default=False, callback=finite_seconds
    ),
]
SEED = Annotated[int, typer.Option("--seed", min=0, help="Seed of every random choice.")]
