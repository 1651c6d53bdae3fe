"""From a pickup problem to the arrays of the compiled search."""

from __future__ import annotations

import numpy as np

from routing.pickup.integers import ANY_TIME, UNLIMITED, IntegerProblem, IntegerType, limiting_units
from routing.pickup.plane import PlaneMatrix, Rounding
from routing.pickup.problem import LOAD_UNITS
from routing.pickup.ruin_recreate.arrays import (
    DELIVERY,
    GROUP,
    KIND,
    LINK,
    NEVER,
    NODE,
    PICKUP,
    TRIP,
    VAN,
    Ground,
    Plan,
    new_work,
    out_of_plan,
)
from routing.pickup.ruin_recreate.links import relink
from routing.pickup.ruin_recreate.lists import neighbour_lists

WORTH_TRIPS = 4  # a required stop is worth so many of the dearest trips for it alone


def to_ground(integers: IntegerProblem) -> Ground:
    """The problem as arrays, with a van of its own for each that could be of use."""
    counts = van_counts(integers)
    kinds, vans = len(integers.types), sum(counts)
    mixed = bool(integers.deliveries.any() and integers.loads.any()) and not _hauls_apart(integers)
    driven = mixed or _needs_driving(integers)
    load, room = _loads(integers, mixed=mixed)
    windows = [window for stop in integers.stops for window in stop.windows]
    plane = isinstance(integers.distance, PlaneMatrix) and isinstance(integers.duration, PlaneMatrix)
    near, likely = neighbour_lists(integers)
    legs = np.zeros((2, 1, 1), dtype=np.int64) if plane else _legs(integers)
    windowed = any(stop.windows != ANY_TIME for stop in integers.stops)
    timed = windowed or any(_on_the_clock(kind) for kind in integers.types if kind.count)
    tripped = _has_trips(integers) and not driven
    return Ground(
        stops=len(integers.stops),
        vans=vans,
        kinds=kinds,
        dimensions=room.shape[1],
        near_many=near.shape[1],
        likely_many=likely.shape[1],
        plane=plane,
        **_scales(integers),
        untimed=not (timed or driven or tripped),
        optional=any(not stop.required for stop in integers.stops),
        balance=int(integers.wishes.balance_per_s),
        stability=int(integers.wishes.stability if integers.wishes.earlier else 0),
        compactness=float(integers.wishes.compactness_per_m),
        timed=timed,
        driven=driven,
        tripped=tripped,
        mixed=mixed,
        symmetric=_symmetric(legs),
        reversible=_symmetric(legs) and not windowed and not any(kind.linehaul_first for kind in integers.types),
        node=_nodes(integers, counts),
        kind=_kinds(integers),
        load=load,
        room=room,
        allowed=np.array(
            [[kind.may_serve(stop) for stop in integers.stops] for kind in integers.types], dtype=np.uint8
        ).reshape(kinds, len(integers.stops)),
        windows=np.minimum(np.array(windows, dtype=np.int64).reshape(-1, 2), NEVER),
        near=near,
        likely=likely,
        legs=legs,
    )


def van_counts(integers: IntegerProblem) -> list[int]:
    """How many vans of each type are kept: no more than there are stops."""
    return [min(kind.count, len(integers.stops)) for kind in integers.types]


def empty_plan(integers: IntegerProblem, ground: Ground) -> Plan:
    """The plan in which no van drives."""
    nodes = len(ground.node)
    groups = max(len(integers.choices), len(integers.together), 1)
    plan = Plan(
        node=np.zeros(nodes, dtype=LINK),
        aboard=np.zeros((nodes, ground.dimensions), dtype=np.int64),
        ahead=np.zeros((nodes if ground.tripped else 1, ground.dimensions), dtype=np.int64),
        trip=np.zeros(nodes if ground.tripped else 1, dtype=TRIP),
        van=np.zeros(ground.vans, dtype=VAN),
        loads=np.zeros((ground.vans, ground.dimensions), dtype=np.int64),
        group=np.zeros(groups, dtype=GROUP),
    )
    plan.van["kind"] = np.repeat(np.arange(ground.kinds), van_counts(integers))
    plan.node["van"] = out_of_plan(0)
    for first in (ground.stops, ground.stops + ground.vans):
        plan.node["van"][first : first + ground.vans] = np.arange(ground.vans)
    work = new_work(ground, seed=0)
    for van in range(ground.vans):
        relink(ground, plan, work, van, work.ids[0], 0, 0)
    return plan


