"""Why no plan fits: which stop or which total breaks which limit, and the cheapest way out.

Everything said here is proven: by looking at one stop served alone by a fresh van, or at totals that no plan can
stay under. A problem that passes may still be infeasible.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from routing.pickup.driving import best_path
from routing.pickup.exact import solve_exactly
from routing.pickup.integers import (
    ANY_TIME,
    MILLI,
    UNLIMITED,
    Choice,
    IntegerProblem,
    IntegerStop,
    IntegerType,
    to_integers,
)
from routing.pickup.nearest import least_ways
from routing.pickup.problem import LOAD_UNITS, PickupProblem, VehicleType
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


def why_infeasible(problem: PickupProblem | IntegerProblem) -> list[str]:
    """One sentence per proven reason why the required stops cannot all be served; empty when none was found.

    Totals are weighed only when every stop fits alone: more vans or hours do not help a stop that no van can serve.
    """
    integers = problem if isinstance(problem, IntegerProblem) else to_integers(problem)
    served = np.asarray(fits(integers).any(axis=0))
    reasons = [
        _why_none_of(integers, choice)
        for choice in integers.choices
        if choice.required and not served[list(choice.members)].any()
    ]
    return reasons or [*why_not_in_one_van(integers), *_totals(integers)]


def _why_none_of(integers: IntegerProblem, choice: Choice) -> str:
    """Why a required stop, or each of its alternatives, is out of reach."""
    reasons = [why_not_alone(integers, idx) for idx in choice.members]
    if len(reasons) == 1:
        return reasons[0]
    group = integers.source.stops[choice.members[0]].alternative_of
    return f"None of the {len(reasons)} alternatives of {group!r} can be visited. {' '.join(reasons)}"


def why_not_together(integers: IntegerProblem) -> str:
    """Why the required stops of a handful cannot all be served though each fits alone; tries one van more.

    To be asked only when `solve_exactly` has shown that no plan serves them all.
    """
    required = [stop.stop_id for stop in integers.source.stops if stop.required]
    helpful = [kind.vehicle_type_id for kind in integers.source.vehicle_types if _one_more_helps(integers, kind)]
    way_out = f"one more van of type {helpful[0]!r} makes it possible" if helpful else "no single van more is enough"
    return (
        f"Each stop fits alone, but trying every plan showed that the vans cannot serve the {len(required)} required "
        f"stops {', '.join(required)} together; {way_out}, or widen windows and shifts."
    )


def _one_more_helps(integers: IntegerProblem, kind: VehicleType) -> bool:
    more = dataclasses.replace(kind, count=kind.count + 1)
    kinds = tuple(more if other is kind else other for other in integers.source.vehicle_types)
    plan = solve_exactly(to_integers(dataclasses.replace(integers.source, vehicle_types=kinds)))
    return plan is not None and plan.routes is not None


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


def types_that_fit(integers: IntegerProblem, stop_idx: int) -> list[int]:
    """Positions of the vehicle types of which a fresh van could serve the stop alone, within every limit."""
    return np.flatnonzero(fits(integers)[:, stop_idx]).tolist()


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
        allowed = ", ".join(sorted(asked.vehicle_type_ids)) or "none"
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
    return Obstacle(
        (arrival_s - last_s) / max(kind.working_s, 1),
        f"must be reached by {clock(last_s)} but {{van}} arrives at {clock(arrival_s)} at the earliest",
        f"keep the stop open {minutes} minutes longer or {earlier} {minutes} minutes earlier",
    )


def _too_late_back(
    integers: IntegerProblem, stop_idx: int, kind: IntegerType, alone_s: tuple[int, int]
) -> Obstacle | None:
    ready_s = _ready_s(integers.stops[stop_idx], kind, alone_s)
    if ready_s > kind.latest_s:
        minutes = math.ceil((ready_s - kind.latest_s) / 60)
        return Obstacle(
            (ready_s - kind.latest_s) / max(kind.working_s, 1),
            f"brings {{van}} back, unloaded, at {clock(ready_s)} but shift or hub end at {clock(kind.latest_s)}",
            f"extend the shift and the hub's hours by {minutes} minutes",
        )
    best = best_path(integers, kind, [[stop_idx]], [list(alone_s)])
    if best is None:
        return Obstacle(
            max(alone_s) / max(kind.working_s, 1),
            f"cannot be served with the breaks of {{van}}: the ways take {alone_s[0] / 60:,.0f} and "
            f"{alone_s[1] / 60:,.0f} minutes, its breaks are due within "
            f"{min((rule.within_s for rule in kind.breaks), default=0) / 60:,.0f}",
            "use a van with a longer shift or begin nearer to the stop",
        )
    if best.piece.span_s <= kind.longest_s:
        return None
    minutes = math.ceil((best.piece.span_s - kind.longest_s) / 60)
    return Obstacle(
        best.piece.span_s / max(kind.longest_s, 1) - 1,
        f"takes {best.piece.span_s / 60:,.0f} minutes but {{van}} may work {kind.longest_s / 60:,.0f}",
        f"let it work {minutes} minutes longer",
    )


def _ready_s(stop: IntegerStop, kind: IntegerType, alone_s: tuple[int, int]) -> int:
    """When a van that serves the stop alone, without a break, is done at the earliest, however late that is."""
    out_s, back_s = alone_s
    pieces = leave_between(max(kind.earliest_s, stop.release_s), UNLIMITED)
    pieces = extend(pieces, travel_s=out_s, service_s=stop.service_s, windows=stop.windows)
    unload_s = 0 if kind.ends_elsewhere else kind.unload_s
    home = extend(pieces, travel_s=back_s, service_s=unload_s, windows=ANY_TIME)
    return min(piece.early_s + piece.span_s for piece in home)


def why_not_in_one_van(integers: IntegerProblem) -> Iterator[str]:
    """Groups that must ride together and are required, but fit no single van."""
    for members in integers.together.values():
        mine = [idx for idx in members if integers.required[idx]]
        if mine and not any(_room_for(integers, kind, mine) for kind in integers.types):
            group = integers.source.stops[mine[0]].same_van
            yield (
                f"The {len(mine)} required stops of group {group!r} must ride in one van, but no van may serve and "
                f"carry them all in its trips; split the group, or allow a larger van or more trips."
            )


def _room_for(integers: IntegerProblem, kind: IntegerType, mine: list[int]) -> bool:
    total = integers.demands[mine].sum(axis=0)
    return (
        kind.count > 0
        and all(kind.may_serve(integers.stops[idx]) for idx in mine)
        and all(int(needed) <= room * kind.max_trips for needed, room in zip(total, integers.rooms(kind), strict=True))
    )


def _totals(integers: IntegerProblem) -> Iterator[str]:
    """Required totals against what the vans can do at most: for each hub's own stops, then for all of them."""
    required = np.flatnonzero(integers.required).tolist()
    groups = []
    for hub_idx, depot in enumerate(integers.source.depots):
        mine = [idx for idx in required if integers.stops[idx].hub_idx == hub_idx]
        groups.append((f" of hub {depot.hub_id!r}", mine, {hub_idx}))
    if any(integers.stops[idx].hub_idx is None for idx in required):
        groups.append(("", required, set(range(len(integers.source.depots)))))
    for owner, mine, hubs in groups:
        vans = [type_idx for type_idx, kind in enumerate(integers.types) if kind.hub_idx in hubs and kind.count]
        if mine and vans:
            yield from _load_totals(integers, owner, mine, vans)
            yield from _time_total(integers, owner, mine, vans)


