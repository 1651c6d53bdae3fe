"""Why no plan fits: which stop or which total breaks which limit, and the cheapest way out.

Everything said here is proven: by looking at one stop served alone by a fresh van, or at totals that no plan can
stay under. A problem that passes may still be infeasible.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from routing.pickup.exact import solve_exactly
from routing.pickup.integers import ANY_TIME, MILLI, UNLIMITED, IntegerProblem, IntegerStop, IntegerType, to_integers
from routing.pickup.problem import LOAD_UNITS, PickupProblem, VehicleType
from routing.pickup.timing import end_by, extend, leave_between, shortest

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
    reasons = []
    for idx, stop in enumerate(integers.stops):
        if stop.required and not types_that_fit(integers, idx):
            reasons.append(why_not_alone(integers, idx))
    return reasons or list(_totals(integers))


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


def types_that_fit(integers: IntegerProblem, stop_idx: int) -> list[int]:
    """Positions of the vehicle types of which a fresh van could serve the stop alone, within every limit."""
    stop = integers.stops[stop_idx]
    return [
        type_idx
        for type_idx, kind in enumerate(integers.types)
        if kind.count and kind.may_serve(stop) and _obstacle(integers, stop, kind) is None
    ]


def why_not_alone(integers: IntegerProblem, stop_idx: int) -> str:
    """Why not even a fresh van can serve the stop, for the van that comes nearest to it."""
    stop, source = integers.stops[stop_idx], integers.source
    name = f"Stop {source.stops[stop_idx].stop_id!r}"
    met: list[tuple[float, str]] = []
    for kind, asked in zip(integers.types, source.vehicle_types, strict=True):
        if kind.count and kind.may_serve(stop) and (found := _obstacle(integers, stop, kind)) is not None:
            van = f"van {asked.vehicle_type_id!r} of hub {asked.hub_id!r}"
            met.append((found.missed_by, f"{name} {found.fact.format(van=van)}; {found.way_out}."))
    if met:
        return min(met)[1]
    hub_id = source.stops[stop_idx].hub_id
    owner = "no hub has a van" if hub_id is None else f"hub {hub_id!r}, which must serve it, has no van"
    return f"{name} cannot be served: {owner}; add a van" + ("." if hub_id is None else " or let another hub serve it.")


def _obstacle(integers: IntegerProblem, stop: IntegerStop, kind: IntegerType) -> Obstacle | None:
    (out_m, back_m), (out_s, back_s) = integers.legs([kind.place_idx, stop.place_idx, kind.place_idx])
    return (
        _too_much(stop, kind)
        or _too_far(out_m + back_m, kind)
        or _too_late_there(stop, kind, out_s)
        or _too_late_back(stop, kind, out_s, back_s)
    )


def _too_much(stop: IntegerStop, kind: IntegerType) -> Obstacle | None:
    over = [
        (amount / max(limit, 1) - 1, UNIT_WORDS[unit], amount / MILLI, limit / MILLI)
        for unit, amount, limit in zip(LOAD_UNITS, stop.load, kind.capacity, strict=True)
        if amount > limit
    ]
    if not over:
        return None
    missed_by, unit, amount, limit = max(over)
    return Obstacle(
        missed_by,
        f"holds {amount:,.6g} {unit} but {{van}} carries {limit:,.6g} per trip",
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
    arrival_s = kind.earliest_s + out_s
    if arrival_s <= last_s:
        return None
    minutes = math.ceil((arrival_s - last_s) / 60)
    return Obstacle(
        (arrival_s - last_s) / max(kind.working_s, 1),
        f"must be reached by {clock(last_s)} but {{van}} arrives at {clock(arrival_s)} at the earliest",
        f"keep the stop open {minutes} minutes longer or start the shift {minutes} minutes earlier",
    )


def _too_late_back(stop: IntegerStop, kind: IntegerType, out_s: int, back_s: int) -> Obstacle | None:
    pieces = leave_between(kind.earliest_s, UNLIMITED)
    pieces = extend(pieces, travel_s=out_s, service_s=stop.service_s, windows=stop.windows)
    home = extend(pieces, travel_s=back_s, service_s=kind.unload_s, windows=ANY_TIME)
    ready_s = min(piece.early_s + piece.span_s for piece in home)
    if ready_s > kind.latest_s:
        minutes = math.ceil((ready_s - kind.latest_s) / 60)
        return Obstacle(
            (ready_s - kind.latest_s) / max(kind.working_s, 1),
            f"brings {{van}} back, unloaded, at {clock(ready_s)} but shift or hub end at {clock(kind.latest_s)}",
            f"extend the shift and the hub's hours by {minutes} minutes",
        )
    best = shortest(end_by(home, latest_s=kind.latest_s))
    if best is None or best.span_s <= kind.max_duration_s:
        return None
    minutes = math.ceil((best.span_s - kind.max_duration_s) / 60)
    return Obstacle(
        best.span_s / max(kind.max_duration_s, 1) - 1,
        f"takes {best.span_s / 60:,.0f} minutes but {{van}} may work {kind.max_duration_s / 60:,.0f}",
        f"let it work {minutes} minutes longer",
    )


def _totals(integers: IntegerProblem) -> Iterator[str]:
    """Required totals against what the vans can do at most: for each hub's own stops, then for all of them."""
    required = [idx for idx, stop in enumerate(integers.stops) if stop.required]
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
    for unit_idx, unit in enumerate(LOAD_UNITS):
        total = int(integers.loads[mine, unit_idx].sum())
        per_van = {idx: integers.types[idx].capacity[unit_idx] * integers.types[idx].max_trips for idx in vans}
        room = sum(integers.types[idx].count * per_van[idx] for idx in vans)
        if total > room:
            best = max(vans, key=lambda idx: per_van[idx])
            yield (
                f"The {len(mine)} required stops{owner} hold {total / MILLI:,.6g} {UNIT_WORDS[unit]} but the vans "
                f"carry {room / MILLI:,.6g} in all their trips; "
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
    sources = np.array([*(integers.types[idx].place_idx for idx in vans), *integers.stop_places])
    targets = integers.stop_places[mine]
    ways = integers.duration[np.ix_(sources, targets)]
    own_column = len(vans) + np.array(mine)
    ways[own_column, np.arange(len(mine))] = UNLIMITED
    return int(ways.min(axis=0).sum()) + sum(integers.stops[idx].service_s for idx in mine)


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
