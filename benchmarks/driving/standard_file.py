"""A VRPLIB file as methods are given it; plans are `.sol` files, judged by the independent checker."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import vrplib

from benchmarks.driving.subject import Judged
from routing.pickup.problem import PickupProblem
from routing.pickup.schedule import Route
from routing.standard import (
    StandardInstance,
    check_solution,
    read_solution,
    read_standard,
    to_pickup_problem,
    to_solution,
    write_solution,
)

if TYPE_CHECKING:
    import pyvrp


@dataclass(frozen=True)
class StandardFile:
    """A file and what it says; costs are in the units of its convention."""

    path: Path
    instance: StandardInstance

    @classmethod
    def read(cls, path: Path) -> StandardFile:
        """Read the file, without working out distances."""
        return cls(path, read_standard(path))

    @property
    def places(self) -> int:
        """Clients and depots."""
        return self.instance.locations

    @cached_property
    def reading_s(self) -> float:
        """Seconds that the library PyVRP reads with takes for the file, distances left out."""
        began = time.perf_counter()
        vrplib.read_instance(self.path, compute_edge_weights=False)
        return time.perf_counter() - began

    def pickup(self) -> PickupProblem:
        """Return the problem for our engines."""
        return to_pickup_problem(self.instance)

    def for_pyvrp(self) -> StandardForPyvrp:
        """Read the file the way PyVRP's users do, under the convention of its kind."""
        import pyvrp

        return StandardForPyvrp(self.instance, pyvrp.read(self.path, round_func=str(self.instance.convention)))

    def cost(self, micro: int) -> float:
        """Return the same number: a micro-euro is a unit of the convention."""
        return micro

    def write(self, routes: Sequence[Route], path: Path) -> None:
        """Write the routes as a `.sol` file."""
        _write(self.instance, to_solution(self.instance, routes), path)

    def judge(self, path: Path) -> Judged:
        """Read a `.sol` file back and check it."""
        checked = check_solution(self.instance, read_solution(path))
        return Judged(checked.cost, tuple(map(str, checked.violations)))


@dataclass(frozen=True)
class StandardForPyvrp:
    """PyVRP's own reading of a file; its costs are in the units of the convention."""

    instance: StandardInstance
    data: pyvrp.ProblemData

    def cost(self, units: int) -> float:
        """Return the same number."""
        return units

    def write(self, solution: pyvrp.Solution, path: Path) -> None:
        """Write a solution as a `.sol` file: where vehicles differ, line k is the k-th vehicle's."""
        free = [list(map(int, kind.name.split(","))) for kind in self.data.vehicle_types()]
        lines: dict[int, list[int]] = {}
        for route in solution.routes():
            lines[free[route.vehicle_type()].pop(0)] = self._locations(route)
        numbers = range(len(self.instance.vehicles)) if self.instance.vehicles_differ else sorted(lines)
        _write(self.instance, [lines.get(number, []) for number in numbers], path)

    def _locations(self, route: pyvrp.Route) -> list[int]:
        """Return where a route goes between its first and its last depot; a depot in between is a reload."""
        inner = list(route)[1:-1]
        return [
            (self.data.depot(each.idx) if each.is_depot() else self.data.client(each.idx)).location for each in inner
        ]


def _write(instance: StandardInstance, solution: Sequence[Sequence[int]], path: Path) -> None:
    write_solution(path, solution, cost=check_solution(instance, solution).cost or 0)
