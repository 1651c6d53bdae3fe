"""OR-Tools' routing library as the second engine: `to_ortools` and `from_ortools`, and the search between them.

How the problem is said in its words:

- every van is a vehicle; every stop is a node, several windows are one range with holes;
- further trips pass through reload nodes, optional copies of the hub that empty the van; enough of them are made
  for every trip that any plan could use;
- alternatives are one disjunction; required ones cost more than any plan when all are left out, so that a plan short
  of vans still comes back: the evaluator, not the engine, says what is then missing;
- with deliveries two dimensions run along: what is aboard, and what is still to be delivered; both are equal when a
  trip begins;
- breaks at clock times are intervals that must begin in a window, on the way too: where the evaluator cannot place
  them at a stop, the plan is none;
- breaks may fall on the way, where ours may not: each is due earlier by the longest leg, so that it can be put off
  until arrival; all are as long as the longest that the van's rules ask for.

The search (guided local search) is deterministic: one iteration is one solution accepted by it, the seed changes
nothing. Guide: https://developers.google.com/optimization/routing
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from retour.errors import BackendError
from routing.pickup.engines import EngineAnswer, Report, StopRule, refuse_what_is_lacking
from routing.pickup.integers import UNLIMITED, IntegerProblem, IntegerStop, IntegerType, limiting_units
from routing.pickup.problem import LOAD_UNITS
from routing.pickup.scheduled import Route
from routing.pickup.tours import Tour, from_routes, to_routes

BRANCHES_PER_ITERATION = 2_000  # ends a counted search that finds nothing new to accept
LEAST_TIME_MS = 50
MAX_RESTS = 8  # breaks of one van
NOBODY = -1  # the vehicle of a node that is left out


@dataclass(frozen=True, eq=False)
class OrtoolsModel:
    """The problem in OR-Tools' words, and what its nodes and vehicles stand for in ours.

    Nodes are the stops, then the reload nodes (`reload_hub` gives the hub of each), then one node per hub, then one
    per place of `elsewhere` (ours) where nights begin or end. `vans` holds our vehicle type position per vehicle.
    """

    manager: pywrapcp.RoutingIndexManager
    routing: pywrapcp.RoutingModel
    stops: int
    reload_hub: tuple[int, ...]
    vans: tuple[int, ...]
    elsewhere: tuple[int, ...]

    @property
    def fixed_nodes(self) -> int:
        """How many nodes are neither stops nor reload nodes."""
        return int(self.manager.GetNumberOfNodes()) - self.stops - len(self.reload_hub)


def solve(
    integers: IntegerProblem, *, seed: int, stop: StopRule, start: tuple[Route, ...], report: Report
) -> EngineAnswer:
    """Improve `start` by guided local search; the same iterations give the same routes."""
    refuse_what_is_lacking("ortools", integers)
    try:
        model = to_ortools(integers)
        parameters = _parameters(stop)
        model.routing.CloseModelWithParameters(parameters)
        if stop.iterations is not None:
            branches = BRANCHES_PER_ITERATION * max(1, stop.iterations)
            model.routing.AddSearchMonitor(model.routing.solver().BranchesLimit(branches))
        watch = _Watch(integers, model, report)
        model.routing.AddAtSolutionCallback(watch)
        found = _run(integers, model, parameters, start)
    except (AttributeError, OverflowError, RuntimeError, TypeError, ValueError) as error:
        raise BackendError(f"OR-Tools failed: {error}") from error
    if found is None:
        raise BackendError("OR-Tools found no plan in the time or iterations given.")
    return EngineAnswer(
        from_ortools(integers, model, lambda index: found.Value(model.routing.NextVar(index))), watch.solutions
    )


def to_ortools(integers: IntegerProblem) -> OrtoolsModel:
    """The problem as a `RoutingModel`, with the way back."""
    vans = tuple(idx for idx, kind in enumerate(integers.types) for _ in range(kind.count))
    reload_hub = tuple(_reload_hubs(integers))
    stops = len(integers.stops)
    hubs, elsewhere = len(integers.source.depots), _elsewhere(integers)
    first = stops + len(reload_hub)
    node = {("hub", hub): first + hub for hub in range(hubs)}
    node |= {("place", place): first + hubs + number for number, place in enumerate(elsewhere)}
    kinds = [integers.types[idx] for idx in vans]
    begins = [
        node[("place", kind.start_place_idx) if kind.starts_elsewhere else ("hub", kind.hub_idx)] for kind in kinds
    ]
    ends = [node[("place", kind.end_place_idx) if kind.ends_elsewhere else ("hub", kind.hub_idx)] for kind in kinds]
    manager = pywrapcp.RoutingIndexManager(first + len(node), len(vans), begins, ends)
    model = OrtoolsModel(manager, pywrapcp.RoutingModel(manager), stops, reload_hub, vans, elsewhere)
    metres, seconds = _matrices(integers, model)
    _pay_for_distance(integers, model, metres)
    _keep_time(integers, model, seconds)
    _keep_loads(integers, model)
    _keep_trips(integers, model)
    _say_who_may_serve(integers, model, farthest_m=int(metres.max(initial=0)))
    _keep_together(integers, model)
    return model


def _elsewhere(integers: IntegerProblem) -> tuple[int, ...]:
    """Our places, other than hubs, where nights begin or end."""
    kinds = [kind for kind in integers.types if kind.count]
    begins = [kind.start_place_idx for kind in kinds if kind.starts_elsewhere]
    return tuple(dict.fromkeys(begins + [kind.end_place_idx for kind in kinds if kind.ends_elsewhere]))


def from_ortools(integers: IntegerProblem, model: OrtoolsModel, following: Callable[[int], int]) -> tuple[Route, ...]:
    """Our routes, given the function that says which index follows which."""
    tours = []
    for van, type_idx in enumerate(model.vans):
        trips: list[list[int]] = [[]]
        index = following(model.routing.Start(van))
        while not model.routing.IsEnd(index):
            node = model.manager.IndexToNode(index)
            if node < model.stops:
                trips[-1].append(node)
            else:
                trips.append([])
            index = following(index)
        tours.append(Tour(type_idx, trips))
    return to_routes(integers, tours)


class _Watch:
    """Counts the solutions of the search and reports each that is better than all before."""

    def __init__(self, integers: IntegerProblem, model: OrtoolsModel, report: Report) -> None:
        self.integers = integers
        self.model = model
        self.report = report
        self.best = math.inf
        self.solutions = 0

    def __call__(self) -> None:
        """Called by OR-Tools at every solution."""
        self.solutions += 1
        cost = self.model.routing.CostVar().Max()
        if cost < self.best:
            self.best = cost
            routing = self.model.routing
            routes = from_ortools(self.integers, self.model, lambda index: routing.NextVar(index).Value())
            self.report(self.solutions, routes)


def _run(
    integers: IntegerProblem,
    model: OrtoolsModel,
    parameters: pywrapcp.DefaultRoutingSearchParameters,
    start: tuple[Route, ...],
) -> pywrapcp.Assignment | None:
    first = model.routing.ReadAssignmentFromRoutes(_start_nodes(integers, model, start), True) if start else None
    if first is None:
        return model.routing.SolveWithParameters(parameters)
    return model.routing.SolveFromAssignmentWithParameters(first, parameters)


def _parameters(stop: StopRule) -> pywrapcp.DefaultRoutingSearchParameters:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    left_s = stop.left_s()
    if left_s is not None:
        parameters.time_limit.FromMilliseconds(max(LEAST_TIME_MS, int(left_s * 1_000)))
    if stop.iterations is not None:
        parameters.solution_limit = max(1, stop.iterations)
    return parameters


def _start_nodes(integers: IntegerProblem, model: OrtoolsModel, start: tuple[Route, ...]) -> list[list[int]]:
    """Indices per vehicle of the plan to begin with, reload nodes between its trips."""
    free_vans = {type_idx: [van for van, kind in enumerate(model.vans) if kind == type_idx] for type_idx in model.vans}
    free_reloads: dict[int, list[int]] = {}
    for position, hub_idx in enumerate(model.reload_hub):
        free_reloads.setdefault(hub_idx, []).append(model.stops + position)
    nodes: list[list[int]] = [[] for _ in model.vans]
    for tour in from_routes(integers, start):
        van = free_vans[tour.type_idx].pop(0)
        for trip in tour.trips:
            if nodes[van]:
                nodes[van].append(free_reloads[integers.types[tour.type_idx].hub_idx].pop(0))
            nodes[van] += trip
    return [[model.manager.NodeToIndex(node) for node in van] for van in nodes]


def _reload_hubs(integers: IntegerProblem) -> list[int]:
    """The hub of each reload node: one per trip after the first, but no more than stops that could use it."""
    hubs = []
    for hub_idx in range(len(integers.source.depots)):
        kinds = [kind for kind in integers.types if kind.hub_idx == hub_idx]
        further_trips = sum(kind.count * (kind.max_trips - 1) for kind in kinds)
        stops = sum(stop.hub_idx in (None, hub_idx) for stop in integers.stops)
        hubs += [hub_idx] * min(further_trips, stops)
    return hubs


def _matrices(integers: IntegerProblem, model: OrtoolsModel) -> tuple[np.ndarray, np.ndarray]:
    """Metres, and seconds from the start of service (or of leaving a hub) to the next one (or to being unloaded)."""
    depots = integers.source.depots
    hubs = [*model.reload_hub, *range(len(depots))]
    places = [*integers.stop_places.tolist(), *(depots[hub].place_idx for hub in hubs), *model.elsewhere]
    service_s = [*(stop.service_s for stop in integers.stops), *(0 for _ in hubs), *(0 for _ in model.elsewhere)]
    unload_s = [*(0 for _ in integers.stops), *(depots[hub].unload_s for hub in hubs), *(0 for _ in model.elsewhere)]
    at = np.ix_(places, places)
    seconds = integers.duration[at] + np.array(service_s)[:, None] + np.array(unload_s)[None, :]
    return integers.distance[at], seconds


def _pay_for_distance(integers: IntegerProblem, model: OrtoolsModel, metres: np.ndarray) -> None:
    evaluators = {
        per_m: model.routing.RegisterTransitMatrix((metres * per_m).tolist())
        for per_m in sorted({integers.types[idx].per_m for idx in model.vans})
    }
    for van, type_idx in enumerate(model.vans):
        model.routing.SetArcCostEvaluatorOfVehicle(evaluators[integers.types[type_idx].per_m], van)
        model.routing.SetFixedCostOfVehicle(integers.types[type_idx].fixed, van)
    limits = [integers.types[idx].max_distance_m for idx in model.vans]
    if min(limits, default=UNLIMITED) < UNLIMITED:
        by_metre = model.routing.RegisterTransitMatrix(metres.tolist())
        model.routing.AddDimensionWithVehicleCapacity(by_metre, 0, limits, True, "distance")


def _keep_time(integers: IntegerProblem, model: OrtoolsModel, seconds: np.ndarray) -> None:
    routing = model.routing
    horizon = max((integers.types[idx].latest_s for idx in model.vans), default=0)
    routing.AddDimension(routing.RegisterTransitMatrix(seconds.tolist()), horizon, horizon, False, "time")
    service_s = np.array([*(stop.service_s for stop in integers.stops), *([0] * (len(seconds) - model.stops))])
    longest_leg_s = int((seconds - service_s[:, None]).max(initial=0))
    nodes = map(model.manager.IndexToNode, range(routing.Size() + len(model.vans)))
    work_s = service_s[list(nodes)].tolist()
    time = routing.GetDimensionOrDie("time")
    for idx, stop in enumerate(integers.stops):
        _open_only(time.CumulVar(model.manager.NodeToIndex(idx)), stop, horizon)
    for position, hub_idx in enumerate(model.reload_hub):
        depot = integers.source.depots[hub_idx]
        unloaded = time.CumulVar(model.manager.NodeToIndex(model.stops + position))
        unloaded.SetRange(depot.opens_s + depot.unload_s, min(depot.closes_s, horizon))
    for van, type_idx in enumerate(model.vans):
        kind = integers.types[type_idx]
        for index in (routing.Start(van), routing.End(van)):
            time.CumulVar(index).SetRange(kind.earliest_s, kind.latest_s)
        if not kind.ends_elsewhere:
            opens_s = integers.source.depots[kind.hub_idx].opens_s
            time.CumulVar(routing.End(van)).SetMin(min(kind.latest_s, opens_s + kind.unload_s))
        time.SetSpanCostCoefficientForVehicle(kind.per_s, van)
        time.SetSpanUpperBoundForVehicle(kind.working_s, van)
        if kind.max_duration_s < kind.working_s and kind.overtime_per_s:
            bound = pywrapcp.BoundCost(kind.max_duration_s, kind.overtime_per_s)
            time.SetSoftSpanUpperBoundForVehicle(bound, van)
        _rest(model, time, van, kind, work_s=work_s, longest_leg_s=longest_leg_s)
        routing.AddVariableMaximizedByFinalizer(time.CumulVar(routing.Start(van)))
        routing.AddVariableMinimizedByFinalizer(time.CumulVar(routing.End(van)))


def _open_only(start: pywrapcp.IntVar, stop: IntegerStop, horizon: int) -> None:
    """Let service begin inside a window only; the outer limits come first, for holes cost memory by the range."""
    start.SetRange(stop.windows[0][0], min(max(closes_s for _, closes_s in stop.windows), horizon))
    open_until = stop.windows[0][0] - 1
    for opens_s, closes_s in stop.windows:
        if opens_s > open_until + 1:
            start.RemoveInterval(open_until + 1, opens_s - 1)
        open_until = max(open_until, closes_s)


def _rest(
    model: OrtoolsModel,
    time: pywrapcp.RoutingDimension,
    van: int,
    kind: IntegerType,
    *,
    work_s: list[int],
    longest_leg_s: int,
) -> None:
    """Optional rests, one after another, and breaks at clock times, which may fall before the route or after it; work
    may not be interrupted, and a leg cannot be longer than the longest.

    Raises `BackendError` where a break would be due before the longest leg is driven.
    """
    rules = [rule for rule in kind.breaks if rule.within_s < kind.working_s]
    at_clock = _at_clock_times(model.routing.solver(), van, kind)
    if not rules:
        if at_clock:
            time.SetBreakIntervalsOfVehicle(at_clock, van, work_s)
        return
    solver = model.routing.solver()
    longest_s = max(rule.duration_s for rule in rules)
    number = min(MAX_RESTS, kind.working_s // min(rule.within_s for rule in rules) + 1)
    rests = [
        solver.FixedDurationIntervalVar(kind.earliest_s, kind.latest_s, longest_s, True, f"rest {van} {at}")
        for at in range(number)
    ]
    for one, other in itertools.pairwise(rests):
        solver.Add(other.StartsAfterEnd(one))
    time.SetBreakIntervalsOfVehicle([*rests, *at_clock], van, work_s)
    for rule in rules:
        if rule.within_s <= longest_leg_s:
            raise BackendError(
                f"The engine ortools cannot honour a break within {rule.within_s} s "
                f"where a leg takes {longest_leg_s} s."
            )
        time.SetBreakDistanceDurationOfVehicle(rule.within_s - longest_leg_s, rule.duration_s, van)


def _at_clock_times(solver: pywrapcp.Solver, van: int, kind: IntegerType) -> list[pywrapcp.IntervalVar]:
    """One break of each rule, in one of its windows."""
    found: list[pywrapcp.IntervalVar] = []
    for at, rule in enumerate(kind.clock_breaks):
        spans = [
            (max(opens_s, kind.earliest_s), min(closes_s, kind.latest_s - rule.duration_s))
            for opens_s, closes_s in rule.windows
        ]
        chances = [
            solver.FixedDurationIntervalVar(first_s, last_s, rule.duration_s, True, f"break {van} {at} {number}")
            for number, (first_s, last_s) in enumerate(spans)
            if first_s <= last_s
        ]
        if chances:
            solver.Add(solver.Sum([chance.PerformedExpr() for chance in chances]) == 1)
        found += chances
    return found


def _keep_loads(integers: IntegerProblem, model: OrtoolsModel) -> None:
    """One dimension per load unit that limits a van; a reload node takes off up to the largest van's load."""
    if integers.deliveries.any():
        _keep_loads_both_ways(integers, model)
        return
    for unit in limiting_units(integers):
        total = int(integers.loads[:, unit].sum())
        limits = [min(integers.types[idx].capacity[unit], total) for idx in model.vans]
        change = [*integers.loads[:, unit].tolist(), *(-max(limits) for _ in model.reload_hub)]
        change += [0] * model.fixed_nodes
        _count(model, LOAD_UNITS[unit], change, limits, slack=max(limits))


