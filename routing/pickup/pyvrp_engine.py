"""PyVRP as an engine: `to_pyvrp` and `from_pyvrp`, and the search between them.

How the problem is said in PyVRP's words:

- every hub and every stop has a location of its own, so that a leg into a hub can carry the unloading time;
- a stop with several windows is a group of alternatives, one client per window, of which one is chosen;
- further trips are reloads at the vans' own hub;
- a hub that may not serve a stop has legs to and from it that no shift can hold (one profile per hub).

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
from routing.pickup.engines import EngineAnswer, Report, StopRule
from routing.pickup.integers import IntegerProblem, IntegerStop, IntegerType, limiting_units
from routing.pickup.schedule import Route, ScheduledRoute, evaluate
from routing.pickup.tours import Tour, to_routes

# First penalties, in mean legs per mean load, per mean leg's seconds, per mean leg's metres; and how often and how
# far they may move. PyVRP's own start (50,000 a unit) costs 5 to 12 % on our sizes in the first 2,000 iterations.
LOAD_LEGS, TIME_LEGS, DISTANCE_LEGS = 0.7, 6.0, 4.0
PENALTIES = pyvrp.PenaltyParams(solutions_between_updates=100, max_penalty=1e7)
NOT_THIS_HUB_S = 1_000_000  # a leg no shift can hold, small enough to keep PyVRP's penalties moderate

Matrix = Any  # PyVRP's stubs say ndarray[int], which no array of numpy's stubs is


@dataclass(frozen=True, eq=False)
class PyvrpModel:
    """The problem in PyVRP's words, and what its clients and vehicle types stand for in ours.

    `clients` holds (stop position, window position) per client; `types` our position per PyVRP vehicle type.
    `penalties` are the first ones for load, time and distance.
    """

    data: pyvrp.ProblemData
    clients: tuple[tuple[int, int], ...]
    types: tuple[int, ...]
    penalties: tuple[list[float], float, float]


def solve(
    integers: IntegerProblem, *, seed: int, stop: StopRule, start: tuple[Route, ...], report: Report
) -> EngineAnswer:
    """Improve `start` by PyVRP's iterated local search; the same seed and iterations give the same routes."""
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
    units = limiting_units(integers)
    clients, ours, groups = _clients(integers, units)
    types = tuple(idx for idx, kind in enumerate(integers.types) if kind.count)
    profiles = _profiles(integers, types)
    data = pyvrp.ProblemData(
        locations=_locations(integers),
        clients=clients,
        depots=[pyvrp.Depot(location=idx, name=depot.hub_id) for idx, depot in enumerate(integers.source.depots)],
        vehicle_types=[_vehicle_type(integers.types[idx], units, profiles) for idx in types],
        distance_matrices=[_distances(integers)] * len(set(profiles.values())),
        duration_matrices=_durations(integers, profiles),
        groups=groups,
    )
    return PyvrpModel(data, tuple(ours), types, _first_penalties(integers, units))


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


def _first_penalties(integers: IntegerProblem, units: list[int]) -> tuple[list[float], float, float]:
    """Micro-euro per unit of overload, per second too late and per metre too far, to begin with."""
    kinds = [kind for kind in integers.types if kind.count]
    metres, seconds = float(integers.distance.mean()), float(integers.duration.mean())
    leg = max(1.0, sum(kind.per_m * metres + kind.per_s * seconds for kind in kinds) / len(kinds))
    loads = [LOAD_LEGS * leg / max(1.0, float(integers.loads[:, unit].mean())) for unit in units]
    return loads, TIME_LEGS * leg / max(1.0, seconds), DISTANCE_LEGS * leg / max(1.0, metres)


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
    reload = pyvrp.Activity(pyvrp.ActivityType.DEPOT, integers.types[type_idx].hub_idx)
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


def _locations(integers: IntegerProblem) -> list[pyvrp.Location]:
    """One per hub, then one per stop; coordinates are for PyVRP's plots only."""
    places = integers.source.places
    return [
        pyvrp.Location(float(places.lon[idx]), float(places.lat[idx]), name=places.ids[idx])
        for idx in _location_places(integers)
    ]


