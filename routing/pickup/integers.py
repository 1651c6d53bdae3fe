"""Solver integers are made here and nowhere else.

Money becomes micro-euro, loads become thousandths of their unit (loads rounded up, capacities down), so the
evaluator, the bound and every engine add up the very same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from routing.pickup.integer_problem import (
    ANY_TIME,
    MICRO,
    MILLI,
    SECONDS_PER_HOUR,
    UNLIMITED,
    Choice,
    IntegerProblem,
    IntegerStop,
    IntegerType,
    IntegerWishes,
    limiting_units,
    to_eur,
    to_micro,
)
from routing.pickup.plane import PlaneMatrix
from routing.pickup.problem import Depot, Matrix, PickupProblem, Stop, VehicleType

__all__ = [
    "ANY_TIME",
    "MICRO",
    "MILLI",
    "SECONDS_PER_HOUR",
    "UNLIMITED",
    "Choice",
    "IntegerProblem",
    "IntegerStop",
    "IntegerType",
    "IntegerWishes",
    "limiting_units",
    "to_eur",
    "to_integers",
    "to_micro",
]


def to_integers(problem: PickupProblem) -> IntegerProblem:
    """The problem in solver integers; it must have passed `check_problem`."""
    hub_idx = {depot.hub_id: idx for idx, depot in enumerate(problem.depots)}
    type_idx = {kind.vehicle_type_id: idx for idx, kind in enumerate(problem.vehicle_types)}
    choices, choice_of = _choices(problem.stops)
    groups = _numbered(stop.same_van for stop in problem.stops)
    return IntegerProblem(
        source=problem,
        stops=tuple(
            _integer_stop(
                stop,
                hub_idx=None if stop.hub_id is None else hub_idx[stop.hub_id],
                type_idxs=_positions(stop.vehicle_type_ids, type_idx),
                same_van=None if stop.same_van is None else groups[stop.same_van],
                choice=choice,
                prize=choices[choice].prize,
            )
            for stop, choice in zip(problem.stops, choice_of, strict=True)
        ),
        types=tuple(
            _integer_type(idx, kind, problem.depots[hub_idx[kind.hub_id]], hub_idx[kind.hub_id])
            for idx, kind in enumerate(problem.vehicle_types)
        ),
        choices=choices,
        wishes=_integer_wishes(problem),
        distance=_whole(problem.distance_m),
        duration=_whole(problem.duration_s),
    )


def _whole(matrix: Matrix) -> Matrix:
    return matrix if isinstance(matrix, PlaneMatrix) else np.asarray(matrix, dtype=np.int64)


def _positions(ids: frozenset[str] | None, type_idx: dict[str, int]) -> frozenset[int] | None:
    """Positions of the allowed types; None where every type is allowed, or all are named."""
    if ids is None or ids >= type_idx.keys():
        return None
    return frozenset(type_idx[type_id] for type_id in ids if type_id in type_idx)


def _numbered(names: Iterable[str | None]) -> dict[str, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(name for name in names if name is not None))}


def _choices(stops: tuple[Stop, ...]) -> tuple[tuple[Choice, ...], list[int]]:
    """The choices, in the order of their first stops, and the position of each stop's."""
    members: dict[tuple[bool, str], list[int]] = {}
    for idx, stop in enumerate(stops):
        alone = stop.alternative_of is None
        members.setdefault((alone, stop.stop_id if alone else str(stop.alternative_of)), []).append(idx)
    choice_of = [0] * len(stops)
    for choice, group in enumerate(members.values()):
        for idx in group:
            choice_of[idx] = choice
    return tuple(_choice(stops, tuple(group)) for group in members.values()), choice_of


def _choice(stops: tuple[Stop, ...], members: tuple[int, ...]) -> Choice:
    required = stops[members[0]].required
    return Choice(members, required, 0 if required else max(to_micro(stops[idx].prize_eur) for idx in members))


def _integer_wishes(problem: PickupProblem) -> IntegerWishes:
    wishes = problem.wishes
    return IntegerWishes(
        balance_per_s=round(wishes.balance_per_hour_eur * MICRO / SECONDS_PER_HOUR),
        compactness_per_m=round(wishes.compactness_per_km_eur * MICRO / 1_000),
        stability=to_micro(wishes.stability_per_stop_eur),
        earlier={
            idx: wishes.earlier_vans[stop.stop_id]
            for idx, stop in enumerate(problem.stops)
            if stop.stop_id in wishes.earlier_vans
        },
    )


def _integer_stop(
    stop: Stop,
    *,
    hub_idx: int | None,
    type_idxs: frozenset[int] | None,
    same_van: int | None,
    choice: int,
    prize: int,
) -> IntegerStop:
    return IntegerStop(
        place_idx=stop.place_idx,
        hub_idx=hub_idx,
        load=_amounts(stop.load),
        service_s=int(stop.service_s),
        windows=tuple(sorted((int(start), int(end)) for start, end in stop.windows)) or ANY_TIME,
        required=stop.required,
        prize=prize,
        delivery=_amounts(stop.delivery),
        release_s=int(stop.release_s),
        type_idxs=type_idxs,
        same_van=same_van,
        choice=choice,
    )


def _integer_type(type_idx: int, kind: VehicleType, depot: Depot, hub_idx: int) -> IntegerType:
    start, end = (
        depot.place_idx if place_idx is None else place_idx for place_idx in (kind.start_place_idx, kind.end_place_idx)
    )
    opens_s = depot.opens_s if start == depot.place_idx else 0
    closes_s = depot.closes_s if end == depot.place_idx else UNLIMITED
    last_unload_s = depot.closes_s - depot.unload_s
    return IntegerType(
        type_idx=type_idx,
        place_idx=depot.place_idx,
        start_place_idx=start,
        end_place_idx=end,
        hub_idx=hub_idx,
        count=kind.count,
        capacity=tuple(_limit(_milli(amount)) for amount in kind.capacity),
        earliest_s=int(max(kind.shift_start_s, opens_s)),
        latest_s=int(min(kind.shift_end_s, closes_s)),
        unload_windows=((int(depot.opens_s), int(last_unload_s)),) if depot.opens_s <= last_unload_s else (),
        max_duration_s=_limit(kind.max_duration_s),
        max_overtime_s=int(kind.max_overtime_s),
        max_distance_m=_limit(kind.max_distance_m),
        fixed=to_micro(kind.fixed_eur),
        per_m=round(kind.per_km_eur * MICRO / 1_000),
        per_s=round(kind.per_hour_eur * MICRO / SECONDS_PER_HOUR),
        overtime_per_s=round(kind.overtime_per_hour_eur * MICRO / SECONDS_PER_HOUR),
        max_trips=kind.max_trips,
        unload_s=int(depot.unload_s),
        breaks=kind.breaks,
        linehaul_first=kind.linehaul_first,
        clock_breaks=kind.clock_breaks,
    )


def _amounts(amounts: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(math.ceil(_milli(amount)) for amount in amounts)


def _milli(amount: float) -> float:
    """Thousandths, with the noise of binary fractions removed so that 0.1 kg stays 100 g."""
    return round(amount * MILLI, 6)


def _limit(amount: float) -> int:
    return UNLIMITED if amount >= UNLIMITED else math.floor(amount)