def _keep_loads_both_ways(integers: IntegerProblem, model: OrtoolsModel) -> None:
    """Two dimensions per load unit: what is aboard, and the part of it that is still to be delivered on this trip.

    Both are equal when a trip begins. At a reload node the first falls by the largest van's load and rises by its
    slack, the second is 0 and rises by its slack.
    """
    routing, solver = model.routing, model.routing.solver()
    for unit in limiting_units(integers):
        total = int((integers.loads + integers.deliveries)[:, unit].sum())
        limits = [min(integers.types[idx].capacity[unit], total) for idx in model.vans]
        most = max(limits)
        changes = (
            ("aboard", (integers.loads - integers.deliveries)[:, unit].tolist(), -most),
            ("to deliver", (-integers.deliveries[:, unit]).tolist(), 0),
        )
        for name, at_stops, at_reloads in changes:
            change = [*at_stops, *([at_reloads] * len(model.reload_hub)), *([0] * model.fixed_nodes)]
            by_node = routing.RegisterUnaryTransitVector(change)
            slack = 2 * most if model.reload_hub else 0
            routing.AddDimensionWithVehicleCapacity(by_node, slack, limits, False, f"{name} {LOAD_UNITS[unit]}")
        aboard, to_deliver = (routing.GetDimensionOrDie(f"{name} {LOAD_UNITS[unit]}") for name, _, _ in changes)
        for index in [*map(model.manager.NodeToIndex, range(model.stops)), *map(routing.Start, range(len(model.vans)))]:
            for dimension in (aboard, to_deliver):
                dimension.SlackVar(index).SetValue(0)
        for van in range(len(model.vans)):
            to_deliver.CumulVar(routing.End(van)).SetValue(0)
            solver.Add(aboard.CumulVar(routing.Start(van)) == to_deliver.CumulVar(routing.Start(van)))
        for position in range(len(model.reload_hub)):
            index = model.manager.NodeToIndex(model.stops + position)
            to_deliver.CumulVar(index).SetValue(0)
            solver.Add(aboard.CumulVar(index) + aboard.SlackVar(index) - most == to_deliver.SlackVar(index))


