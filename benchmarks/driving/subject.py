"""What methods are given, whatever it was read from: a standard file or tonight's pickups of a country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from routing.pickup.problem import PickupProblem
from routing.pickup.schedule import Route

if TYPE_CHECKING:
    import pyvrp


@dataclass(frozen=True)
class Judged:
    """What the checker says of a plan: its cost, None where it cannot be told, and a sentence per broken rule."""

    cost: float | None
    violations: tuple[str, ...]


class ForPyvrp(Protocol):
    """The instance as PyVRP's own users have it, and the way back; its plans cost `cost(units of PyVRP)`."""

    @property
    def data(self) -> pyvrp.ProblemData:
        """What PyVRP solves."""
        ...

    def cost(self, units: int) -> float:
        """Return a cost of PyVRP's in the units of the records."""
        ...

    def write(self, solution: pyvrp.Solution, path: Path) -> None:
        """Write a solution as `Subject.judge` reads it."""
        ...


class Subject(Protocol):
    """An instance in memory: coordinates, no distances."""

    @property
    def places(self) -> int:
        """Clients and depots."""
        ...

    @property
    def reading_s(self) -> float:
        """Seconds that reading the file takes, distances left out; 0 where `for_pyvrp` reads no file."""
        ...

    def pickup(self) -> PickupProblem:
        """Return the problem for our engines, and for those that are reached through them."""
        ...

    def for_pyvrp(self) -> ForPyvrp:
        """Return the instance for PyVRP, with its matrices."""
        ...

    def cost(self, micro: int) -> float:
        """Return an objective in micro-euro in the units of the records."""
        ...

    def write(self, routes: Sequence[Route], path: Path) -> None:
        """Write a plan of ours as `judge` reads it."""
        ...

    def judge(self, path: Path) -> Judged:
        """Read a plan back and check it, knowing nothing of who made it."""
        ...
