"""The engines that improve a plan, behind one call: name -> function, loaded when first used."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from retour.errors import BackendError
from routing.pickup.integers import IntegerProblem
from routing.pickup.schedule import Route

Report = Callable[[int, tuple[Route, ...]], None]
"""Called with the iterations done and the routes of each new best plan."""


@dataclass(frozen=True)
class StopRule:
    """When an engine must hand back: at `deadline` (of `time.perf_counter`), after `iterations`, or the first of both.

    Only a rule without deadline gives the same answer every time.
    """

    deadline: float | None
    iterations: int | None

    def left_s(self) -> float | None:
        """Seconds until the deadline, never negative; None without one."""
        return None if self.deadline is None else max(0.0, self.deadline - time.perf_counter())

    def is_over(self, iterations: int) -> bool:
        """Whether an engine that has done so many iterations must stop now."""
        if self.iterations is not None and iterations >= self.iterations:
            return True
        return self.deadline is not None and time.perf_counter() >= self.deadline


@dataclass(frozen=True)
class EngineAnswer:
    """The best routes an engine found, feasible or not, and the iterations it took."""

    routes: tuple[Route, ...]
    iterations: int


class Engine(Protocol):
    """Improves the plan `start` until the stop rule says so; raises `BackendError` when it cannot."""

    def __call__(
        self, integers: IntegerProblem, *, seed: int, stop: StopRule, start: tuple[Route, ...], report: Report
    ) -> EngineAnswer:
        """Routes for the problem; every limit the engine cannot honour must raise instead of being dropped."""
        ...


ENGINES = {
    "ortools": "routing.pickup.ortools_engine:solve",
    "pyvrp": "routing.pickup.pyvrp_engine:solve",
}


def load_engine(name: str) -> Engine:
    """The engine of that name; unknown names raise `BackendError`."""
    if name not in ENGINES:
        raise BackendError(f"There is no routing engine {name!r}; choose one of {', '.join(sorted(ENGINES))}.")
    module, function = ENGINES[name].split(":")
    return cast(Engine, getattr(import_module(module), function))