def _keep_trips(integers: IntegerProblem, model: OrtoolsModel) -> None:
    if model.reload_hub:
        change = [*(0 for _ in integers.stops), *(1 for _ in model.reload_hub), *([0] * model.fixed_nodes)]
        _count(model, "reloads", change, [integers.types[idx].max_trips - 1 for idx in model.vans], slack=0)


def _count(model: OrtoolsModel, name: str, change: list[int], limits: list[int], *, slack: int) -> None:
    """A dimension that grows by `change` at each node; only reload nodes may use the slack."""
    by_node = model.routing.RegisterUnaryTransitVector(change)
    model.routing.AddDimensionWithVehicleCapacity(by_node, slack if model.reload_hub else 0, limits, True, name)
    if slack and model.reload_hub:
        dimension = model.routing.GetDimensionOrDie(name)
        for node in range(model.stops):
            dimension.SlackVar(model.manager.NodeToIndex(node)).SetValue(0)
        for van in range(len(model.vans)):
            dimension.SlackVar(model.routing.Start(van)).SetValue(0)


def _say_who_may_serve(integers: IntegerProblem, model: OrtoolsModel, *, farthest_m: int) -> None:
    """Vans allowed per stop and reload node, and the price of leaving each choice out."""
    routing, everyone = model.routing, list(range(len(model.vans)))
    above_any_plan = _above_any_plan(integers, farthest_m=farthest_m)
    for choice in integers.choices:
        indices = [model.manager.NodeToIndex(idx) for idx in choice.members]
        routing.AddDisjunction(indices, above_any_plan if choice.required else choice.prize)
    for idx, stop in enumerate(integers.stops):
        index = model.manager.NodeToIndex(idx)
        mine = [van for van in everyone if integers.types[model.vans[van]].may_serve(stop)]
        if mine != everyone:
            routing.VehicleVar(index).SetValues([NOBODY, *mine])
    for position, hub_idx in enumerate(model.reload_hub):
        index = model.manager.NodeToIndex(model.stops + position)
        routing.AddDisjunction([index], 0)
        mine = [van for van in everyone if integers.types[model.vans[van]].hub_idx == hub_idx]
        routing.VehicleVar(index).SetValues([NOBODY, *mine])


def _keep_together(integers: IntegerProblem, model: OrtoolsModel) -> None:
    """Of two stops that ride together at least one is left out, or both have the same vehicle."""
    routing, solver = model.routing, model.routing.solver()
    for members in integers.together.values():
        for one, other in itertools.combinations(map(model.manager.NodeToIndex, members), 2):
            vans = routing.VehicleVar(one), routing.VehicleVar(other)
            both = (vans[0] == vans[1]) + (vans[0] == NOBODY) + (vans[1] == NOBODY)
            solver.Add(both >= 1)


def _above_any_plan(integers: IntegerProblem, *, farthest_m: int) -> int:
    """More than serving every stop in the dearest way, each from a van of its own."""
    kinds = [kind for kind in integers.types if kind.count]
    dearest = max((kind.fixed + sum(kind.paid(kind.working_s)) for kind in kinds), default=0)
    farthest = 2 * farthest_m * max((kind.per_m for kind in kinds), default=0)
    return (len(integers.stops) + 1) * (dearest + farthest) + sum(choice.prize for choice in integers.choices) + 1
