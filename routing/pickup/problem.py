"""The pickup problem in plain nouns: who may drive where tonight, before any engine sees it.

Times are whole seconds after midnight of the planning day and may exceed 86,400 for the hours after the next
midnight. Distances are whole metres. Loads are given per entry of `LOAD_UNITS`, in that order.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from routing.pickup.plane import PlaneMatrix

LOAD_UNITS = ("parcels", "volume_l", "weight_kg", "hazard_kg")
NOTHING = (0.0,) * len(LOAD_UNITS)
Matrix = np.ndarray | PlaneMatrix


@dataclass(frozen=True, eq=False)
class Places:
    """Everywhere a van may be: `ids` and, in the same order, latitude and longitude in degrees."""

    ids: tuple[str, ...]
    lat: np.ndarray
    lon: np.ndarray


@dataclass(frozen=True)
class Depot:
    """A hub as vans see it: open from `opens_s` to `closes_s`; emptying a van takes `unload_s` after each trip.

    The last unloading must be over when the hub closes.
    """

    hub_id: str
    place_idx: int
    opens_s: int
    closes_s: int
    unload_s: int


@dataclass(frozen=True)
class Stop:
    """One point to visit: `service_s` on the spot, service begins inside one window.

    `load` is picked up here and `delivery` brought from the hub, both per `LOAD_UNITS`; they share the van's capacity.
    `windows` may hold several (start_s, end_s), both ends included; none means any time. An optional stop is
    worth `prize_eur`; `hub_id` None lets any hub take it, `vehicle_type_ids` None any type. The trip may not leave
    the hub before `release_s`. Of the stops with the same `alternative_of` exactly one is visited if they are required
    (all are or none is), else at most one; leaving all of an optional group out costs its largest prize, once. All
    visited stops with the same `same_van` ride in one van.
    """

    stop_id: str
    place_idx: int
    load: tuple[float, ...]
    service_s: int
    windows: tuple[tuple[int, int], ...] = ()
    required: bool = True
    prize_eur: float = 0.0
    hub_id: str | None = None
    delivery: tuple[float, ...] = NOTHING
    release_s: int = 0
    vehicle_type_ids: frozenset[str] | None = None
    alternative_of: str | None = None
    same_van: str | None = None


@dataclass(frozen=True)
class Break:
    """A rest of `duration_s` that begins before the van has been under way for `within_s` since it left or last rested.

    Under way is everything paid: driving, service, waiting, unloading. A wait of at least `duration_s` in one piece
    counts as the rest. A van that is back earlier needs none; one that goes on needs the next rest within `within_s`
    of the end of the last. Of several breaks each must be kept; a longer rest counts for a shorter one. Rests are
    taken at a stop or hub, before or after the work there, never on the way, and they are paid.
    """

    duration_s: int
    within_s: int


@dataclass(frozen=True)
class ClockBreak:
    """A rest of `duration_s` that begins inside one of `windows`, (start_s, end_s) of the clock, both ends included.

    A van needs none that could rest so within its shift before it leaves, or after it is back. Where and how rests are
    taken is as for `Break`; one rest is one clock break only, and counts for every `Break` it is long enough for.
    """

    duration_s: int
    windows: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class VehicleType:
    """`count` equal vans of one hub; `capacity` per `LOAD_UNITS` and trip, `math.inf` where nothing limits.

    A van starts at its hub, makes at most `max_trips` trips, unloads at the hub after each, and is paid from
    leaving to the end of its last unloading. `start_place_idx` and `end_place_idx` let it begin or end its night
    elsewhere (None: the hub); what it brings on a first trip from elsewhere is aboard there, and where it ends
    elsewhere it is not unloaded after its last trip. The hub's hours bind it while it is there. Paid time beyond
    `max_duration_s` is overtime: at most `max_overtime_s` of it, paid `overtime_per_hour_eur` on top of the usual.
    With `linehaul_first` no stop with a delivery comes after one with a pickup on the same trip, and no trip has
    pickups without a delivery.
    """

    vehicle_type_id: str
    hub_id: str
    count: int
    capacity: tuple[float, ...]
    shift_start_s: int
    shift_end_s: int
    max_duration_s: float
    fixed_eur: float
    per_km_eur: float
    per_hour_eur: float
    max_trips: int = 1
    max_distance_m: float = math.inf
    start_place_idx: int | None = None
    end_place_idx: int | None = None
    max_overtime_s: int = 0
    overtime_per_hour_eur: float = 0.0
    breaks: tuple[Break, ...] = ()
    linehaul_first: bool = False
    clock_breaks: tuple[ClockBreak, ...] = ()


@dataclass(frozen=True)
class Wishes:
    """What a plan should be like besides cheap, each at a stated price; zero means it does not matter.

    `balance_per_hour_eur`: per hour between the longest and the shortest paid time of the vans that drive.
    `compactness_per_km_eur`: per kilometre from each stop to the mean position of its van's stops, as the crow flies.
    `stability_per_stop_eur`: per stop of `earlier_vans` (stop id -> vehicle type id and number) on another van;
    stops that are not visited cost nothing here, and ids the problem does not know are ignored.
    """

    balance_per_hour_eur: float = 0.0
    compactness_per_km_eur: float = 0.0
    stability_per_stop_eur: float = 0.0
    earlier_vans: Mapping[str, tuple[str, int]] = field(default_factory=dict)


NO_WISHES = Wishes()


@dataclass(frozen=True, eq=False)
class PickupProblem:
    """One night of pickups; `distance_m` and `duration_s` are whole numbers, (places, places), from row to column.

    Either may be an array or a `PlaneMatrix`, which is computed where it is read and takes no memory.
    """

    places: Places
    distance_m: Matrix
    duration_s: Matrix
    depots: tuple[Depot, ...]
    stops: tuple[Stop, ...]
    vehicle_types: tuple[VehicleType, ...]
    wishes: Wishes = NO_WISHES


def check_problem(problem: PickupProblem) -> list[str]:
    """Every defect of the problem, a sentence each; empty when it can be handed to an engine."""
    defects = [*_matrix_defects(problem), *_reference_defects(problem)]
    for depot in problem.depots:
        defects += _depot_defects(depot)
    for stop in problem.stops:
        defects += _stop_defects(stop)
    for vehicle_type in problem.vehicle_types:
        defects += _vehicle_defects(vehicle_type)
    return [*defects, *_alternative_defects(problem), *_wish_defects(problem.wishes)]


def _matrix_defects(problem: PickupProblem) -> Iterator[str]:
    size = len(problem.places.ids)
    for name, matrix in (("distance_m", problem.distance_m), ("duration_s", problem.duration_s)):
        if matrix.shape != (size, size):
            yield f"{name} has shape {matrix.shape}; {size} places need ({size}, {size})."
        elif isinstance(matrix, PlaneMatrix):
            yield from (f"{name} {defect}" for defect in matrix.defects())
        elif not np.issubdtype(matrix.dtype, np.integer):
            yield f"{name} holds {matrix.dtype}; it must hold whole numbers."
        elif size and matrix.min() < 0:
            yield f"{name} holds {matrix.min()}; no entry may be negative."


def _reference_defects(problem: PickupProblem) -> Iterator[str]:
    hubs = {depot.hub_id for depot in problem.depots}
    size = len(problem.places.ids)
    yield from _duplicates("depot", [depot.hub_id for depot in problem.depots])
    yield from _duplicates("stop", [stop.stop_id for stop in problem.stops])
    yield from _duplicates("vehicle type", [kind.vehicle_type_id for kind in problem.vehicle_types])
    for name, place_idx in [
        *((f"depot {depot.hub_id!r}", depot.place_idx) for depot in problem.depots),
        *((f"stop {stop.stop_id!r}", stop.place_idx) for stop in problem.stops),
        *_places_elsewhere(problem.vehicle_types),
    ]:
        if not 0 <= place_idx < size:
            yield f"{name} is at place {place_idx}; places run from 0 to {size - 1}."
    types = {kind.vehicle_type_id for kind in problem.vehicle_types}
    for stop in problem.stops:
        if stop.hub_id is not None and stop.hub_id not in hubs:
            yield f"stop {stop.stop_id!r} wants unknown hub {stop.hub_id!r}."
        for unknown in sorted((stop.vehicle_type_ids or frozenset()) - types):
            yield f"stop {stop.stop_id!r} allows unknown vehicle type {unknown!r}."
    for kind in problem.vehicle_types:
        if kind.hub_id not in hubs:
            yield f"vehicle type {kind.vehicle_type_id!r} belongs to unknown hub {kind.hub_id!r}."


def _places_elsewhere(kinds: tuple[VehicleType, ...]) -> Iterator[tuple[str, int]]:
    for kind in kinds:
        for name, place_idx in (("start", kind.start_place_idx), ("end", kind.end_place_idx)):
            if place_idx is not None:
                yield f"the {name} of vehicle type {kind.vehicle_type_id!r}", place_idx


def _alternative_defects(problem: PickupProblem) -> Iterator[str]:
    required: dict[str, set[bool]] = {}
    for stop in problem.stops:
        if stop.alternative_of is not None:
            required.setdefault(stop.alternative_of, set()).add(stop.required)
    for group, found in required.items():
        if len(found) > 1:
            yield f"some alternatives of {group!r} are required and some are not; all must be, or none."


def _wish_defects(wishes: Wishes) -> Iterator[str]:
    for name in ("balance_per_hour_eur", "compactness_per_km_eur", "stability_per_stop_eur"):
        yield from _amount_defect("wishes", name, getattr(wishes, name))


def _amount_defect(where: str, name: str, value: float, *, finite: bool = True) -> Iterator[str]:
    if math.isnan(value) or value < 0 or (finite and math.isinf(value)):
        yield f"{where} has {name} {value}; it must be 0 or more."


def _duplicates(noun: str, ids: list[str]) -> Iterator[str]:
    for key, times in Counter(ids).items():
        if times > 1:
            yield f"{noun} {key!r} is given {times} times; ids must be unique."


def _depot_defects(depot: Depot) -> Iterator[str]:
    where = f"depot {depot.hub_id!r}"
    if not 0 <= depot.opens_s < depot.closes_s:
        yield f"{where} opens at {depot.opens_s} s and closes at {depot.closes_s} s; it must open before it closes."
    if depot.unload_s < 0:
        yield f"{where} has unload_s {depot.unload_s}; it must be 0 or more."


def _stop_defects(stop: Stop) -> Iterator[str]:
    where = f"stop {stop.stop_id!r}"
    yield from _load_defects(where, "load", stop.load, finite=True)
    yield from _load_defects(where, "delivery", stop.delivery, finite=True)
    for name in ("service_s", "prize_eur", "release_s"):
        yield from _amount_defect(where, name, getattr(stop, name))
    for start_s, end_s in stop.windows:
        if not 0 <= start_s <= end_s:
            yield f"{where} has a window from {start_s} s to {end_s} s; it must not close before it opens."


def _vehicle_defects(kind: VehicleType) -> Iterator[str]:
    where = f"vehicle type {kind.vehicle_type_id!r}"
    yield from _load_defects(where, "capacity", kind.capacity, finite=False)
    if not 0 <= kind.shift_start_s < kind.shift_end_s:
        yield f"{where} works from {kind.shift_start_s} s to {kind.shift_end_s} s; the shift must start before it ends."
    if kind.max_trips < 1:
        yield f"{where} has max_trips {kind.max_trips}; it must be 1 or more."
    for name in ("count", "max_overtime_s", "fixed_eur", "per_km_eur", "per_hour_eur", "overtime_per_hour_eur"):
        yield from _amount_defect(where, name, getattr(kind, name))
    for name in ("max_duration_s", "max_distance_m"):
        yield from _amount_defect(where, name, getattr(kind, name), finite=False)
    for rest in kind.breaks:
        if rest.duration_s < 1 or rest.within_s < 1:
            yield f"{where} has a break of {rest.duration_s} s within {rest.within_s} s; both must be 1 or more."
    for pause in kind.clock_breaks:
        if pause.duration_s < 1 or not pause.windows:
            found = f"a break of {pause.duration_s} s in {len(pause.windows)} windows"
            yield f"{where} has {found}; both must be 1 or more."
        for start_s, end_s in pause.windows:
            if not 0 <= start_s <= end_s:
                yield f"{where} has a break from {start_s} s to {end_s} s; it must not end before it begins."


def _load_defects(where: str, name: str, amounts: tuple[float, ...], *, finite: bool) -> Iterator[str]:
    if len(amounts) != len(LOAD_UNITS):
        yield f"{where} gives {len(amounts)} numbers as {name}; one per unit is needed: {', '.join(LOAD_UNITS)}."
        return
    for unit, amount in zip(LOAD_UNITS, amounts, strict=True):
        if math.isnan(amount) or amount < 0 or (finite and math.isinf(amount)):
            yield f"{where} has {name} {amount} {unit}; it must be 0 or more."
