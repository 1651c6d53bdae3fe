"""The methods that are measured side by side, by name, in the order of the tables; loaded when first used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, cast

from benchmarks.locating.question import Question
from benchmarks.measuring.clock import Clock
from benchmarks.measuring.telling import Telling

OURS = "retour"


class Solver(Protocol):
    """How a method is asked."""

    def refusal(self, question: Question) -> str | None:
        """Say in a sentence why it cannot take the question, None where it can; load its libraries."""
        ...

    def run(self, question: Question, problem: Any, *, seed: int, clock: Clock, telling: Telling) -> None:
        """Solve within the time of the clock, as far as it can be told to; tell stages, plan and bound."""
        ...


@dataclass(frozen=True)
class Method:
    """What a reader calls it and where its solver is; who is not `seeded` draws nothing, and runs once in all."""

    label: str
    solver: str
    seeded: bool = True

    def load(self) -> Solver:
        """Return the solver."""
        module, name = self.solver.split(":")
        return cast(Solver, getattr(import_module(module), name))


METHODS: Mapping[str, Method] = {
    OURS: Method("ours", "benchmarks.locating.by_ours:OURS"),
    "highs": Method("HiGHS, arrays", "benchmarks.locating.by_highs:BY_HIGHS"),
    "pulp-highs": Method("PuLP, HiGHS", "benchmarks.locating.by_pulp:HIGHS"),
    "pulp-cbc": Method("PuLP, CBC", "benchmarks.locating.by_pulp:CBC"),
    "scip": Method("SCIP, pywraplp", "benchmarks.locating.by_scip:BY_SCIP", seeded=False),
    "spopt": Method("spopt, HiGHS", "benchmarks.locating.by_spopt:BY_SPOPT"),
}
