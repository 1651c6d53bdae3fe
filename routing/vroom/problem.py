"""A VROOM problem behind the gate: every job and vehicle at a place, every place in the matrices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.vroom.words import JobWords, VehicleWords


@dataclass(frozen=True)
class VroomJob:
    """A job and its place; `words` is how it was written."""

    words: JobWords
    place: int
    service_s: int


@dataclass(frozen=True)
class VroomVehicle:
    """A vehicle and the places of its start and end, None where its route begins or ends with a job."""

    words: VehicleWords
    start: int | None
    end: int | None


@dataclass(frozen=True, eq=False)
class VroomProblem:
    """Jobs and vehicles in the order of the file; tables are (places, places), from row to column.

    `durations` in seconds, `distances` in metres, `costs` in VROOM's units; `distances` and `costs` may be None.
    `coordinates` holds lon, lat per place, or None where only the matrix knows. `indices` says whether places are
    rows of a matrix of the file. `assumed` says in words what was assumed for lack of a matrix.
    """

    name: str
    jobs: tuple[VroomJob, ...]
    vehicles: tuple[VroomVehicle, ...]
    durations: np.ndarray
    distances: np.ndarray | None
    costs: np.ndarray | None
    coordinates: tuple[tuple[float, float] | None, ...]
    indices: bool
    assumed: str = ""
    ignored: tuple[str, ...] = ()
