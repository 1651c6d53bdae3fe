"""Which engine solves a file, and why."""

from __future__ import annotations

from typing import NamedTuple

from routing.pickup.problem import PickupProblem

AUTO = "auto"
DEFAULT_ENGINE = "pyvrp"


class EngineChoice(NamedTuple):
    """The name of an engine and the reason for it, a phrase."""

    name: str
    why: str


def engine_for(problem: PickupProblem, asked: str) -> EngineChoice:
    """The engine asked for, or with `auto` the one for the problem's features and size."""
    if asked != AUTO:
        return EngineChoice(asked, "asked for")
    return EngineChoice(DEFAULT_ENGINE, "knows every rule of the problem")
