"""What a set of routes really does: times, loads, costs and every broken limit, by our own arithmetic.

Nothing here knows an engine. Single vans are driven by `routing.pickup.driving`, limits are checked by
`routing.pickup.breaches`; here they become one plan with one objective. Engines minimise the same sum, so their
totals match to the micro-euro.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from routing.pickup.breaches import plan_breaches, route_breaches
from routing.pickup.driving import drive
from routing.pickup.integers import Choice, IntegerProblem, to_integers
from routing.pickup.problem import PickupProblem
from routing.pickup.scheduled import (
    Breach,
    Route,
    Schedule,
    ScheduledBreak,
    ScheduledRoute,
    ScheduledStop,
    ScheduledTrip,
)
from routing.pickup.wishes import balance_micro, compactness_micro, stability_micro

__all__ = [
    "Breach",
    "Route",
    "Schedule",
    "ScheduledBreak",
    "ScheduledRoute",
    "ScheduledStop",
    "ScheduledTrip",
    "evaluate",
]


def evaluate(problem: PickupProblem | IntegerProblem, routes: Sequence[Route]) -> Schedule:
    """Times, loads, costs and breaches of the given routes; unknown ids raise `KeyError`."""
    integers = problem if isinstance(problem, IntegerProblem) else to_integers(problem)
    routes = [route for route in routes if route.stop_ids]
    driven = [drive(integers, route) for route in routes]
    served = Counter(stop_id for route in routes for stop_id in route.stop_ids)
    names = [stop.stop_id for stop in integers.source.stops]
    left = [choice for choice in integers.choices if not any(served[names[idx]] for idx in choice.members)]
    missing = [choice for choice in left if choice.required]
    breaches = [breach for route, idle in driven for breach in route_breaches(integers, route, idle)]
    scheduled = tuple(route for route, _ in driven)
    return Schedule(
        routes=scheduled,
        unserved=_names(names, left),
        missing_required=_names(names, missing),
        breaches=(*breaches, *plan_breaches(integers, routes, served, missing)),
        parts_micro=_parts(integers, scheduled, left),
    )


def _names(names: list[str], choices: Sequence[Choice]) -> tuple[str, ...]:
    return tuple(names[idx] for idx in sorted(idx for choice in choices for idx in choice.members))


def _parts(integers: IntegerProblem, routes: Sequence[ScheduledRoute], left: Sequence[Choice]) -> dict[str, int]:
    vans = [
        ((route.vehicle_type_id, route.vehicle_no), [integers.stop_idx[stop.stop_id] for stop in route.stops])
        for route in routes
    ]
    return {
        "fixed": sum(route.fixed_micro for route in routes),
        "distance": sum(route.distance_micro for route in routes),
        "time": sum(route.time_micro for route in routes),
        "overtime": sum(route.overtime_micro for route in routes),
        "balance": balance_micro(integers, [route.duration_s for route in routes]),
        "compactness": sum(compactness_micro(integers, stops) for _, stops in vans),
        "stability": stability_micro(integers, vans),
        "prizes": sum(choice.prize for choice in left),
    }
