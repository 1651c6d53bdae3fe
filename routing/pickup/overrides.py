"""What a planner may insist on when a plan is made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from routing.pickup.problem import Stop
from routing.pickup.schedule import Route


class Van(NamedTuple):
    """One van: its type and its number among `count`, from 1."""

    vehicle_type_id: str
    vehicle_no: int


@dataclass(frozen=True)
class LockStop:
    """The stop is visited by the van that visits it in the earlier plan."""

    stop_id: str


@dataclass(frozen=True)
class LockVan:
    """The van drives its earlier route as it was: the same stops in the same order, and no others."""

    van: Van


@dataclass(frozen=True)
class MoveStop:
    """The stop is visited by this van."""

    stop_id: str
    van: Van


@dataclass(frozen=True)
class ForbidStop:
    """The stop is not visited by this van."""

    stop_id: str
    van: Van


@dataclass(frozen=True)
class ServeStop:
    """The stop is visited, by whichever van, even if it is not worth it."""

    stop_id: str


@dataclass(frozen=True)
class AddStop:
    """A stop that the problem does not have yet, at one of its places."""

    stop: Stop


@dataclass(frozen=True)
class DropStop:
    """The stop is not visited at all; an optional one costs its prize, a required one is no duty any more."""

    stop_id: str


@dataclass(frozen=True)
class LoseVan:
    """The van stays at its hub tonight; its stops are planned again."""

    van: Van


Override = LockStop | LockVan | MoveStop | ForbidStop | ServeStop | AddStop | DropStop | LoseVan
VanNames = Mapping[Van, str]
"""What vans are called in sentences; those without a name by type and number."""


def stop_of(override: Override) -> str | None:
    """The id of the stop that an override is about; None where it is about a van."""
    if isinstance(override, AddStop):
        return override.stop.stop_id
    return None if isinstance(override, LockVan | LoseVan) else override.stop_id


def van_of(override: Override) -> Van | None:
    """The van that an override names; None where it names none."""
    return override.van if isinstance(override, LockVan | MoveStop | ForbidStop | LoseVan) else None


def vans_of(routes: Sequence[Route]) -> dict[str, Van]:
    """The van of every stop."""
    return {stop_id: Van(r.vehicle_type_id, r.vehicle_no) for r in routes for stop_id in r.stop_ids}


def target_of(override: Override, earlier: Mapping[str, Van]) -> Van | None:
    """The van on which an override puts its stop; None where it puts it on none in particular."""
    if isinstance(override, MoveStop):
        return override.van
    return earlier.get(override.stop_id) if isinstance(override, LockStop) else None


def say_van(van: Van, names: VanNames) -> str:
    """A van in words."""
    return names.get(van, f"{van.vehicle_type_id} no. {van.vehicle_no}")


def say(override: Override, names: VanNames) -> str:
    """An override in words, without a full stop."""
    stop, van = stop_of(override), van_of(override)
    where = "" if van is None else say_van(van, names)
    words = {
        LockStop: f"stop {stop} stays on its van",
        LockVan: f"van {where} keeps its route",
        MoveStop: f"stop {stop} goes to van {where}",
        ForbidStop: f"stop {stop} does not go to van {where}",
        ServeStop: f"stop {stop} is visited",
        AddStop: f"stop {stop} is added",
        DropStop: f"stop {stop} is dropped",
        LoseVan: f"van {where} is lost",
    }
    return words[type(override)]
