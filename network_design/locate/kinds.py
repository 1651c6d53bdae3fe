"""The kinds of location problem, each with its reader, its solver and its independent checker; loaded when used.

A family is a package that offers three functions:

    read(path, *, kind, p=None, capacity=None) -> Problem    raises InputError, all defects at once
    solve(problem, *, seed, budget_s, on_progress) -> LocationAnswer    raises InfeasibleError, BackendError
    check(problem, answer) -> LocationChecked           re-prices and re-checks, sharing nothing with `solve`
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from network_design.locate.answer import LocationAnswer, OnProgress
from network_design.locate.check.checked import LocationChecked


class Reader(Protocol):
    """Reads a file of the kind's formats.

    `p` overrides the number of sites to open where the kind has one, `capacity` stands in for the word `capacity` of
    the file. A figure that is nowhere raises `MissingOption`. Further options of a kind come by their names.
    """

    def __call__(
        self, path: Path, *, kind: str, p: int | None = None, capacity: float | None = None, **options: float
    ) -> Any:
        """Return the problem; raises `InputError` with every defect of the file."""
        ...


class Solver(Protocol):
    """Solves a problem within `budget_s` seconds of wall clock, set-up included."""

    def __call__(
        self, problem: Any, *, seed: int, budget_s: float, on_progress: OnProgress | None = None
    ) -> LocationAnswer:
        """Return the best plan found with its bound."""
        ...


@dataclass(frozen=True)
class Kind:
    """A kind of location problem: what it is called, and the functions of its family as `module:function`.

    `options` are the figures that may come with the command beside the file.
    """

    title: str
    read: str
    solve: str
    check: str
    options: frozenset[str] = frozenset()

    def reader(self) -> Reader:
        """Return the function that reads its files."""
        return _load(self.read)

    def solver(self) -> Solver:
        """Return the function that solves it."""
        return _load(self.solve)

    def checker(self) -> Callable[[Any, LocationAnswer], LocationChecked]:
        """Return the independent checker."""
        return _load(self.check)


def _load(place: str) -> Any:
    module, function = place.split(":")
    return getattr(import_module(module), function)


KINDS: dict[str, Kind] = {
    "pmedian": Kind(
        "p-median",
        "network_design.locate.reading.distances:read",
        "network_design.locate.pmedian:solve",
        "network_design.locate.check.distances:check",
        options=frozenset({"p"}),
    ),
    "pcentre": Kind(
        "p-centre",
        "network_design.locate.reading.distances:read",
        "network_design.locate.pcentre:solve",
        "network_design.locate.check.distances:check",
        options=frozenset({"p"}),
    ),
    "mclp": Kind(
        "maximal covering",
        "network_design.locate.reading.distances:read",
        "network_design.locate.covering:solve",
        "network_design.locate.check.distances:check",
        options=frozenset({"p", "radius"}),
    ),
    "ufl": Kind(
        "facility location without capacities",
        "network_design.locate.reading.facilities:read",
        "network_design.locate.facility:solve",
        "network_design.locate.check.facilities:check",
        options=frozenset({"capacity"}),
    ),
    "cflp": Kind(
        "facility location with capacities, demand may be split",
        "network_design.locate.reading.facilities:read",
        "network_design.locate.facility:solve",
        "network_design.locate.check.facilities:check",
        options=frozenset({"capacity"}),
    ),
    "sscflp": Kind(
        "facility location with capacities, one site per customer",
        "network_design.locate.reading.facilities:read",
        "network_design.locate.facility:solve",
        "network_design.locate.check.facilities:check",
        options=frozenset({"capacity"}),
    ),
    "tscflp": Kind(
        "two-stage facility location: plants, satellites, customers",
        "network_design.locate.reading.two_stage:read",
        "network_design.locate.two_stage:solve",
        "network_design.locate.check.two_stage:check",
    ),
    "lrp": Kind(
        "location-routing: depots, vehicles and routes together",
        "network_design.locate.reading.location_routing:read",
        "network_design.locate.location_routing.solving:solve",
        "network_design.locate.check.location_routing:check",
    ),
}
