"""PyVRP as an engine: `to_pyvrp` and `from_pyvrp`, and the search between them.

How the problem is said in PyVRP's words:

- every hub and every stop has a location of its own, so that a leg into a hub can carry the unloading time;
- a choice (a stop's several windows, a stop's alternatives, or both) is a group of clients of which one is chosen;
- further trips are reloads at the vans' own hub; where the night begins or ends elsewhere that place is a depot too,
  and the hub's hours are those of a depot of its own;
- vans that may not serve a stop have legs to and from it that no shift can hold, and where deliveries come first so
  have the legs out to a stop without one, and from a pickup on to a delivery (one profile per kind of van).

PyVRP: Wouda, Lan and Kool (2024), https://doi.org/10.1287/ijoc.2023.0055.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvrp
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.search import OPERATORS, LocalSearch, PerturbationManager, compute_neighbours

from retour.errors import BackendError
from routing.pickup.engines import EngineAnswer, Report, StopRule, refuse_what_is_lacking
from routing.pickup.integers import UNLIMITED, IntegerProblem, IntegerStop, IntegerType, limiting_units
from routing.pickup.pyvrp_places import PyvrpDepots, place_depots
from routing.pickup.schedule import Route, ScheduledRoute, evaluate
from routing.pickup.tours import Tour, to_routes

# First penalties, in mean legs per mean load, per mean leg's seconds, per mean leg's metres; and how often and how
# far they may move. PyVRP's own start (50,000 a unit) costs 5 to 12 % on our sizes in the first 2,000 iterations.
LOAD_LEGS, TIME_LEGS, DISTANCE_LEGS = 0.7, 6.0, 4.0
PENALTIES = pyvrp.PenaltyParams(solutions_between_updates=100, max_penalty=1e7)
NOT_ALLOWED_S = 1_000_000  # a leg no shift can hold, small enough to keep PyVRP's penalties moderate

Matrix = Any  # PyVRP's stubs say ndarray[int], which no array of numpy's stubs is


@dataclass(frozen=True, eq=False)
class PyvrpModel:
    """The problem in PyVRP's words, and what its clients and vehicle types stand for in ours.

    `clients` holds (stop position, window position) per client; `types` our position per PyVRP vehicle type.
    `depots` are its depots and `penalties` the first ones for load, time and distance.
    """

    data: pyvrp.ProblemData
    clients: tuple[tuple[int, int], ...]
    types: tuple[int, ...]
    depots: PyvrpDepots
    penalties: tuple[list[float], float, float]


def solve(
    integers: IntegerProblem, *, seed: int, stop: StopRule, start: tuple[Route, ...], report: Report
) -> EngineAnswer:
    """Improve `start` by PyVRP's iterated local search; the same seed and iterations give the same routes."""
    refuse_what_is_lacking("pyvrp", integers)
    try:
        model = to_pyvrp(integers)
        watch = _Watch(integers, model, stop, report)
        search = _search(model, seed, _initial(integers, model, start), watch)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            result = search.run(watch, collect_stats=False, display=False)
    except (IndexError, RuntimeError, TypeError, ValueError) as error:
        raise BackendError(f"PyVRP failed: {error}") from error
    return EngineAnswer(from_pyvrp(integers, model, result.best), result.num_iterations)


def to_pyvrp(integers: IntegerProblem) -> PyvrpModel:
    """The problem as `pyvrp.ProblemData`, with the way back."""
    units, depots = limiting_units(integers), place_depots(integers)
    clients, ours, groups = _clients(integers, units)
    types = tuple(idx for idx, kind in enumerate(integers.types) if kind.count)
    profiles = _profiles(integers, types)
    at = np.ix_(depots.places, depots.places)
    metres, seconds = _no_loops(integers.distance[at]), integers.duration[at]
    penalties = _first_penalties(integers, units, metres, seconds)
    numbers = {profile: number for number, profile in enumerate(dict.fromkeys(profiles.values()))}
    data = pyvrp.ProblemData(
        locations=_locations(integers, depots),
        clients=clients,
        depots=[pyvrp.Depot(spot.location, spot.opens_s, spot.closes_s, name=spot.name) for spot in depots.spots],
        vehicle_types=[
            _vehicle_type(integers.types[idx], units, numbers[profiles[idx]], depots) for idx in types
        ],
        distance_matrices=[metres] * len(numbers),
        duration_matrices=_durations(integers, list(numbers), seconds, depots),
        groups=groups,
    )
    return PyvrpModel(data, tuple(ours), types, depots, penalties)


