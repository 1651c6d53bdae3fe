"""VROOM's input as it is written: the keys we honour, with their types, and those we must refuse.

Keys follow VROOM 1.14. What limits a plan and is not listed as a field is refused by name; other keys are ignored,
as VROOM does.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]
Coordinates = tuple[Annotated[float, Field(ge=-180, le=180)], Annotated[float, Field(ge=-90, le=90)]]
Window = tuple[Count, Count]

REFUSED_AT_TOP = {
    "shipments": "a pickup tied to its delivery is not known here",
    "matrix": "VROOM itself now reads `matrices` instead; rename it",
}
REFUSED_OF_JOBS = {
    "setup_per_type": "times by vehicle type are not known here",
    "service_per_type": "times by vehicle type are not known here",
}
REFUSED_OF_BREAKS = {
    "max_load": "a load that a break may not exceed is not known here",
}
REFUSED_OF_VEHICLES = {
    "steps": "given routes are not known here",
}


class _Words(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    @property
    def more(self) -> dict[str, Any]:
        """Keys that are no field."""
        return self.model_extra or {}


class JobWords(_Words):
    """A job: lon, lat or a row of the matrix; seconds; amounts per dimension."""

    id: Count
    description: str = ""
    location: Coordinates | None = None
    location_index: Count | None = None
    setup: Count = 0
    service: Count = 0
    delivery: tuple[Count, ...] = ()
    pickup: tuple[Count, ...] = ()
    skills: frozenset[Count] = frozenset()
    priority: Annotated[int, Field(ge=0, le=100)] = 0
    time_windows: tuple[Window, ...] = ()


class BreakWords(_Words):
    """A break of a vehicle: seconds, and windows in which it may begin; none: any time."""

    id: Count
    description: str = ""
    service: Count = 0
    time_windows: tuple[Window, ...] = ()


class CostWords(_Words):
    """What a vehicle costs when used, per hour of travel and per kilometre."""

    fixed: Count = 0
    per_hour: Count = 3600
    per_km: Count = 0
    per_task_hour: Count = 0


class VehicleWords(_Words):
    """A vehicle; it may lack a start or an end, then its route begins or ends with a job."""

    id: Count
    profile: str = "car"
    description: str = ""
    start: Coordinates | None = None
    start_index: Count | None = None
    end: Coordinates | None = None
    end_index: Count | None = None
    capacity: tuple[Count, ...] = ()
    costs: CostWords = CostWords()
    skills: frozenset[Count] = frozenset()
    time_window: Window | None = None
    speed_factor: Annotated[float, Field(gt=0)] = 1.0
    max_tasks: Count | None = None
    max_travel_time: Count | None = None
    max_distance: Count | None = None
    breaks: tuple[BreakWords, ...] = ()


class MatrixWords(_Words):
    """Square tables of one profile: seconds, metres, and cost of travel where it is neither."""

    durations: tuple[tuple[Count, ...], ...]
    distances: tuple[tuple[Count, ...], ...] | None = None
    costs: tuple[tuple[Count, ...], ...] | None = None


class ProblemWords(_Words):
    """The whole file."""

    jobs: tuple[JobWords, ...]
    vehicles: tuple[VehicleWords, ...]
    matrices: dict[str, MatrixWords] | None = None