def _location_places(integers: IntegerProblem) -> list[int]:
    return [*(depot.place_idx for depot in integers.source.depots), *integers.stop_places.tolist()]


def _clients(
    integers: IntegerProblem, units: list[int]
) -> tuple[list[pyvrp.Client], list[tuple[int, int]], list[pyvrp.ClientGroup]]:
    """One client per stop and window, what each stands for, and a group of alternatives per stop with several."""
    clients: list[pyvrp.Client] = []
    ours: list[tuple[int, int]] = []
    groups: list[pyvrp.ClientGroup] = []
    for idx, stop in enumerate(integers.stops):
        grouped = len(stop.windows) > 1
        if grouped:
            alternatives = list(range(len(clients), len(clients) + len(stop.windows)))
            groups.append(pyvrp.ClientGroup(alternatives, required=stop.required))
        for window_idx, (opens_s, closes_s) in enumerate(stop.windows):
            ours.append((idx, window_idx))
            clients.append(
                pyvrp.Client(
                    location=len(integers.source.depots) + idx,
                    pickup=[stop.load[unit] for unit in units],
                    service_duration=stop.service_s,
                    tw_early=opens_s,
                    tw_late=closes_s,
                    prize=stop.prize,
                    required=stop.required and not grouped,
                    group=len(groups) - 1 if grouped else None,
                )
            )
    return clients, ours, groups


def _profiles(integers: IntegerProblem, types: tuple[int, ...]) -> dict[int, int]:
    """Profile per hub: one for all when every hub may serve every stop, else one each."""
    hubs = sorted({integers.types[idx].hub_idx for idx in types})
    alike = all(stop.hub_idx is None or hubs == [stop.hub_idx] for stop in integers.stops)
    return {hub: 0 if alike else profile for profile, hub in enumerate(hubs)}


def _vehicle_type(kind: IntegerType, units: list[int], profiles: dict[int, int]) -> pyvrp.VehicleType:
    return pyvrp.VehicleType(
        num_available=kind.count,
        capacity=[kind.capacity[unit] for unit in units],
        start_depot=kind.hub_idx,
        end_depot=kind.hub_idx,
        fixed_cost=kind.fixed,
        tw_early=kind.earliest_s,
        tw_late=kind.latest_s,
        shift_duration=kind.max_duration_s,
        max_distance=kind.max_distance_m,
        unit_distance_cost=kind.per_m,
        unit_duration_cost=kind.per_s,
        profile=profiles[kind.hub_idx],
        reload_depots=[kind.hub_idx] if kind.max_trips > 1 else [],
        max_reloads=kind.max_trips - 1,
    )


def _distances(integers: IntegerProblem) -> Matrix:
    places = _location_places(integers)
    return _no_loops(integers.distance[np.ix_(places, places)])


def _durations(integers: IntegerProblem, profiles: dict[int, int]) -> list[Matrix]:
    """Seconds per profile: unloading is added to every leg into a hub, forbidden hubs are out of reach."""
    places, hubs = _location_places(integers), len(integers.source.depots)
    base = integers.duration[np.ix_(places, places)]
    base[:, :hubs] += np.array([depot.unload_s for depot in integers.source.depots], dtype=np.int64)
    if len(set(profiles.values())) == 1:
        return [_no_loops(base)]
    return [_no_loops(_only_for(hub, base, integers)) for hub in profiles]


def _only_for(hub_idx: int, base: np.ndarray, integers: IntegerProblem) -> np.ndarray:
    seconds = base.copy()
    foreign = [
        len(integers.source.depots) + idx
        for idx, stop in enumerate(integers.stops)
        if stop.hub_idx not in (None, hub_idx)
    ]
    seconds[foreign, :] = NOT_THIS_HUB_S
    seconds[:, foreign] = NOT_THIS_HUB_S
    return seconds


def _no_loops(matrix: np.ndarray) -> np.ndarray:
    np.fill_diagonal(matrix, 0)
    return matrix
