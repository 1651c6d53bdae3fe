"""What a long computation tells whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """One piece of news: `done` is the stage's share from 0 to 1, `best_eur` the best objective so far."""

    stage: str
    done: float
    message: str = ""
    best_eur: float | None = None


Listener = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Listen to nothing."""
