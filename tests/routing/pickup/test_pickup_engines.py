"""Both engines on small named nights: they reach the proven optimum and honour every limit."""

import dataclasses
import math

import numpy as np
import pytest

from retour.errors import BackendError
from routing.pickup import evaluate
from routing.pickup.construct import construct
from routing.pickup.engines import ENGINES, StopRule, choose_engine, load_engine, refuse_what_is_lacking
from routing.pickup.exact import solve_exactly
from routing.pickup.features import features_of, named
from routing.pickup.integers import to_integers
from routing.pickup.plane import PlaneMatrix
from routing.pickup.problem import Break, Wishes

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
    "parcels both ways": lambda line: line(
        [{"km": 3, "load": 2, "delivery": 7}, {"km": 6, "load": 8}, {"km": 9, "load": 0, "delivery": 6},
         {"km": -4, "load": 1, "delivery": 1}],
    ),
    "parcels both ways in several trips": lambda line: line(
        [{"km": km, "load": give, "delivery": get} for km, give, get in ((3, 2, 7), (6, 8, 0), (9, 0, 6), (-4, 5, 5))],
        vans=({"count": 1, "max_trips": 4},),
    ),
    "alternatives": lambda line: line([
        {"km": 9, "alternative_of": "a"},
        {"km": -4, "alternative_of": "a"},
        {"km": 7},
        {"km": 30, "alternative_of": "b", "required": False, "prize_eur": 50, "windows": (MORNING, EVENING)},
        {"km": -30, "alternative_of": "b", "required": False, "prize_eur": 90},
    ]),
    "vehicle types": lambda line: line(
        [{"km": 4, "vehicle_type_ids": frozenset({"bike"})}, {"km": 5, "vehicle_type_ids": frozenset({"van"})},
         {"km": 6}],
        vans=({}, {"vehicle_type_id": "bike", "fixed_eur": 2, "max_distance_m": 9_000}),
    ),
    "overtime": lambda line: line(
        [{"km": km} for km in (25, -25, 28)],
        vans=({"max_duration_s": HOUR, "max_overtime_s": 2 * HOUR, "overtime_per_hour_eur": 20.0, "fixed_eur": 20.0},),
    ),
    "from elsewhere to elsewhere": lambda line: line(
        [{"km": km} for km in (-8, -3, 4, 9, 15)],
        vans=({"start_place_idx": 6, "end_place_idx": 7, "max_trips": 2, "capacity": 3},),
        hubs=({"unload_s": 300, "opens_s": 9 * HOUR, "closes_s": 10 * HOUR},),
        elsewhere_km=(12, -6),
    ),
    "groups in one van": lambda line: line(
        [{"km": 9, "same_van": "g", "load": 6}, {"km": -9, "same_van": "g", "load": 4}, {"km": 8, "load": 6},
         {"km": -8, "load": 4}],
    ),
    "deliveries before pickups": lambda line: line(
        [{"km": 9, "load": 0, "delivery": 6}, {"km": 4, "load": 6}, {"km": 7, "load": 1, "delivery": 2}],
        vans=({"linehaul_first": True},),
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
    if lacking := features_of(integers) - ENGINES[engine].honours:
        pytest.skip(f"{engine} lacks {named(lacking)}")
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
    stops = tuple(dataclasses.replace(stop, windows=stop.windows[:1]) for stop in problem.stops)
    return dataclasses.replace(problem, stops=stops)


@pytest.mark.parametrize("seed", range(12))
def test_pyvrp_adds_up_the_rich_model_too(rich_problem, seed):
    """Whatever PyVRP calls feasible breaks nothing, and costs what the evaluator says.

    Of a choice with several clients PyVRP counts the prizes of all but one as lost, whichever is visited.
    """
    import pyvrp

    from routing.pickup.pyvrp_engine import from_pyvrp, to_pyvrp

    skip = ("breaks", "same_van", "wishes")
    integers = to_integers(rich_problem(np.random.default_rng(seed), stops=9, skip=skip))
    model = to_pyvrp(integers)
    result = pyvrp.solve(model.data, stop=pyvrp.stop.MaxIterations(300), seed=1, collect_stats=False)
    if not result.is_feasible():
        pytest.skip("nothing feasible found")
    schedule = evaluate(integers, from_pyvrp(integers, model, result.best))
    clients = [sum(len(integers.stops[idx].windows) for idx in choice.members) for choice in integers.choices]
    lost = sum(choice.prize * (many - 1) for choice, many in zip(integers.choices, clients, strict=True))
    assert () == schedule.breaches
    assert result.cost() == schedule.objective_micro + lost


def test_unknown_engine_is_refused_by_name():
    """The error lists the engines there are."""
    with pytest.raises(BackendError, match="no routing engine 'vroom'; choose one of .*ortools, pyvrp"):
        load_engine("vroom")


def test_ortools_takes_breaks(line, try_plans):
    """A night of three hours on three short legs, with a rest every 80 minutes: what trying every plan finds."""
    stops = [{"km": km, "service_s": 2_400} for km in (5, 10, 15)]
    problem = line(stops, vans=({"breaks": (Break(1_200, 4_800),), "count": 1},))
    integers = to_integers(problem)
    found = load_engine("ortools")(integers, seed=1, stop=StopRule(None, ITERATIONS), start=(), report=silent)
    schedule = evaluate(integers, found.routes)
    assert () == schedule.breaches
    assert try_plans(problem) == schedule.objective_micro
    assert sum(len(route.breaks) for route in schedule.routes)


@pytest.mark.parametrize("seed", range(3))
def test_ortools_keeps_breaks_on_any_night(random_problem, seed):
    """It may rest on the way, our drivers may not: even so nothing that it finds breaks a limit."""
    problem = random_problem(np.random.default_rng(seed), stops=8)
    kinds = tuple(dataclasses.replace(kind, breaks=(Break(900, 9_000),)) for kind in problem.vehicle_types)
    problem = dataclasses.replace(problem, vehicle_types=kinds)
    integers = to_integers(problem)
    found = load_engine("ortools")(integers, seed=1, stop=StopRule(None, 100), start=(), report=silent)
    assert {breach.rule for breach in evaluate(integers, found.routes).breaches} <= {"required"}


def test_ortools_refuses_breaks_shorter_than_a_leg(line):
    """A rest that would be due while driving cannot be said there."""
    integers = to_integers(line([{"km": 100}], vans=({"breaks": (Break(600, 3_600),)},)))
    with pytest.raises(BackendError, match="a break within 3600 s where a leg takes 6000 s"):
        load_engine("ortools")(integers, seed=1, stop=StopRule(None, 1), start=(), report=silent)


LACKING = {
    "pyvrp": ({"vans": ({"breaks": (Break(600, 3_600),)},)}, "The engine pyvrp cannot honour breaks."),
    "ortools": ({"stops": [{"km": 1, "release_s": 1}]}, "The engine ortools cannot honour release times."),
}


@pytest.mark.parametrize("engine", LACKING)
def test_an_engine_refuses_what_it_lacks_by_name(line, engine):
    """Nothing is dropped in silence: the error names engine and feature."""
    given, sentence = LACKING[engine]
    integers = to_integers(line(**{"stops": [{"km": 1}], **given}))
    with pytest.raises(BackendError, match=sentence):
        load_engine(engine)(integers, seed=1, stop=StopRule(None, 1), start=(), report=silent)


@pytest.fixture
def two_engines(monkeypatch):
    """Only PyVRP and OR-Tools are registered, in this order."""
    monkeypatch.setattr("routing.pickup.engines.ENGINES", {name: ENGINES[name] for name in ("pyvrp", "ortools")})


@pytest.mark.usefixtures("two_engines")
def test_the_first_engine_that_lacks_nothing_is_chosen(line):
    """Breaks rule PyVRP out, and the reason is told; an engine asked for by name is taken at its word."""
    assert "pyvrp" == choose_engine(line([{"km": 1}])).name
    with_breaks = line([{"km": 1}], vans=({"breaks": (Break(600, 3_600),)},))
    chosen = choose_engine(with_breaks)
    assert "ortools" == chosen.name
    assert "The engine pyvrp cannot honour breaks." in chosen.why
    assert ("pyvrp", "pyvrp was asked for.") == (
        (named_one := choose_engine(with_breaks, name="pyvrp")).name, named_one.why,
    )  # fmt: skip


def test_the_reason_for_an_engine_is_a_sentence(line, monkeypatch):
    """What the problem asks for by name, or that it asks for nothing special."""
    three = [{"km": 1, "stop_id": name} for name in "ABC"]
    assert "it honours a limited number of vans" in choose_engine(line(three)).why
    monkeypatch.setattr("routing.pickup.engines.features_of", lambda integers: frozenset())
    first = next(iter(ENGINES))
    assert f"{first} was chosen: it comes first, and nothing special is asked for." == choose_engine(line([])).why


@pytest.mark.usefixtures("two_engines")
def test_no_engine_left_is_an_error_that_says_what_each_lacks(line):
    """A price on compactness: neither engine knows it."""
    problem = line([{"km": 1}], wishes=Wishes(compactness_per_km_eur=1.0))
    with pytest.raises(BackendError, match="pyvrp cannot honour a price on compactness.*ortools cannot honour"):
        choose_engine(problem)


def test_engines_with_a_matrix_refuse_very_large_problems(line, monkeypatch):
    """The error says how many places there are and how many the engine takes."""
    small = {name: dataclasses.replace(engine, most_places=2) for name, engine in ENGINES.items()}
    monkeypatch.setattr("routing.pickup.engines.ENGINES", small)
    with pytest.raises(BackendError, match="needs a matrix of all 3 places; it takes at most 2"):
        refuse_what_is_lacking("pyvrp", to_integers(line([{"km": 1}, {"km": 2}])))


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_read_distances_in_the_plane(line, engine):
    """Computed on read or written out, the same problem gets the same routes."""
    rng = np.random.default_rng(1)
    plane = PlaneMatrix(rng.random(9) * 9_000, rng.random(9) * 9_000)
    everywhere = np.arange(9)
    full = plane[np.ix_(everywhere, everywhere)]
    problem = line([{"km": 0, "load": 3}] * 8, vans=({"per_hour_eur": 0},))
    problem = dataclasses.replace(
        problem, stops=tuple(dataclasses.replace(s, stop_id=f"S{i}") for i, s in enumerate(problem.stops))
    )
    routes = [
        load_engine(engine)(
            to_integers(dataclasses.replace(problem, distance_m=matrix, duration_s=matrix)),
            seed=1, stop=StopRule(None, 50), start=(), report=silent,
        ).routes
        for matrix in (plane, full)
    ]  # fmt: skip
    assert routes[0] == routes[1]
