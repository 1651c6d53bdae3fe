"""What the commands of all benchmarks do alike."""

from __future__ import annotations

from collections.abc import Collection
from types import FrameType

import typer


def known(told: str, choice: Collection[str], noun: str) -> list[str]:
    """Return the names in a list with commas; wrong usage where one is not among the choice."""
    names = told.split(",")
    if unknown := [name for name in names if name not in choice]:
        raise typer.BadParameter(f"unknown {noun} {', '.join(unknown)}; choose of {', '.join(choice)}")
    return names


def stop(number: int, frame: FrameType | None) -> None:
    """End in order when a signal comes, so that the processes being measured end too."""
    raise SystemExit(128 + number)
