"""Independent checker of location-routing answers: every route is driven and priced again from the file's figures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from network_design.locate.answer import LocationAnswer
from network_design.locate.check.checked import LocationChecked
from network_design.locate.location_routing.problem import LocationRouting

Route = tuple[int, Sequence[int]]
Violation = dict[str, Any]
CLOSE = 1e-9  # relative: sums of the same figures in another order
WHOLE = 100  # arc costs that are whole numbers are so many times the distance, rounded up


def check(problem: LocationRouting, answer: LocationAnswer) -> LocationChecked:
    """Price the answer's routes and open depots anew, and name every broken rule.

    A depot in `open_sites` is paid, with routes or without.
    """
    if answer.cost is None:
        return LocationChecked(None, {}, ())
    unknown = list(_unknown_places(problem, answer))
    if unknown:
        return LocationChecked(None, {}, tuple(unknown))
    parts = {
        "opening": math.fsum(float(problem.opening_cost[depot]) for depot in answer.open_sites),
        "routes": problem.route_cost * len(answer.routes),
        "arcs": math.fsum(_arcs_cost(problem, route) for route in answer.routes),
    }
    cost = math.fsum(parts.values())
    broken = [
        *_visits(problem, answer.routes), *_vehicle_loads(problem, answer.routes), *_depots(problem, answer),
        *_assignment(answer), *_claim(answer.cost, cost),
    ]  # fmt: skip
    return LocationChecked(cost, parts, tuple(broken))


def _violation(rule: str, ids: Sequence[str], found: float, limit: float, unit: str, message: str) -> Violation:
    return {"rule": rule, "ids": list(ids), "found": found, "limit": limit, "unit": unit, "message": message}


def _unknown_places(problem: LocationRouting, answer: LocationAnswer) -> Iterator[Violation]:
    named = {"depot": {*answer.open_sites, *(depot for depot, _ in answer.routes)},
             "customer": {customer for _, customers in answer.routes for customer in customers}}  # fmt: skip
    for kind, many in (("depot", problem.depots), ("customer", problem.customers)):
        for number in sorted(number for number in named[kind] if not 0 <= number < many):
            message = f"The answer names {kind} {number + 1}, which does not exist; they go from 1 to {many}."
            yield _violation(f"known_{kind}", [f"{kind} {number + 1}"], number + 1, many, kind, message)
    for number, (_, customers) in enumerate(answer.routes, start=1):
        if not customers:
            message = f"Route {number} serves nobody; leave it out."
            yield _violation("empty_route", [f"route {number}"], 0, 1, "customers", message)


def _arcs_cost(problem: LocationRouting, route: Route) -> float:
    depot, customers = route
    places = [problem.depot_xy[depot], *(problem.customer_xy[at] for at in customers), problem.depot_xy[depot]]
    return math.fsum(_arc_cost(problem, start, end) for start, end in pairwise(places))


def _arc_cost(problem: LocationRouting, start: Sequence[float], end: Sequence[float]) -> float:
    distance = math.sqrt((start[0] - end[0]) ** 2 + (start[1] - end[1]) ** 2)
    return float(math.ceil(WHOLE * distance)) if problem.whole_costs else distance


def _visits(problem: LocationRouting, routes: Sequence[Route]) -> Iterator[Violation]:
    times = Counter(customer for _, customers in routes for customer in customers)
    for customer in range(problem.customers):
        if times[customer] != 1:
            name = f"customer {customer + 1}"
            message = f"Customer {customer + 1} is visited {times[customer]} times; it must be once."
            yield _violation("visited_once", [name], times[customer], 1, "visits", message)


def _vehicle_loads(problem: LocationRouting, routes: Sequence[Route]) -> Iterator[Violation]:
    for number, (_, customers) in enumerate(routes, start=1):
        load = _load(problem, customers)
        if _above(load, problem.vehicle_capacity):
            message = f"Route {number} carries {load:g}; a vehicle holds {problem.vehicle_capacity:g}."
            yield _violation(
                "vehicle_capacity", [f"route {number}"], load, problem.vehicle_capacity, "load units", message
            )


def _depots(problem: LocationRouting, answer: LocationAnswer) -> Iterator[Violation]:
    served: dict[int, list[int]] = {}
    for depot, customers in answer.routes:
        served.setdefault(depot, []).extend(customers)
    for depot in sorted(set(served) - set(answer.open_sites)):
        message = f"Depot {depot + 1} has routes but is not open."
        yield _violation("open", [f"depot {depot + 1}"], len(served[depot]), 0, "customers", message)
    for depot in sorted(served):
        load, limit = _load(problem, served[depot]), float(problem.depot_capacity[depot])
        if _above(load, limit):
            message = f"The routes of depot {depot + 1} carry {load:g}; it holds {limit:g}."
            yield _violation("depot_capacity", [f"depot {depot + 1}"], load, limit, "load units", message)
    for depot, times in Counter(answer.open_sites).items():
        if times > 1:
            message = f"Depot {depot + 1} is opened {times} times; once is enough."
            yield _violation("opened_once", [f"depot {depot + 1}"], times, 1, "openings", message)


def _assignment(answer: LocationAnswer) -> Iterator[Violation]:
    """Where the answer also says who is served from where, its routes must agree."""
    if answer.assignment is None:
        return
    for depot, customers in answer.routes:
        for customer in customers:
            said = int(answer.assignment[customer]) if customer < len(answer.assignment) else -1
            if said != depot:
                message = f"Customer {customer + 1} is said to be depot {said + 1}'s; depot {depot + 1} serves it."
                yield _violation("assignment", [f"customer {customer + 1}"], said + 1, depot + 1, "depot", message)


def _claim(claimed: float, cost: float) -> Iterator[Violation]:
    if abs(claimed - cost) > CLOSE * max(1.0, abs(cost)):
        message = f"The answer claims a cost of {claimed:.10g}; its routes and depots cost {cost:.10g}."
        yield _violation("cost", [], claimed, cost, "cost units", message)


def _load(problem: LocationRouting, customers: Sequence[int]) -> float:
    return math.fsum(float(problem.demand[customer]) for customer in customers)


def _above(load: float, limit: float) -> bool:
    return load > limit + CLOSE * max(1.0, abs(limit))
