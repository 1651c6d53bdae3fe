"""Which features a pickup problem uses, so that an engine can be chosen that honours all of them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from routing.pickup.integers import ANY_TIME, UNLIMITED, IntegerProblem, to_integers
from routing.pickup.problem import PickupProblem


class Feature(StrEnum):
    """Something a plan must honour or is priced for; the value is how it is named to people."""

    SEVERAL_HUBS = "several hubs"
    MIXED_FLEET = "vans of several types"
    LIMITED_FLEET = "a limited number of vans"
    SEVERAL_LOADS = "several load units"
    TIME_WINDOWS = "time windows"
    SEVERAL_WINDOWS = "several windows at a stop"
    PAID_TIME = "paid time or limits on it"
    DISTANCE_LIMIT = "a limit on distance"
    OVERTIME = "overtime"
    SEVERAL_TRIPS = "several trips per van"
    OPTIONAL_STOPS = "optional stops"
    ALTERNATIVES = "alternative stops"
    HUB_CHOICE = "stops bound to a hub"
    VEHICLE_CHOICE = "stops bound to vehicle types"
    DELIVERIES = "deliveries"
    LINEHAUL_FIRST = "deliveries before pickups"
    RELEASE_TIMES = "release times"
    STARTS_ELSEWHERE = "vans that start or end elsewhere"
    BREAKS = "breaks"
    CLOCK_BREAKS = "breaks at clock times"
    SAME_VAN = "groups that ride in one van"
    BALANCE = "a price on balance"
    COMPACTNESS = "a price on compactness"
    STABILITY = "a price on stability"


def features_of(problem: PickupProblem | IntegerProblem) -> frozenset[Feature]:
    """The features the problem really uses; one that can make no difference to any plan may be left out."""
    integers = problem if isinstance(problem, IntegerProblem) else to_integers(problem)
    return frozenset(feature for feature, uses in _USES.items() if uses(integers))


def named(features: frozenset[Feature]) -> str:
    """The features in words, in the order of the list above."""
    words = [str(feature) for feature in Feature if feature in features]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "nothing special"


def _several_hubs(integers: IntegerProblem) -> bool:
    return len({kind.hub_idx for kind in integers.types if kind.count}) > 1


def _mixed_fleet(integers: IntegerProblem) -> bool:
    return sum(kind.count > 0 for kind in integers.types) > 1


def _limited_fleet(integers: IntegerProblem) -> bool:
    return sum(kind.count for kind in integers.types) < len(integers.stops)


def _several_loads(integers: IntegerProblem) -> bool:
    return int((integers.loads + integers.deliveries).any(axis=0).sum()) > 1


def _time_windows(integers: IntegerProblem) -> bool:
    return any(stop.windows != ANY_TIME for stop in integers.stops)


def _several_windows(integers: IntegerProblem) -> bool:
    return any(len(stop.windows) > 1 for stop in integers.stops)


def _paid_time(integers: IntegerProblem) -> bool:
    return any(kind.per_s or kind.working_s < UNLIMITED for kind in integers.types if kind.count)


def _distance_limit(integers: IntegerProblem) -> bool:
    return any(kind.max_distance_m < UNLIMITED for kind in integers.types if kind.count)


def _overtime(integers: IntegerProblem) -> bool:
    return any(kind.max_overtime_s and kind.max_duration_s < UNLIMITED for kind in integers.types if kind.count)


def _several_trips(integers: IntegerProblem) -> bool:
    return any(kind.max_trips > 1 for kind in integers.types if kind.count)


def _optional_stops(integers: IntegerProblem) -> bool:
    return not all(stop.required for stop in integers.stops)


def _alternatives(integers: IntegerProblem) -> bool:
    return integers.chosen_among


def _hub_choice(integers: IntegerProblem) -> bool:
    hubs = {kind.hub_idx for kind in integers.types if kind.count}
    return any(stop.hub_idx is not None and hubs != {stop.hub_idx} for stop in integers.stops)


def _vehicle_choice(integers: IntegerProblem) -> bool:
    return any(stop.type_idxs is not None for stop in integers.stops)


def _deliveries(integers: IntegerProblem) -> bool:
    return bool(integers.deliveries.any())


def _linehaul_first(integers: IntegerProblem) -> bool:
    return any(kind.linehaul_first for kind in integers.types if kind.count) and bool(integers.loads.any())


def _release_times(integers: IntegerProblem) -> bool:
    return any(stop.release_s for stop in integers.stops)


def _starts_elsewhere(integers: IntegerProblem) -> bool:
    return any(kind.starts_elsewhere or kind.ends_elsewhere for kind in integers.types if kind.count)


def _breaks(integers: IntegerProblem) -> bool:
    return any(rule.within_s < kind.working_s for kind in integers.types if kind.count for rule in kind.breaks)


def _clock_breaks(integers: IntegerProblem) -> bool:
    return any(kind.clock_breaks for kind in integers.types if kind.count)


def _same_van(integers: IntegerProblem) -> bool:
    return any(len(members) > 1 for members in integers.together.values())


def _balance(integers: IntegerProblem) -> bool:
    return integers.wishes.balance_per_s > 0


def _compactness(integers: IntegerProblem) -> bool:
    return integers.wishes.compactness_per_m > 0


def _stability(integers: IntegerProblem) -> bool:
    return integers.wishes.stability > 0 and bool(integers.wishes.earlier)


_USES: dict[Feature, Callable[[IntegerProblem], bool]] = {
    Feature.SEVERAL_HUBS: _several_hubs,
    Feature.MIXED_FLEET: _mixed_fleet,
    Feature.LIMITED_FLEET: _limited_fleet,
    Feature.SEVERAL_LOADS: _several_loads,
    Feature.TIME_WINDOWS: _time_windows,
    Feature.SEVERAL_WINDOWS: _several_windows,
    Feature.PAID_TIME: _paid_time,
    Feature.DISTANCE_LIMIT: _distance_limit,
    Feature.OVERTIME: _overtime,
    Feature.SEVERAL_TRIPS: _several_trips,
    Feature.OPTIONAL_STOPS: _optional_stops,
    Feature.ALTERNATIVES: _alternatives,
    Feature.HUB_CHOICE: _hub_choice,
    Feature.VEHICLE_CHOICE: _vehicle_choice,
    Feature.DELIVERIES: _deliveries,
    Feature.LINEHAUL_FIRST: _linehaul_first,
    Feature.RELEASE_TIMES: _release_times,
    Feature.STARTS_ELSEWHERE: _starts_elsewhere,
    Feature.BREAKS: _breaks,
    Feature.CLOCK_BREAKS: _clock_breaks,
    Feature.SAME_VAN: _same_van,
    Feature.BALANCE: _balance,
    Feature.COMPACTNESS: _compactness,
    Feature.STABILITY: _stability,
}
