"""Whether a fresh van could serve a stop alone, and which limit is in the way."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from routing.pickup.driving import best_path
from routing.pickup.integers import ANY_TIME, MILLI, UNLIMITED, IntegerProblem, IntegerStop, IntegerType
from routing.pickup.problem import LOAD_UNITS
from routing.pickup.timing import extend, leave_between

UNIT_WORDS = {
    "parcels": "parcels",
    "volume_l": "litres",
    "weight_kg": "kg",
    "hazard_kg": "kg of dangerous goods",
}


@dataclass(frozen=True)
class Obstacle:
    """Why one van cannot serve one stop alone: the limit, by how much it is missed (as a share), and a way out."""

    missed_by: float
    fact: str
    way_out: str


def fits(integers: IntegerProblem) -> np.ndarray:
    """Whether a fresh van of a type could serve a stop alone, within every limit: (types, stops) of bool.

    That a trip may not have pickups alone (`linehaul_first`) is left to the company of other stops.
    """
    known = _FITS.get(integers)
    if known is None:
        known = _FITS[integers] = np.array(
            [_fits_type(integers, kind) for kind in integers.types], dtype=bool
        ).reshape(len(integers.types), len(integers.stops))
    return known


_FITS: WeakKeyDictionary[IntegerProblem, np.ndarray] = WeakKeyDictionary()


def _fits_type(integers: IntegerProblem, kind: IntegerType) -> list[bool]:
    legs = _legs_alone(integers, kind, integers.stop_places)
    return [
        bool(kind.count) and kind.may_serve(stop) and _obstacle(integers, idx, kind, alone) is None
        for idx, (stop, alone) in enumerate(zip(integers.stops, legs, strict=True))
    ]


def _legs_alone(
    integers: IntegerProblem, kind: IntegerType, places: np.ndarray
) -> Iterator[tuple[int, int, int, int]]:
    """Metres and seconds out to each of the places and back, for a van that serves nothing else."""
    return zip(
        integers.distance[kind.start_place_idx, places].tolist(),
        integers.distance[places, kind.end_place_idx].tolist(),
        integers.duration[kind.start_place_idx, places].tolist(),
        integers.duration[places, kind.end_place_idx].tolist(),
        strict=True,
    )


def why_not_alone(integers: IntegerProblem, stop_idx: int) -> str:
    """Why not even a fresh van can serve the stop, for the van that comes nearest to it."""
    stop, source = integers.stops[stop_idx], integers.source
    name = f"Stop {source.stops[stop_idx].stop_id!r}"
    met: list[tuple[float, str]] = []
    for kind, asked in zip(integers.types, source.vehicle_types, strict=True):
        if not (kind.count and kind.may_serve(stop)):
            continue
        alone = next(_legs_alone(integers, kind, integers.stop_places[[stop_idx]]))
        if (found := _obstacle(integers, stop_idx, kind, alone)) is not None:
            van = f"van {asked.vehicle_type_id!r} of hub {asked.hub_id!r}"
            met.append((found.missed_by, f"{name} {found.fact.format(van=van)}; {found.way_out}."))
    return min(met)[1] if met else f"{name} cannot be served: {_nobody_may(integers, stop_idx)}."


def _nobody_may(integers: IntegerProblem, stop_idx: int) -> str:
    asked = integers.source.stops[stop_idx]
    here = [kind for kind in integers.types if kind.count and kind.of_its_hub(integers.stops[stop_idx])]
    if here and asked.vehicle_type_ids is not None:
        if not asked.vehicle_type_ids:
            return "it allows no type of van; allow one"
        allowed = " or ".join(map(repr, sorted(asked.vehicle_type_ids)))
        return f"it allows only vans of type {allowed}, of which there is none; add one or allow another type"
    if asked.hub_id is None:
        return "no hub has a van; add a van"
    return f"hub {asked.hub_id!r}, which must serve it, has no van; add a van or let another hub serve it"


def _obstacle(
    integers: IntegerProblem, stop_idx: int, kind: IntegerType, alone: tuple[int, int, int, int]
) -> Obstacle | None:
    """What keeps one van from serving one stop alone; `alone` are metres out and back, seconds out and back."""
    stop, (out_m, back_m, out_s, back_s) = integers.stops[stop_idx], alone
    return (
        _too_much(stop.load, "holds", kind)
        or _too_much(stop.delivery, "gets", kind)
        or _too_far(out_m + back_m, kind)
        or _too_late_there(stop, kind, out_s)
        or _too_late_back(integers, stop_idx, kind, (out_s, back_s))
    )


def _too_much(amounts: tuple[int, ...], verb: str, kind: IntegerType) -> Obstacle | None:
    over = [
        (amount / max(limit, 1) - 1, UNIT_WORDS[unit], amount / MILLI, limit / MILLI)
        for unit, amount, limit in zip(LOAD_UNITS, amounts, kind.capacity, strict=True)
        if amount > limit
    ]
    if not over:
        return None
    missed_by, unit, amount, limit = max(over)
    return Obstacle(
        missed_by,
        f"{verb} {amount:,.6g} {unit} but {{van}} carries {limit:,.6g} per trip",
        f"use a van for at least {amount:,.6g} {unit} or make it several smaller stops",
    )


def _too_far(distance_m: int, kind: IntegerType) -> Obstacle | None:
    if distance_m <= kind.max_distance_m:
        return None
    return Obstacle(
        distance_m / max(kind.max_distance_m, 1) - 1,
        f"is a round trip of {distance_m / 1000:,.1f} km but {{van}} may drive {kind.max_distance_m / 1000:,.1f} km",
        f"allow it {distance_m / 1000:,.1f} km",
    )


def _too_late_there(stop: IntegerStop, kind: IntegerType, out_s: int) -> Obstacle | None:
    last_s = max(closes_s for _, closes_s in stop.windows)
    arrival_s = max(kind.earliest_s, stop.release_s) + out_s
    if arrival_s <= last_s:
        return None
    minutes = math.ceil((arrival_s - last_s) / 60)
    earlier = "release it" if stop.release_s > kind.earliest_s else "start the shift"
    last, arrival = clocks(last_s, arrival_s)
    return Obstacle(
        (arrival_s - last_s) / max(kind.working_s, 1),
        f"must be reached by {last} but {{van}} arrives at {arrival} at the earliest",
        f"keep the stop open {in_minutes(minutes)} longer or {earlier} {in_minutes(minutes)} earlier",
    )


def _too_late_back(
    integers: IntegerProblem, stop_idx: int, kind: IntegerType, alone_s: tuple[int, int]
) -> Obstacle | None:
    ready_s = _ready_s(integers.stops[stop_idx], kind, alone_s)
    if ready_s > kind.latest_s:
        minutes = math.ceil((ready_s - kind.latest_s) / 60)
        latest, ready = clocks(kind.latest_s, ready_s)
        return Obstacle(
            (ready_s - kind.latest_s) / max(kind.working_s, 1),
            f"brings {{van}} back, unloaded, at {ready} but shift or hub end at {latest}",
            f"extend the shift and the hub's hours by {in_minutes(minutes)}",
        )
    best = best_path(integers, kind, [[stop_idx]], [list(alone_s)])
    if best is None:
        return Obstacle(
            max(alone_s) / max(kind.working_s, 1),
            f"cannot be served with the breaks of {{van}}: the ways take {alone_s[0] / 60:,.0f} and "
            f"{alone_s[1] / 60:,.0f} minutes, its breaks are due within "
            f"{min((rule.within_s for rule in kind.breaks), default=0) / 60:,.0f}",
            "use a van whose breaks are due later or begin nearer to the stop",
        )
    if best.piece.span_s <= kind.longest_s:
        return None
    minutes = math.ceil((best.piece.span_s - kind.longest_s) / 60)
    return Obstacle(
        best.piece.span_s / max(kind.longest_s, 1) - 1,
        f"takes {best.piece.span_s / 60:,.0f} minutes but {{van}} may work {kind.longest_s / 60:,.0f}",
        f"let it work {in_minutes(minutes)} longer",
    )


def _ready_s(stop: IntegerStop, kind: IntegerType, alone_s: tuple[int, int]) -> int:
    """When a van that serves the stop alone, without a break, is done at the earliest, however late that is."""
    out_s, back_s = alone_s
    pieces = leave_between(max(kind.earliest_s, stop.release_s), UNLIMITED)
    pieces = extend(pieces, travel_s=out_s, service_s=stop.service_s, windows=stop.windows)
    unload_s = 0 if kind.ends_elsewhere else kind.unload_s
    home = extend(pieces, travel_s=back_s, service_s=unload_s, windows=ANY_TIME)
    return min(piece.early_s + piece.span_s for piece in home)


def clocks(limit_s: int, found_s: int) -> tuple[str, str]:
    """Two moments after midnight as hh:mm, rounded up to the minute; with seconds where they would read the same."""
    if clock(limit_s) != clock(found_s):
        return clock(limit_s), clock(found_s)
    return f"{clock(limit_s // 60 * 60)}:{limit_s % 60:02d}", f"{clock(found_s // 60 * 60)}:{found_s % 60:02d}"


def in_minutes(minutes: int) -> str:
    """How long, in words."""
    return f"{minutes} minute{'s' if minutes != 1 else ''}"


def clock(seconds: int) -> str:
    """Seconds after midnight as hh:mm, rounded up to the minute; beyond 24:00 the hours run on."""
    minutes = -(-seconds // 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
