"""Read a VRPLIB file, rich variants included, into a `StandardInstance`; distances are not worked out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from vrplib.parse import parse_vrplib

from retour.errors import InputError, Issue
from routing.standard.convention import Convention, convention_of
from routing.standard.instance import NEVER, StandardInstance, Vehicles
from routing.standard.sections import RawFile, scan
from routing.standard.values import check_values, depot_count

Values = dict[str, Any]


def read_standard(path: Path | str, *, convention: Convention | str | None = None) -> StandardInstance:
    """The instance in the file, under the convention given or else the one of its kind (see `convention_of`).

    Raises `InputError` with every defect of the file, each with its section and line.
    """
    text = read_text(Path(path))
    raw = gate(text, name=Path(path).name)
    kind = raw.header.get("TYPE", (0, ""))[1].upper()
    chosen = Convention(convention) if convention else convention_of(kind, raw.sections)
    values = parse_vrplib(text, compute_edge_weights=False)
    return _instance(values, raw, kind=kind, convention=chosen)


def read_text(path: Path) -> str:
    """The text of a file, without the mark that Windows may put before it; raises `InputError` where there is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise InputError([Issue(path.name, None, None, f"cannot be read: {reason}.")]) from None


def gate(text: str, *, name: str) -> RawFile:
    """The parts of a sound file's text; raises `InputError` with every defect of form, or else of value."""
    raw = scan(text, name=name)
    if not raw.issues:
        check_values(raw)
    if raw.issues:
        raise InputError(raw.issues)
    return raw


def _instance(values: Values, raw: RawFile, *, kind: str, convention: Convention) -> StandardInstance:
    size, depots = int(values["dimension"]), depot_count(raw)
    loads_are_whole = all(_is_whole(values.get(key, 0)) for key in ("demand", "backhaul", "capacity"))

    def loads(key: str) -> np.ndarray:
        found = np.broadcast_to(values.get(key, 0), size)
        return found.astype(np.int64) if loads_are_whole else convention.whole(found)

    service = _spread(values.get("service_time", 0), size, convention)
    service[:depots] = 0  # as the literature reads it: depots serve nobody
    windows = values.get("time_window")
    coordinates = values.get("node_coord")
    weights = convention.whole(_square(values["edge_weight"], raw, size)) if "edge_weight" in values else None
    return StandardInstance(
        name=str(values.get("name", Path(raw.name).stem)),
        kind=kind,
        convention=convention,
        depots=depots,
        xy=None if coordinates is None else np.asarray(coordinates, dtype=np.float64),
        weights=weights,
        demand=loads("demand"),
        backhaul=loads("backhaul"),
        service=service,
        opens=np.zeros(size, dtype=np.int64) if windows is None else convention.whole(windows[:, 0]),
        closes=np.full(size, NEVER) if windows is None else convention.whole(windows[:, 1]),
        release=_spread(values.get("release_time", 0), size, convention),
        prize=_spread(values.get("prize", 0), size, convention),
        vehicles=_vehicles(values, raw, convention, loads_are_whole=loads_are_whole),
        fleet_given="vehicles" in values,
        linehaul_first=kind == "VRPB",
        ignored=raw.ignored,
    )


def _vehicles(values: Values, raw: RawFile, convention: Convention, *, loads_are_whole: bool) -> Vehicles:
    count = int(values.get("vehicles", 1))

    def limits(key: str) -> np.ndarray:
        return _spread(values[key], count, convention) if key in values else np.full(count, NEVER)

    capacity = np.broadcast_to(values.get("capacity", NEVER), count)
    scaled = convention.whole(capacity) if "capacity" in values and not loads_are_whole else capacity.astype(np.int64)
    duration_key = "vehicles_max_duration" if "vehicles_max_duration" in values else "distance"
    return Vehicles(
        capacity=scaled,
        depot=np.broadcast_to(values.get("vehicles_depot", 1), count).astype(np.int64) - 1,
        fixed_cost=_spread(values.get("vehicles_fixed_cost", 0), count, convention),
        unit_distance_cost=np.broadcast_to(values.get("vehicles_unit_distance_cost", 1), count).astype(np.int64),
        max_duration=limits(duration_key),
        max_distance=limits("vehicles_max_distance"),
        max_reloads=np.broadcast_to(values.get("vehicles_max_reloads", NEVER), count).astype(np.int64),
        allowed=_allowed(raw, count),
        reload_depots=_lists(raw, "VEHICLES_RELOAD_DEPOT", count),
    )


def _allowed(raw: RawFile, count: int) -> tuple[frozenset[int] | None, ...]:
    if "VEHICLES_ALLOWED_CLIENTS" not in raw.sections:
        return (None,) * count
    shared: dict[tuple[int, ...], frozenset[int]] = {}
    return tuple(shared.setdefault(row, frozenset(row)) for row in _lists(raw, "VEHICLES_ALLOWED_CLIENTS", count))


def _lists(raw: RawFile, section: str, count: int) -> tuple[tuple[int, ...], ...]:
    """Location numbers from 0 per vehicle; rows of different length, so they do not come as an array."""
    rows = raw.sections.get(section)
    return ((),) * count if rows is None else tuple(tuple(int(word) - 1 for word in row.words[1:]) for row in rows)


def _spread(values: Any, size: int, convention: Convention) -> np.ndarray:
    return convention.whole(np.broadcast_to(values, size))


def _is_whole(values: Any) -> bool:
    array = np.asarray(values, dtype=np.float64)
    return bool((array == np.rint(array)).all())


def _square(weights: np.ndarray, raw: RawFile, size: int) -> np.ndarray:
    if np.shape(weights) != (size, size):
        message = f"the weights make a table of {np.shape(weights)}; DIMENSION asks for ({size}, {size})."
        raise InputError([Issue(f"{raw.name} EDGE_WEIGHT_SECTION", None, None, message)])
    return np.asarray(weights)