def from_pyvrp(integers: IntegerProblem, model: PyvrpModel, solution: pyvrp.Solution) -> tuple[Route, ...]:
    """Our routes for a PyVRP solution, feasible or not."""
    tours = []
    for route in solution.routes():
        trips: list[list[int]] = []
        for activity in route:
            if activity.is_depot():
                trips.append([])
            else:
                trips[-1].append(model.clients[activity.idx][0])
        tours.append(Tour(model.types[route.vehicle_type()], trips))
    return to_routes(integers, tours)


class _Watch(pyvrp.IteratedLocalSearchCallbacks):
    """Stops the search in time and reports every feasible new best plan."""

    def __init__(self, integers: IntegerProblem, model: PyvrpModel, stop: StopRule, report: Report) -> None:
        self.integers = integers
        self.model = model
        self.stop = stop
        self.report = report
        self.iterations = 0

    def __call__(self, best_cost: int) -> bool:
        """Whether to stop; PyVRP asks before every iteration."""
        over = self.stop.is_over(self.iterations)
        self.iterations += 1
        return over

    def on_best(self, best: pyvrp.Solution) -> None:
        """Pass a feasible plan on."""
        if best.is_feasible():
            self.report(self.iterations, from_pyvrp(self.integers, self.model, best))


def _search(
    model: PyvrpModel, seed: int, initial: pyvrp.Solution | None, watch: _Watch
) -> pyvrp.IteratedLocalSearch:
    """What `pyvrp.solve` sets up, with our stop rule counting the set-up too."""
    params = pyvrp.SolveParams()
    rng = pyvrp.RandomNumberGenerator(seed=seed)
    local = LocalSearch(
        model.data, rng, compute_neighbours(model.data, params.neighbourhood), PerturbationManager(params.perturbation)
    )
    for operator in OPERATORS:
        if operator.supports(model.data):
            local.add_operator(operator(model.data))
    penalties = pyvrp.PenaltyManager(model.penalties, PENALTIES)
    if initial is None:
        random = pyvrp.Solution.make_random(model.data, rng)
        initial = local(random, penalties.max_cost_evaluator(), exhaustive=True)
    return pyvrp.IteratedLocalSearch(
        model.data, penalties, local, initial, pyvrp.IteratedLocalSearchParams(callbacks=watch)
    )


def _first_penalties(
    integers: IntegerProblem, units: list[int], metres: Matrix, seconds: Matrix
) -> tuple[list[float], float, float]:
    """Micro-euro per unit of overload, per second too late and per metre too far, to begin with."""
    kinds = [kind for kind in integers.types if kind.count]
    leg_m, leg_s = float(metres.mean()), float(seconds.mean())
    leg = max(1.0, sum(kind.per_m * leg_m + kind.per_s * leg_s for kind in kinds) / len(kinds))
    amounts = (integers.loads + integers.deliveries).mean(axis=0)
    loads = [LOAD_LEGS * leg / max(1.0, float(amounts[unit])) for unit in units]
    return loads, TIME_LEGS * leg / max(1.0, leg_s), DISTANCE_LEGS * leg / max(1.0, leg_m)


def _initial(integers: IntegerProblem, model: PyvrpModel, start: tuple[Route, ...]) -> pyvrp.Solution | None:
    if not start:
        return None
    client_of = {pair: client for client, pair in enumerate(model.clients)}
    type_of = {ours: theirs for theirs, ours in enumerate(model.types)}
    return pyvrp.Solution(
        model.data,
        [_pyvrp_route(integers, model, route, client_of, type_of) for route in evaluate(integers, start).routes],
    )


def _pyvrp_route(
    integers: IntegerProblem,
    model: PyvrpModel,
    route: ScheduledRoute,
    client_of: dict[tuple[int, int], int],
    type_of: dict[int, int],
) -> pyvrp.Route:
    type_idx = integers.type_idx[route.vehicle_type_id]
    reload = pyvrp.Activity(pyvrp.ActivityType.DEPOT, model.depots.reload[type_idx])
    activities, trip_no = [], 1
    for visit in route.stops:
        if visit.trip_no != trip_no:
            activities.append(reload)
            trip_no = visit.trip_no
        idx = integers.stop_idx[visit.stop_id]
        client = client_of[idx, _window_at(integers.stops[idx], visit.start_s)]
        activities.append(pyvrp.Activity(pyvrp.ActivityType.CLIENT, client))
    return pyvrp.Route(model.data, activities, type_of[type_idx])


def _window_at(stop: IntegerStop, start_s: int) -> int:
    return next((idx for idx, (opens, closes) in enumerate(stop.windows) if opens <= start_s <= closes), 0)


def _locations(integers: IntegerProblem, depots: PyvrpDepots) -> list[pyvrp.Location]:
    """One per place of the model; coordinates are for PyVRP's plots only."""
    places = integers.source.places
    return [
        pyvrp.Location(float(places.lon[idx]), float(places.lat[idx]), name=places.ids[idx]) for idx in depots.places
    ]


