"""The engines that improve a plan, behind one call, each with the features it honours; loaded when first used.

An engine must honour every feature of a problem itself or refuse it: `refuse_what_is_lacking` says by name what it
lacks, and `choose_engine` takes the first that lacks nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from retour.errors import BackendError
from routing.pickup.features import Feature, features_of, named
from routing.pickup.integers import IntegerProblem, to_integers
from routing.pickup.problem import PickupProblem
from routing.pickup.scheduled import Route

AUTO = "auto"  # in place of an engine's name: let the features and the size choose
MATRIX_PLACES = 6_000  # an int64 matrix of more takes 0.3 GB, and PyVRP needs 0.9 GB in all
LIST_PLACES = 3_000  # OR-Tools gets its matrices as Python lists: 1 GB at 3,000 places, 9.6 GB at 10,000

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


@dataclass(frozen=True)
class Registered:
    """Where an engine's function is, what it honours, and up to how many stops and hubs it can be asked."""

    function: str
    honours: frozenset[Feature]
    most_places: int | None = None


_EVERYTHING = frozenset(Feature)

# In the order in which `choose_engine` prefers them.
ENGINES: dict[str, Registered] = {
    "retour": Registered("routing.pickup.ruin_recreate:solve", _EVERYTHING - {Feature.CLOCK_BREAKS}),
    "pyvrp": Registered(
        "routing.pickup.pyvrp_engine:solve",
        _EVERYTHING
        - {
            Feature.BREAKS, Feature.CLOCK_BREAKS, Feature.SAME_VAN, Feature.BALANCE, Feature.COMPACTNESS,
            Feature.STABILITY,
        },
        MATRIX_PLACES,
    ),
    "ortools": Registered(
        "routing.pickup.ortools_engine:solve",
        _EVERYTHING
        - {
            Feature.RELEASE_TIMES, Feature.LINEHAUL_FIRST, Feature.BALANCE, Feature.COMPACTNESS, Feature.STABILITY,
        },
        LIST_PLACES,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """An engine's name, and in one sentence why it was chosen."""

    name: str
    why: str


def load_engine(name: str) -> Engine:
    """The engine of that name, refusing what it lacks; unknown names raise `BackendError`."""
    if name not in ENGINES:
        raise BackendError(f"There is no routing engine {name!r}; choose one of {', '.join(sorted(ENGINES))}.")
    module, function = ENGINES[name].function.split(":")
    solve = cast(Engine, getattr(import_module(module), function))

    def refusing(
        integers: IntegerProblem, *, seed: int, stop: StopRule, start: tuple[Route, ...], report: Report
    ) -> EngineAnswer:
        refuse_what_is_lacking(name, integers)
        return solve(integers, seed=seed, stop=stop, start=start, report=report)

    return refusing


def choose_engine(problem: PickupProblem | IntegerProblem, *, name: str = AUTO) -> Chosen:
    """The engine of that name, or with `AUTO` the first that honours every feature and the size of the problem.

    Raises `BackendError` for an unknown name, and with `AUTO` where every engine lacks something, saying what. An
    engine that is asked for by name is not examined here: it refuses by itself what it lacks.
    """
    if name != AUTO:
        load_engine(name)
        return Chosen(name, f"{name} was asked for.")
    integers = problem if isinstance(problem, IntegerProblem) else to_integers(problem)
    used = features_of(integers)
    refusals: list[str] = []
    for candidate in ENGINES:
        if (refusal := _refusal(candidate, used, _places(integers))) is None:
            passed_over = f" {' '.join(refusals)}" if refusals else ""
            reason = f"it honours {named(used)}" if used else "it comes first, and nothing special is asked for"
            return Chosen(candidate, f"{candidate} was chosen: {reason}.{passed_over}")
        refusals.append(refusal)
    raise BackendError(f"No routing engine can be asked. {' '.join(refusals)}")


def refuse_what_is_lacking(name: str, integers: IntegerProblem) -> None:
    """Raise `BackendError` when the engine lacks a feature of the problem, or the problem is too large for it."""
    refusal = _refusal(name, features_of(integers), _places(integers))
    if refusal is not None:
        raise BackendError(refusal)


def _places(integers: IntegerProblem) -> int:
    return len(integers.stops) + len(integers.source.depots)


def _refusal(name: str, used: frozenset[Feature], places: int) -> str | None:
    engine = ENGINES[name]
    if lacking := used - engine.honours:
        return f"The engine {name} cannot honour {named(lacking)}."
    if engine.most_places is not None and places > engine.most_places:
        return f"The engine {name} needs a matrix of all {places:,} places; it takes at most {engine.most_places:,}."
    return None