def _hauls_apart(integers: IntegerProblem) -> bool:
    """Whether every van brings all before it picks anything up, at stops that do one of both each."""
    one_of_both = integers.loads.any(axis=1) != integers.deliveries.any(axis=1)
    return all(kind.linehaul_first for kind in integers.types) and bool(one_of_both.all())


def _legs(integers: IntegerProblem) -> np.ndarray:
    """Metres and seconds from every place to every other, (2, places, places)."""
    everywhere = np.arange(len(integers.source.places.ids))
    grid = np.ix_(everywhere, everywhere)
    return np.stack([integers.distance[grid], integers.duration[grid]]).astype(np.int64)


def _symmetric(legs: np.ndarray) -> bool:
    return bool((legs == legs.transpose(0, 2, 1)).all())


def _on_the_clock(kind: IntegerType) -> bool:
    """Whether time costs or limits this type, windows aside."""
    return bool(kind.per_s or kind.overtime_per_s) or kind.working_s < UNLIMITED // 2


def _has_trips(integers: IntegerProblem) -> bool:
    """Whether some van makes several trips, or some trip waits at the hub for what it brings."""
    several = any(kind.max_trips > 1 for kind in integers.types if kind.count)
    return several or any(stop.release_s for stop in integers.stops)


def _needs_driving(integers: IntegerProblem) -> bool:
    """Whether some route can only be priced by driving all of it."""
    linehaul_first = any(kind.linehaul_first for kind in integers.types)
    return (
        any(kind.breaks for kind in integers.types if kind.count)
        or (linehaul_first and (_has_trips(integers) or not _hauls_apart(integers)))
        or any(len(stop.windows) > 1 for stop in integers.stops)
        or bool(integers.wishes.compactness_per_m or (integers.wishes.stability and integers.wishes.earlier))
    )


def _scales(integers: IntegerProblem) -> dict[str, float]:
    scales = {}
    for name, matrix in (("metres", integers.distance), ("seconds", integers.duration)):
        plane = matrix if isinstance(matrix, PlaneMatrix) else None
        scales[f"{name}_scale"] = float(plane.scale) if plane else 1.0
        scales[f"{name}_half"] = 0.5 if plane and plane.rounding is Rounding.NEAREST else 0.0
    return scales


def _loads(integers: IntegerProblem, *, mixed: bool) -> tuple[np.ndarray, np.ndarray]:
    """Loads (stops, columns) and room (types, dimensions), of the units that can run out."""
    limits = np.array([kind.capacity for kind in integers.types], dtype=np.int64).reshape(-1, len(LOAD_UNITS))
    if mixed:
        units = [unit for unit in range(len(LOAD_UNITS)) if (integers.loads + integers.deliveries)[:, unit].any()]
        load, room = np.hstack([integers.loads[:, units], integers.deliveries[:, units]]), limits[:, units]
    elif integers.deliveries.any():
        picked = [unit for unit in range(len(LOAD_UNITS)) if integers.loads[:, unit].any()]
        brought = [unit for unit in range(len(LOAD_UNITS)) if integers.deliveries[:, unit].any()]
        load = np.hstack([integers.loads[:, picked], integers.deliveries[:, brought]])
        room = limits[:, picked + brought]
    else:
        units = limiting_units(integers)
        load, room = integers.loads[:, units], limits[:, units]
    return np.ascontiguousarray(load), np.ascontiguousarray(np.minimum(room, NEVER))


def _nodes(integers: IntegerProblem, counts: list[int]) -> np.ndarray:
    """The stops, then where every van starts, where every van ends, and the hub of every type."""
    stops, vans = len(integers.stops), sum(counts)
    node = np.zeros(stops + 2 * vans + len(counts), dtype=NODE)
    kinds = np.repeat(np.arange(len(counts)), counts)
    node["place"][:stops] = integers.stop_places
    node["place"][stops : stops + vans] = _of_types(integers, "start_place_idx")[kinds]
    node["place"][stops + vans : stops + 2 * vans] = _of_types(integers, "end_place_idx")[kinds]
    node["place"][stops + 2 * vans :] = _of_types(integers, "place_idx")
    if isinstance(integers.distance, PlaneMatrix):
        node["x"], node["y"] = integers.distance.x[node["place"]], integers.distance.y[node["place"]]
    for name in ("choice", "same_van", "earlier_van"):
        node[name] = -1
    node["closes_s"] = NEVER
    if not stops:
        return node
    node["crow_x"][:stops], node["crow_y"][:stops] = integers.crow_m
    for name, values in {
        "service_s": [stop.service_s for stop in integers.stops],
        "opens_s": [stop.windows[0][0] for stop in integers.stops],
        "closes_s": [min(NEVER, stop.windows[-1][1]) for stop in integers.stops],
        "release_s": [stop.release_s for stop in integers.stops],
    }.items():
        node[name][:stops] = values
    ends = np.cumsum([len(stop.windows) for stop in integers.stops])
    node["window_to"][:stops], node["window_from"][1:stops] = ends, ends[:-1]
    node["fill"][:stops] = _fill(integers)
    node["haul"][:stops] = PICKUP * integers.loads.any(axis=1) + DELIVERY * integers.deliveries.any(axis=1)
    _tie(integers, counts, node)
    return node


