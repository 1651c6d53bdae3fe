"""The gate of VROOM problems: every defect, and every rule we could not keep, at once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import ValidationError

from retour.errors import InputError, Issue
from routing.standard.instance import NEVER
from routing.vroom.problem import VroomJob, VroomProblem, VroomVehicle
from routing.vroom.words import (
    REFUSED_AT_TOP,
    REFUSED_OF_BREAKS,
    REFUSED_OF_JOBS,
    REFUSED_OF_VEHICLES,
    BreakWords,
    Coordinates,
    JobWords,
    MatrixWords,
    ProblemWords,
    VehicleWords,
)

CROW_SPEED_KMH = 30.0  # in town, stops and detours included
METRES_PER_KM = 1_000
SECONDS_PER_HOUR = 3_600
MOST_DIMENSIONS = 4
T = TypeVar("T")


def read_vroom(path: Path | str, *, speed_kmh: float = CROW_SPEED_KMH) -> VroomProblem:
    """The VROOM problem in the file; without matrices vehicles fly straight at `speed_kmh`.

    Raises `InputError` with every defect, and with every key that asks for what our engines do not know: shipments,
    times by vehicle type, loads during breaks, given steps, several profiles or speeds, costs per task hour.
    """
    path = Path(path)
    words = _parse(path)
    issues = [Issue(path.name, None, where, message) for where, message in _defects(words)]
    if issues:
        raise InputError(issues)
    return _with_matrices(path.stem, words) if words.matrices else _as_the_crow_flies(path.stem, words, speed_kmh)


def _parse(path: Path) -> ProblemWords:
    try:
        return ProblemWords.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise InputError([Issue(path.name, None, None, f"cannot be read: {reason}.")]) from None
    except json.JSONDecodeError as error:
        raise InputError([Issue(path.name, error.lineno, None, f"it is no JSON: {error.msg}.")]) from None
    except ValidationError as error:
        raise InputError(_issue(path.name, found) for found in error.errors()) from None


def _issue(name: str, found: Any) -> Issue:
    where = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in found["loc"]).lstrip(".")
    plain = found["type"] != "missing" and not isinstance(found["input"], dict | list)
    given = f"found {found['input']!r}; " if plain else ""
    told = "it must be an object, `{...}`" if found["type"] == "model_type" else found["msg"].lower()
    return Issue(name, None, where or None, f"{given}{told.replace('input should', 'it must')}.")


def _defects(words: ProblemWords) -> Iterator[tuple[str, str]]:
    yield from _refused("", words.more, REFUSED_AT_TOP)
    yield from _repeated("jobs", (job.id for job in words.jobs))
    yield from _repeated("vehicles", (vehicle.id for vehicle in words.vehicles))
    for number, job in enumerate(words.jobs):
        yield from _job_defects(f"jobs[{number}]", job, words)
    for number, vehicle in enumerate(words.vehicles):
        yield from _vehicle_defects(f"vehicles[{number}]", vehicle, words)
    yield from _fleet_defects(words)
    for profile, matrix in (words.matrices or {}).items():
        yield from _matrix_defects(f"matrices.{profile}", matrix)


def _refused(where: str, given: Mapping[str, Any], refused: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, reason in refused.items():
        if given.get(key):
            yield f"{where}.{key}".lstrip("."), f"{reason}; take it out to go on without."


def _repeated(noun: str, ids: Iterable[int]) -> Iterator[tuple[str, str]]:
    for key, times in Counter(ids).items():
        if times > 1:
            yield noun, f"id {key} is given {times} times; ids must be unique."


def _job_defects(where: str, job: JobWords, words: ProblemWords) -> Iterator[tuple[str, str]]:
    yield from _refused(where, job.more, REFUSED_OF_JOBS)
    yield from _place_defects(where, "location", job.location, job.location_index, words)
    yield from _window_defects(f"{where}.time_windows", job.time_windows)
    if job.setup and _shared_place(job, words):
        yield f"{where}.setup", "other jobs or vehicles share its place, where setup may fall away; add it to service."


def _shared_place(job: JobWords, words: ProblemWords) -> bool:
    """Whether a vehicle may come to the job from its very place, so that setting up falls away."""
    here = (job.location, job.location_index)
    others = [(other.location, other.location_index) for other in words.jobs if other is not job]
    return here in [*others, *((vehicle.start, vehicle.start_index) for vehicle in words.vehicles)]


def _vehicle_defects(where: str, vehicle: VehicleWords, words: ProblemWords) -> Iterator[tuple[str, str]]:
    yield from _refused(where, vehicle.more, REFUSED_OF_VEHICLES)
    if vehicle.costs.per_task_hour:
        yield f"{where}.costs.per_task_hour", "costs of working time are not known here; take it out to go on without."
    ends = {"start": (vehicle.start, vehicle.start_index), "end": (vehicle.end, vehicle.end_index)}
    given = {name: end for name, end in ends.items() if end != (None, None)}
    if not given:
        yield where, "neither start nor end is given; one is needed."
    for name, (location, index) in given.items():
        yield from _place_defects(where, name, location, index, words)
    if vehicle.time_window:
        yield from _window_defects(f"{where}.time_window", (vehicle.time_window,))
    yield from _repeated(f"{where}.breaks", (pause.id for pause in vehicle.breaks))
    for number, pause in enumerate(vehicle.breaks):
        yield from _break_defects(f"{where}.breaks[{number}]", pause, vehicle)
    if words.matrices is not None and vehicle.profile not in words.matrices:
        yield f"{where}.profile", f"{vehicle.profile!r} has no matrix; those given are {', '.join(words.matrices)}."


def _break_defects(where: str, pause: BreakWords, vehicle: VehicleWords) -> Iterator[tuple[str, str]]:
    yield from _refused(where, pause.more, REFUSED_OF_BREAKS)
    yield from _window_defects(f"{where}.time_windows", pause.time_windows)
    if not pause.service:
        yield f"{where}.service", "found 0; a break takes time: give its seconds, or take the break out."
    opens, closes = vehicle.time_window or (0, NEVER)
    last = closes - pause.service
    fits = [start for start, end in break_windows(pause, vehicle) if max(start, opens) <= min(end, last)]
    if pause.service and not fits:
        yield f"{where}.time_windows", (
            f"no break of {pause.service} s that begins in them lies in the vehicle's time from {opens} to {closes}; "
            "move one of the two."
        )


def _place_defects(
    where: str, name: str, location: Coordinates | None, index: int | None, words: ProblemWords
) -> Iterator[tuple[str, str]]:
    key = "location_index" if name == "location" else f"{name}_index"
    if words.matrices is None and location is None:
        yield f"{where}.{name}", "without matrices it needs coordinates, [lon, lat]."
    if words.matrices is not None and index is None:
        yield f"{where}.{key}", "with matrices it needs the row of its place, from 0."
    elif words.matrices:
        size = min(len(matrix.durations) for matrix in words.matrices.values())
        if index is not None and index >= size:
            yield f"{where}.{key}", f"found {index}; the matrix has rows 0 to {size - 1}."


def _window_defects(where: str, windows: Iterable[tuple[int, int]]) -> Iterator[tuple[str, str]]:
    for start, end in windows:
        if start > end:
            yield where, f"[{start}, {end}] closes before it opens; swap or widen."


def _fleet_defects(words: ProblemWords) -> Iterator[tuple[str, str]]:
    if not words.vehicles:
        yield "vehicles", "none is given; at least one is needed."
    for key in ("profile", "speed_factor"):
        if len(found := {getattr(vehicle, key) for vehicle in words.vehicles}) > 1:
            listed = ", ".join(sorted(map(str, found)))
            yield "vehicles", f"they differ in {key} ({listed}); one fleet needs one here."
    amounts = [*(vehicle.capacity for vehicle in words.vehicles), *(job.delivery for job in words.jobs),
               *(job.pickup for job in words.jobs)]  # fmt: skip
    sizes = sorted({len(amount) for amount in amounts if amount})
    tasks = any(vehicle.max_tasks is not None for vehicle in words.vehicles)
    if len(sizes) > 1:
        yield "jobs", f"amounts and capacities have {sizes} dimensions; all need the same number."
    elif sizes and sizes[0] + tasks > MOST_DIMENSIONS:
        counted = ", max_tasks counted as one" if tasks else ""
        yield "vehicles", f"amounts have {sizes[0] + tasks} dimensions{counted}; at most {MOST_DIMENSIONS} fit here."


def _matrix_defects(where: str, matrix: MatrixWords) -> Iterator[tuple[str, str]]:
    size = len(matrix.durations)
    for name in ("durations", "distances", "costs"):
        rows = getattr(matrix, name)
        if rows is not None and (len(rows) != size or any(len(row) != size for row in rows)):
            yield f"{where}.{name}", f"the table must be square, {size} by {size}, as durations has {size} rows."


def _with_matrices(name: str, words: ProblemWords) -> VroomProblem:
    assert words.matrices is not None  # what the caller looked at
    matrix, factor = words.matrices[words.vehicles[0].profile], words.vehicles[0].speed_factor
    coordinates: list[Coordinates | None] = [None] * len(matrix.durations)
    for job in words.jobs:
        coordinates[_known(job.location_index)] = job.location
    for vehicle in words.vehicles:
        for index, location in ((vehicle.start_index, vehicle.start), (vehicle.end_index, vehicle.end)):
            if index is not None and location is not None:
                coordinates[index] = location
    return VroomProblem(
        name=name,
        jobs=tuple(VroomJob(job, _known(job.location_index), job.setup + job.service) for job in words.jobs),
        vehicles=tuple(VroomVehicle(vehicle, vehicle.start_index, vehicle.end_index) for vehicle in words.vehicles),
        durations=np.rint(_table(matrix.durations) / factor).astype(np.int64),
        distances=None if matrix.distances is None else _table(matrix.distances),
        costs=None if matrix.costs is None else _table(matrix.costs),
        coordinates=tuple(coordinates),
        indices=True,
        ignored=_ignored(words),
    )


def _as_the_crow_flies(name: str, words: ProblemWords, speed_kmh: float) -> VroomProblem:
    from retour.travel import great_circle_m  # brings pandas, which problems with matrices need not wait for

    ends = [end for vehicle in words.vehicles for end in (vehicle.start, vehicle.end) if end is not None]
    visited = dict.fromkeys([*ends, *(_known(job.location) for job in words.jobs)])
    places = {place: idx for idx, place in enumerate(visited)}
    lon, lat = np.array(list(places), dtype=np.float64).T
    metres = great_circle_m(lat[:, None], lon[:, None], lat[None, :], lon[None, :])
    metres_per_s = speed_kmh * words.vehicles[0].speed_factor * METRES_PER_KM / SECONDS_PER_HOUR
    return VroomProblem(
        name=name,
        jobs=tuple(VroomJob(job, places[_known(job.location)], job.setup + job.service) for job in words.jobs),
        vehicles=tuple(
            VroomVehicle(vehicle, _place(vehicle.start, places), _place(vehicle.end, places))
            for vehicle in words.vehicles
        ),
        durations=np.rint(metres / metres_per_s).astype(np.int64),
        distances=np.rint(metres).astype(np.int64),
        costs=None,
        coordinates=tuple(places),
        indices=False,
        assumed=f"without a matrix vehicles fly straight at {speed_kmh:g} km/h",
        ignored=_ignored(words),
    )


def _place(location: Coordinates | None, places: dict[Coordinates, int]) -> int | None:
    return None if location is None else places[location]


def _known(value: T | None) -> T:
    assert value is not None  # the gate saw to it
    return value


def _table(rows: tuple[tuple[int, ...], ...]) -> np.ndarray:
    return np.array(rows, dtype=np.int64)


def break_windows(pause: BreakWords, vehicle: VehicleWords) -> tuple[tuple[int, int], ...]:
    """When a break may begin: in its windows, in order, or at any time of the vehicle's."""
    return tuple(sorted(pause.time_windows)) or (vehicle.time_window or (0, NEVER),)


def _ignored(words: ProblemWords) -> tuple[str, ...]:
    """Keys that are neither honoured nor refused, by name."""
    refused = {*REFUSED_AT_TOP, *REFUSED_OF_JOBS, *REFUSED_OF_VEHICLES, *REFUSED_OF_BREAKS}
    breaks = [pause for vehicle in words.vehicles for pause in vehicle.breaks]
    keys = {key for part in (words, *words.jobs, *words.vehicles, *breaks) for key in part.more}
    return tuple(sorted(keys - refused))
