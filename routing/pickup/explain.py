"""Why no plan fits: which stop or which total breaks which limit, and the cheapest way out.

Everything said here is proven: by looking at one stop served alone by a fresh van, or at totals that no plan can
stay under. A problem that passes may still be infeasible.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import numpy as np

from routing.pickup.alone import UNIT_WORDS, fits, in_minutes, why_not_alone
from routing.pickup.exact import solve_exactly
from routing.pickup.integers import (
    MILLI,
    Choice,
    IntegerProblem,
    IntegerType,
    to_integers,
)
from routing.pickup.nearest import least_ways
from routing.pickup.problem import LOAD_UNITS, PickupProblem, VehicleType


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
        f"or extend every shift by {in_minutes(minutes)}."
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
