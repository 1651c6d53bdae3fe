"""By how much one limit must give way for a stop to fit: found by trying, so that it is true."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from routing.pickup.alone import UNIT_WORDS, in_minutes
from routing.pickup.inserting import Insertion
from routing.pickup.problem import LOAD_UNITS, PickupProblem, Stop, VehicleType

MOST_MINUTES = 720
MINUTE_S = 60
NOISE = 1e-6


@dataclass(frozen=True)
class Relaxation:
    """One limit that would have to give way, by `amount` of `unit`, for the stop to fit on a van at `cost_eur` more.

    `limit` is capacity, shift, paid time, opening hours, distance, trips or vans.
    """

    limit: str
    amount: float
    unit: str
    words: str
    cost_eur: float


def relaxations(insertion: Insertion, *, van: str, stop_id: str) -> Iterator[Relaxation]:
    """Each limit that alone makes room for the stop in this place, by the least amount; `van` is its name."""
    broken = set(insertion.broken)
    if broken == {"capacity"}:
        yield from _capacity(insertion, van)
    if broken == {"max_distance"}:
        yield from _distance(insertion, van)
    if broken == {"max_trips"}:
        yield from _trips(insertion, van)
    if broken and not broken & {"capacity", "max_distance", "max_trips", "linehaul_first"}:
        yield from _times(insertion, van, stop_id)


def _capacity(insertion: Insertion, van: str) -> Iterator[Relaxation]:
    kind = insertion.problem.vehicle_types[0]
    lacking = dict.fromkeys(LOAD_UNITS, 0.0)
    for breach in insertion.schedule.breaches:
        if breach.rule == "capacity":
            lacking[breach.unit] = max(lacking[breach.unit], _up(breach.found - breach.limit))
    room = tuple(have + lacking[unit] for have, unit in zip(kind.capacity, LOAD_UNITS, strict=True))
    eased = insertion.under(_with_kind(insertion.problem, replace(kind, capacity=room)))
    if not eased.broken:
        over = [f"{amount:,.6g} {UNIT_WORDS[unit]}" for unit, amount in lacking.items() if amount]
        unit, amount = next((u, a) for u, a in lacking.items() if a)
        words = f"the room of van {van} by {' and '.join(over)}"
        yield Relaxation("capacity", amount, UNIT_WORDS[unit], words, insertion.added_eur)


def _up(amount: float) -> float:
    """Parcels and the like whole, with the noise of binary fractions removed."""
    return math.ceil(amount * 1_000 - NOISE) / 1_000


def _distance(insertion: Insertion, van: str) -> Iterator[Relaxation]:
    over_m = max(b.found - b.limit for b in insertion.schedule.breaches if b.rule == "max_distance")
    words = f"the distance of van {van} by {over_m / 1_000:,.1f} km"
    yield Relaxation("distance", over_m / 1_000, "km", words, insertion.added_eur)


def _trips(insertion: Insertion, van: str) -> Iterator[Relaxation]:
    yield Relaxation("trips", 1, "trip", f"the trips of van {van} by 1", insertion.added_eur)


def _times(insertion: Insertion, van: str, stop_id: str) -> Iterator[Relaxation]:
    late = [*dict.fromkeys([stop_id, *_late(insertion)])]
    ways: list[tuple[str, str, Callable[[PickupProblem, int], PickupProblem]]] = [
        ("shift", f"the shift of van {van}", _longer_shift),
        ("paid time", f"the paid time of van {van}", _longer_paid),
        *(("opening hours", f"the closing time of {stop}", _later(stop)) for stop in late),
        ("opening hours", f"the opening time of {stop_id} backwards", _earlier(stop_id)),
    ]
    for limit, words, ease in ways:
        if (found := _least_minutes(insertion, ease)) is not None:
            minutes, eased = found
            dearer = (eased.schedule.routes[0].cost_micro - insertion.schedule.routes[0].cost_micro) / 1e6
            yield Relaxation(
                limit, minutes, "minutes", f"{words} by {in_minutes(minutes)}", insertion.added_eur + dearer
            )


def _least_minutes(
    insertion: Insertion, ease: Callable[[PickupProblem, int], PickupProblem]
) -> tuple[int, Insertion] | None:
    """The least whole minutes with which nothing is broken, and the van under them; None where none help."""
    best = insertion.under(ease(insertion.problem, MOST_MINUTES))
    if best.broken:
        return None
    low, high = 0, MOST_MINUTES
    while high - low > 1:
        middle = (low + high) // 2
        tried = insertion.under(ease(insertion.problem, middle))
        low, high, best = (middle, high, best) if tried.broken else (low, middle, tried)
    return high, best


def _longer_shift(problem: PickupProblem, minutes: int) -> PickupProblem:
    """The shift ends later, and the hub closes no earlier than that."""
    (kind,) = problem.vehicle_types
    end_s = kind.shift_end_s + minutes * MINUTE_S
    depots = tuple(
        replace(depot, closes_s=max(depot.closes_s, end_s)) if depot.hub_id == kind.hub_id else depot
        for depot in problem.depots
    )
    return replace(_with_kind(problem, replace(kind, shift_end_s=end_s)), depots=depots)


def _longer_paid(problem: PickupProblem, minutes: int) -> PickupProblem:
    (kind,) = problem.vehicle_types
    return _with_kind(problem, replace(kind, max_duration_s=kind.max_duration_s + minutes * MINUTE_S))


def _later(stop_id: str) -> Callable[[PickupProblem, int], PickupProblem]:
    def ease(problem: PickupProblem, minutes: int) -> PickupProblem:
        def open_longer(stop: Stop) -> Stop:
            *others, (opens_s, closes_s) = sorted(stop.windows)
            return replace(stop, windows=(*others, (opens_s, closes_s + minutes * MINUTE_S)))

        return _with_stop(problem, stop_id, open_longer)

    return ease


def _earlier(stop_id: str) -> Callable[[PickupProblem, int], PickupProblem]:
    def ease(problem: PickupProblem, minutes: int) -> PickupProblem:
        def open_before(stop: Stop) -> Stop:
            (opens_s, closes_s), *others = sorted(stop.windows)
            return replace(stop, windows=((max(0, opens_s - minutes * MINUTE_S), closes_s), *others))

        return _with_stop(problem, stop_id, open_before)

    return ease


def _with_stop(problem: PickupProblem, stop_id: str, change: Callable[[Stop], Stop]) -> PickupProblem:
    """The problem with one stop changed; stops that are open any time stay as they are."""
    stops = (change(stop) if stop.stop_id == stop_id and stop.windows else stop for stop in problem.stops)
    return replace(problem, stops=tuple(stops))


def _with_kind(problem: PickupProblem, kind: VehicleType) -> PickupProblem:
    return replace(problem, vehicle_types=(kind,))


def _late(insertion: Insertion) -> Iterator[str]:
    """The stops that are served after they close."""
    closes = {s.stop_id: max((end_s for _, end_s in s.windows), default=math.inf) for s in insertion.problem.stops}
    for visit in insertion.schedule.routes[0].stops:
        if visit.start_s > closes[visit.stop_id]:
            yield visit.stop_id
