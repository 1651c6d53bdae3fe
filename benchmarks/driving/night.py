"""Tonight's pickups of the sample country as methods are given them; plans are JSON, driven by our evaluator."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.driving.subject import Judged
from routing.pickup.integers import IntegerProblem, to_integers
from routing.pickup.problem import PickupProblem
from routing.pickup.schedule import Route, evaluate
from routing.standard.solution import write_whole

if TYPE_CHECKING:
    import pyvrp

    from routing.pickup.pyvrp_engine import PyvrpModel

SUFFIX = ".pickle"
NIGHT_SEED = 1
DECIDE_S = 120.0
MICRO = 1_000_000


def make_night(returns: int, folder: Path) -> Path:
    """Return the pickup problem of a country night, made on first use: decide its returns, forecast, choose visits."""
    from benchmarks.deciding.networks import country

    path = folder / f"night-{returns}{SUFFIX}"
    if not path.exists():
        network = country(returns, seed=NIGHT_SEED, folder=folder)
        path.write_bytes(pickle.dumps(_problem(network)))
    return path


def _problem(network: Path) -> PickupProblem:
    from retour import load_network
    from routing.consolidate import forecast_visits
    from routing.decide import decide
    from routing.tonight import pickup_problem

    instance = load_network(network)
    decided = decide(instance, seed=NIGHT_SEED, budget_s=DECIDE_S)
    return pickup_problem(instance, forecast_visits(instance, decided.decisions))


@dataclass(frozen=True, eq=False)
class Night:
    """A night's pickup problem; costs are in euro."""

    problem: PickupProblem

    @classmethod
    def read(cls, path: Path) -> Night:
        """Read a problem that `make_night` wrote."""
        return cls(pickle.loads(path.read_bytes()))

    @property
    def places(self) -> int:
        """Stops and hubs."""
        return len(self.problem.stops) + len(self.problem.depots)

    @property
    def reading_s(self) -> float:
        """Nobody reads a file again."""
        return 0.0

    def pickup(self) -> PickupProblem:
        """Return the problem."""
        return self.problem

    def for_pyvrp(self) -> NightForPyvrp:
        """Say the problem in PyVRP's words."""
        from routing.pickup.pyvrp_engine import to_pyvrp

        integers = to_integers(self.problem)
        return NightForPyvrp(self, integers, to_pyvrp(integers))

    def cost(self, micro: int) -> float:
        """Return micro-euro in euro."""
        return micro / MICRO

    def write(self, routes: Sequence[Route], path: Path) -> None:
        """Write vehicle type, number and trips of every route as JSON."""
        told = [[route.vehicle_type_id, route.vehicle_no, route.trips] for route in routes]
        write_whole(path, json.dumps(told))

    def judge(self, path: Path) -> Judged:
        """Read a plan back and drive it by our own arithmetic, which knows no engine."""
        told = json.loads(path.read_text(encoding="utf-8"))
        routes = [Route(kind, number, tuple(map(tuple, trips))) for kind, number, trips in told]
        schedule = evaluate(self.problem, routes)
        return Judged(schedule.objective_eur, tuple(map(str, schedule.breaches)))


@dataclass(frozen=True, eq=False)
class NightForPyvrp:
    """A night in PyVRP's words, for its own solver with its own settings; its costs are in micro-euro."""

    night: Night
    integers: IntegerProblem
    model: PyvrpModel

    @property
    def data(self) -> pyvrp.ProblemData:
        """What PyVRP solves."""
        return self.model.data

    def cost(self, units: int) -> float:
        """Return micro-euro in euro."""
        return units / MICRO

    def write(self, solution: pyvrp.Solution, path: Path) -> None:
        """Write a solution as `Night.judge` reads it."""
        from routing.pickup.pyvrp_engine import from_pyvrp

        self.night.write(from_pyvrp(self.integers, self.model, solution), path)
