"""Both engines on small named nights: they reach the proven optimum and honour every limit."""

import math

import numpy as np
import pytest

from retour.errors import BackendError
from routing.pickup import evaluate
from routing.pickup.construct import construct
from routing.pickup.engines import ENGINES, StopRule, load_engine
from routing.pickup.exact import solve_exactly
from routing.pickup.integers import to_integers

HOUR = 3_600
MORNING, EVENING = (9 * HOUR, 10 * HOUR), (15 * HOUR, 16 * HOUR)
ITERATIONS = 300

NIGHTS = {
    "plain": lambda line: line([{"km": km} for km in (-8, -3, 4, 9, 15)]),
    "windows": lambda line: line([{"km": 10, "windows": (EVENING,)}, {"km": 20, "windows": (MORNING,)}, {"km": 30}]),
    "several windows": lambda line: line([
        {"km": 10, "windows": (MORNING, EVENING)},
        {"km": 20, "windows": (EVENING,)},
        {"km": 30, "windows": (MORNING, EVENING), "required": False, "prize_eur": 40},
    ]),
    "several trips": lambda line: line(
        [{"km": km, "load": 6} for km in (3, 5, 7, 9)],
        vans=({"count": 1, "max_trips": 4},),
        hubs=({"unload_s": 600},),
    ),
    "prizes": lambda line: line([
        {"km": 5, "required": False, "prize_eur": 30},
        {"km": 6, "required": False, "prize_eur": 3},
        {"km": 60, "required": False, "prize_eur": 50},
        {"km": 8},
    ]),
    "nothing worth the drive": lambda line: line([{"km": 50, "required": False, "prize_eur": 1}]),
    "two hubs": lambda line: line(
        [{"km": 5, "hub_id": "H1"}, {"km": 35, "hub_id": "H0"}, {"km": 20}, {"km": 38}],
        vans=({}, {"vehicle_type_id": "far", "hub_id": "H1", "max_trips": 2}),
        hubs=({"unload_s": 60}, {"km": 40, "unload_s": 300}),
    ),
    "mixed fleet": lambda line: line(
        [{"km": km, "load": 4} for km in (2, 4, 6, 8, 10)],
        vans=(
            {"vehicle_type_id": "bike", "capacity": 4, "fixed_eur": 1.0, "per_km_eur": 0.2, "max_distance_m": 9_000},
            {"vehicle_type_id": "truck", "capacity": 40, "fixed_eur": 60.0, "count": 1},
            {},
        ),
    ),
    "dangerous goods": lambda line: line(
        [{"km": km, "load": (1, 0, 0, 3.0)} for km in (5, 6, 7, 8)],
        vans=({"capacity": (math.inf, math.inf, math.inf, 6.0), "count": 3},),
    ),
    "short shifts": lambda line: line([{"km": km} for km in (25, -25, 28, -28)], vans=({"max_duration_s": HOUR},)),
}


def silent(iterations, routes):
    """Nobody is told."""


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize("engine", ENGINES)
def test_engine_reaches_the_proven_optimum(line, engine, night):
    """From nothing and with no help, the engine's own routes cost what the exact plan costs, to the micro-euro."""
    integers = to_integers(NIGHTS[night](line))
    found = load_engine(engine)(integers, seed=1, stop=StopRule(None, ITERATIONS), start=(), report=silent)
    schedule = evaluate(integers, found.routes)
    assert ((), solve_exactly(integers).objective_micro) == (schedule.breaches, schedule.objective_micro)


@pytest.mark.parametrize("engine", ENGINES)
def test_same_iterations_give_the_same_routes(random_problem, engine):
    """Twice the same seed and iterations: the same routes and the same count."""
    integers = to_integers(random_problem(np.random.default_rng(5), stops=12))
    runs = [
        load_engine(engine)(integers, seed=7, stop=StopRule(None, 100), start=construct(integers), report=silent)
        for _ in range(2)
    ]
    assert runs[0] == runs[1]


@pytest.mark.parametrize("engine", ENGINES)
def test_engine_never_ends_worse_than_it_began(random_problem, engine):
    """A feasible plan to begin with is taken over, trips, windows and all."""
    integers = to_integers(random_problem(np.random.default_rng(3), stops=8))
    best = solve_exactly(integers)
    found = load_engine(engine)(integers, seed=1, stop=StopRule(None, 1), start=best.routes, report=silent)
    assert best.objective_micro == evaluate(integers, found.routes).objective_micro


@pytest.mark.parametrize("engine", ENGINES)
def test_engine_reports_feasible_plans_that_get_better(line, engine):
    """Each report carries routes; their objective falls to that of the answer."""
    integers = to_integers(NIGHTS["plain"](line))
    objectives = []
    found = load_engine(engine)(
        integers,
        seed=1,
        stop=StopRule(None, ITERATIONS),
        start=(),
        report=lambda iterations, routes: objectives.append(evaluate(integers, routes).objective_micro),
    )
    assert sorted(objectives, reverse=True) == objectives
    assert objectives == [] or objectives[-1] == evaluate(integers, found.routes).objective_micro


def test_pyvrp_adds_up_the_same_micro_euro(random_problem):
    """With at most one window a stop, PyVRP's own objective is the evaluator's, waits and reloads included."""
    import pyvrp

    from routing.pickup.pyvrp_engine import from_pyvrp, to_pyvrp

    integers = to_integers(_one_window(random_problem(np.random.default_rng(11), stops=10)))
    model = to_pyvrp(integers)
    result = pyvrp.solve(model.data, stop=pyvrp.stop.MaxIterations(200), seed=1, collect_stats=False)
    assert result.is_feasible()
    assert result.cost() == evaluate(integers, from_pyvrp(integers, model, result.best)).objective_micro


def _one_window(problem):
    import dataclasses

    stops = tuple(dataclasses.replace(stop, windows=stop.windows[:1]) for stop in problem.stops)
    return dataclasses.replace(problem, stops=stops)


def test_unknown_engine_is_refused_by_name():
    """The error lists the engines there are."""
    with pytest.raises(BackendError, match="no routing engine 'vroom'; choose one of ortools, pyvrp"):
        load_engine("vroom")