def _of_types(integers: IntegerProblem, name: str) -> np.ndarray:
    return np.array([getattr(kind, name) for kind in integers.types], dtype=np.int32)


def _fill(integers: IntegerProblem) -> np.ndarray:
    """The largest share of the largest van that each stop takes."""
    limits = np.array([kind.capacity for kind in integers.types], dtype=float).max(axis=0, initial=1.0)
    return ((integers.loads + integers.deliveries) / np.maximum(limits, 1.0)).max(axis=1)


def _tie(integers: IntegerProblem, counts: list[int], node: np.ndarray) -> None:
    """What visits are worth, and what ties stops to each other and to the vans of an earlier plan."""
    must = _worth_of_required(integers)
    for number, choice in enumerate(integers.choices):
        for at, stop in enumerate(choice.members):
            node["worth"][stop] = must if choice.required else choice.prize
            node["required"][stop] = choice.required
            node["next_choice"][stop] = choice.members[(at + 1) % len(choice.members)]
            node["choice"][stop] = number if len(choice.members) > 1 else -1
    for group, members in integers.together.items():
        if len(members) > 1:
            node["same_van"][list(members)] = group
    first = dict(zip(integers.type_idx, np.cumsum([0, *counts[:-1]]).tolist(), strict=True))
    for stop, (type_id, number) in integers.wishes.earlier.items():
        if type_id in first and 1 <= number <= counts[integers.type_idx[type_id]]:
            node["earlier_van"][stop] = first[type_id] + number - 1


def _worth_of_required(integers: IntegerProblem) -> int:
    """More than a van for that stop alone ever costs."""
    hubs = np.unique([kind.start_place_idx for kind in integers.types])
    out = np.ix_(hubs, integers.stop_places)
    metres, seconds = int(integers.distance[out].max()), int(integers.duration[out].max())
    service_s = max(stop.service_s for stop in integers.stops)
    dearest = max(
        kind.fixed + 2 * kind.per_m * metres + (kind.per_s + kind.overtime_per_s) * (2 * seconds + service_s)
        for kind in integers.types
    )
    return int(WORTH_TRIPS * dearest + max((choice.prize for choice in integers.choices), default=0) + 1)


def _kinds(integers: IntegerProblem) -> np.ndarray:
    kind = np.zeros(len(integers.types), dtype=KIND)
    endings: dict[tuple[object, ...], int] = {}
    for at, ours in enumerate(integers.types):
        ending: tuple[object, ...] = (ours.end_place_idx, ours.latest_s, ours.unload_s, ours.ends_elsewhere)
        if _has_trips(integers):
            ending = (*ending, ours.place_idx, ours.unload_windows)
        opens_s, closes_s = (ours.unload_windows[0][0], ours.unload_windows[-1][1]) if ours.unload_windows else (1, 0)
        for name, value in {
            "fixed": ours.fixed, "per_m": ours.per_m, "per_s": ours.per_s, "overtime_per_s": ours.overtime_per_s,
            "max_duration_s": ours.max_duration_s, "max_overtime_s": ours.max_overtime_s,
            "max_distance_m": ours.max_distance_m, "max_trips": ours.max_trips, "unload_s": ours.unload_s,
            "linehaul_first": int(ours.linehaul_first), "earliest_s": ours.earliest_s,
            "latest_s": ours.latest_s, "hub_opens_s": opens_s, "hub_closes_s": closes_s,
            "ends_at_hub": int(not ours.ends_elsewhere),
            "break_s": max((rule.duration_s for rule in ours.breaks), default=0),
            "without_break_s": min((rule.within_s for rule in ours.breaks), default=NEVER),
            "ending": endings.setdefault(ending, len(endings)),
        }.items():  # fmt: skip
            kind[name][at] = min(value, NEVER)
    return kind