def _clients(
    integers: IntegerProblem, units: list[int]
) -> tuple[list[pyvrp.Client], list[tuple[int, int]], list[pyvrp.ClientGroup]]:
    """One client per stop and window, what each stands for, and a group per choice with several clients."""
    clients: list[pyvrp.Client] = []
    ours: list[tuple[int, int]] = []
    groups: list[pyvrp.ClientGroup] = []
    for choice in integers.choices:
        first = len(ours)
        ours += [(idx, window) for idx in choice.members for window in range(len(integers.stops[idx].windows))]
        group = len(groups) if len(ours) > first + 1 else None
        if group is not None:
            groups.append(pyvrp.ClientGroup(list(range(first, len(ours))), required=choice.required))
        clients += [_client(integers, units, idx, window, group) for idx, window in ours[first:]]
    return clients, ours, groups


def _client(
    integers: IntegerProblem, units: list[int], stop_idx: int, window_idx: int, group: int | None
) -> pyvrp.Client:
    stop = integers.stops[stop_idx]
    opens_s, closes_s = stop.windows[window_idx]
    return pyvrp.Client(
        location=len(integers.source.depots) + stop_idx,
        delivery=[stop.delivery[unit] for unit in units],
        pickup=[stop.load[unit] for unit in units],
        service_duration=stop.service_s,
        tw_early=opens_s,
        tw_late=closes_s,
        release_time=stop.release_s,
        prize=stop.prize,
        required=stop.required and group is None,
        group=group,
    )


Profile = tuple[frozenset[int], bool]
"""The stops that a kind of van may not serve, and whether its deliveries come first."""


def _profiles(integers: IntegerProblem, types: tuple[int, ...]) -> dict[int, Profile]:
    """The profile of each vehicle type; many share one."""
    return {
        idx: (
            frozenset(at for at, stop in enumerate(integers.stops) if not integers.types[idx].may_serve(stop)),
            integers.types[idx].linehaul_first,
        )
        for idx in types
    }


def _vehicle_type(kind: IntegerType, units: list[int], profile: int, depots: PyvrpDepots) -> pyvrp.VehicleType:
    return pyvrp.VehicleType(
        num_available=kind.count,
        capacity=[kind.capacity[unit] for unit in units],
        start_depot=depots.start[kind.type_idx],
        end_depot=depots.end[kind.type_idx],
        fixed_cost=kind.fixed,
        tw_early=kind.earliest_s,
        tw_late=kind.latest_s,
        shift_duration=kind.max_duration_s,
        max_distance=kind.max_distance_m,
        unit_distance_cost=kind.per_m,
        unit_duration_cost=kind.per_s,
        profile=profile,
        reload_depots=[depots.reload[kind.type_idx]] if kind.max_trips > 1 else [],
        max_reloads=kind.max_trips - 1,
        max_overtime=kind.max_overtime_s if kind.max_duration_s < UNLIMITED else 0,
        unit_overtime_cost=kind.overtime_per_s,
    )


def _durations(
    integers: IntegerProblem, profiles: list[Profile], seconds: np.ndarray, depots: PyvrpDepots
) -> list[Matrix]:
    """Seconds per profile: unloading is added to every leg into a hub, what is not allowed is out of reach."""
    hubs = len(integers.source.depots)
    seconds[:, :hubs] += np.array([depot.unload_s for depot in integers.source.depots], dtype=np.int64)
    return [_no_loops(_allowed_only(integers, profile, seconds.copy(), depots)) for profile in profiles]


def _allowed_only(
    integers: IntegerProblem, profile: Profile, seconds: np.ndarray, depots: PyvrpDepots
) -> np.ndarray:
    foreign, linehaul_first = profile
    hubs, stops = len(integers.source.depots), len(integers.stops)
    out_of_reach = [hubs + idx for idx in sorted(foreign)]
    seconds[out_of_reach, :] = NOT_ALLOWED_S
    seconds[:, out_of_reach] = NOT_ALLOWED_S
    if linehaul_first:  # a stop with neither counts as a pickup: no plan is wrong for that
        gets, gives = integers.deliveries.any(axis=1), integers.loads.any(axis=1)
        from_depot = np.array(sorted({spot.location for spot in depots.spots}))
        seconds[np.ix_(from_depot, hubs + np.flatnonzero(~gets))] = NOT_ALLOWED_S
        middle = seconds[hubs:hubs + stops, hubs:hubs + stops]
        middle[np.ix_(np.flatnonzero(gives | ~gets), np.flatnonzero(gets))] = NOT_ALLOWED_S
    return seconds


def _no_loops(matrix: Matrix) -> Matrix:
    np.fill_diagonal(matrix, 0)
    return matrix
