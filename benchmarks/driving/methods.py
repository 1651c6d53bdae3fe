"""The methods that are measured side by side, by name, in the order of the tables; loaded when first used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from benchmarks.driving.subject import Subject
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.telling import Telling

OURS, PYVRP = "retour", "pyvrp"


class Planner(Protocol):
    """How a method is asked."""

    def refusal(self, subject: Subject) -> str | None:
        """Say in a sentence why it cannot take the subject, None where it can; load its libraries."""
        ...

    def run(self, subject: Subject, *, seed: int, clock: Clock, telling: Telling) -> None:
        """Plan within the time of the clock, as far as it can be told to; `RefusedError` where it cannot after all."""
        ...

    def warm_up(self, subject: Subject) -> None:
        """Compile whatever a first run compiles."""
        ...


@dataclass(frozen=True)
class Method:
    """What a reader calls it and where its planner is.

    A method that is not `threaded` runs once per core side by side, if it is `seeded`: else its runs would be the
    same. `bytes_per_pair` is the memory it needs per pair of places, where it has matrices.
    """

    label: str
    planner: str
    threaded: bool = False
    seeded: bool = True
    bytes_per_pair: float = 0.0

    def load(self) -> Planner:
        """Return the planner."""
        module, name = self.planner.split(":")
        return cast(Planner, getattr(import_module(module), name))

    def runs(self, *, places: int, cores: int, memory_mb: float) -> int:
        """Return how many runs share the cores, as far as their matrices fit the memory."""
        if self.threaded or not self.seeded:
            return 1
        need_mb = self.bytes_per_pair * places * places / 2**20
        return max(1, min(cores, int(memory_mb / need_mb) if need_mb else cores))


METHODS: Mapping[str, Method] = {
    OURS: Method("ours", "benchmarks.driving.by_engine:RETOUR", threaded=True),
    PYVRP: Method("PyVRP", "benchmarks.driving.by_pyvrp:BY_PYVRP", bytes_per_pair=26.0),  # 9.4 GB at 20,000, measured
    "ortools": Method("OR-Tools", "benchmarks.driving.by_engine:ORTOOLS", seeded=False),
    "vroom": Method("VROOM", "benchmarks.driving.by_vroom:BY_VROOM", threaded=True, seeded=False),
}