def _load_totals(integers: IntegerProblem, owner: str, mine: list[int], vans: list[int]) -> Iterator[str]:
    for verb, amounts in (("hold", integers.loads), ("get", integers.deliveries)):
        for unit_idx, unit in enumerate(LOAD_UNITS):
            total = int(amounts[mine, unit_idx].sum())
            per_van = {idx: integers.types[idx].capacity[unit_idx] * integers.types[idx].max_trips for idx in vans}
            room = sum(integers.types[idx].count * per_van[idx] for idx in vans)
            if total > room:
                best = max(vans, key=lambda idx: per_van[idx])
                yield (
                    f"The {len(mine)} required stops{owner} {verb} {total / MILLI:,.6g} {UNIT_WORDS[unit]} but the "
                    f"vans carry {room / MILLI:,.6g} in all their trips; "
                    f"{_more_vans(integers, best, total - room, per_van[best])}."
                )


def _time_total(integers: IntegerProblem, owner: str, mine: list[int], vans: list[int]) -> Iterator[str]:
    needed_s = _least_work_s(integers, mine, vans)
    given_s = sum(integers.types[idx].count * integers.types[idx].working_s for idx in vans)
    if needed_s <= given_s:
        return
    best = max(vans, key=lambda idx: integers.types[idx].working_s)
    count = sum(integers.types[idx].count for idx in vans)
    minutes = math.ceil((needed_s - given_s) / 60 / count)
    yield (
        f"The {len(mine)} required stops{owner} take at least {needed_s / 3600:,.1f} hours of driving and service but "
        f"the shifts give {given_s / 3600:,.1f}; "
        f"{_more_vans(integers, best, needed_s - given_s, integers.types[best].working_s)} "
        f"or extend every shift by {minutes} minutes."
    )


def _least_work_s(integers: IntegerProblem, mine: list[int], vans: list[int]) -> int:
    """Service of the given stops plus, for each, the shortest way to come to it from anywhere a van may be."""
    starts = {integers.types[idx].place_idx for idx in vans} | {integers.types[idx].start_place_idx for idx in vans}
    places = np.append(integers.stop_places, sorted(starts))
    ways_s = least_ways(integers.duration, places, np.array(mine))
    return int(ways_s.sum()) + sum(integers.stops[idx].service_s for idx in mine)


def _more_vans(integers: IntegerProblem, type_idx: int, lacking: int, per_van: int) -> str:
    name = integers.source.vehicle_types[type_idx].vehicle_type_id
    if not per_van:
        return f"give vans of type {name!r} some of it"
    number = math.ceil(lacking / per_van)
    return f"add at least {number} van{'s' if number > 1 else ''} of type {name!r}"


def clock(seconds: int) -> str:
    """Seconds after midnight as hh:mm, rounded up to the minute; beyond 24:00 the hours run on."""
    minutes = -(-seconds // 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
