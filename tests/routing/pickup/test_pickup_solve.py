"""The whole call: status, bound, reproducibility, fallbacks, parts."""

import dataclasses
import math

import numpy as np
import pytest

from retour.errors import BackendError, InfeasibleError
from retour.vocabulary import Status
from routing.pickup import Route, evaluate, solve_in_process, solve_pickup
from routing.pickup.answer import relative_gap
from routing.pickup.engines import ENGINES, StopRule
from routing.pickup.integers import to_integers
from routing.pickup.parts import split_by_hub, with_own_places
from routing.pickup.plane import PlaneMatrix
from routing.pickup.problem import Break, Wishes
from routing.pickup.search import begin, with_bound

HOUR = 3_600


@pytest.fixture
def many(line):
    """Fourteen stops, two hubs, several trips, windows and prizes: too many to be proven, few enough to be quick."""
    morning, evening = (9 * HOUR, 10 * HOUR), (15 * HOUR, 16 * HOUR)
    stops = [
        {
            "km": 7 * idx % 53 - 5,
            "load": 1 + idx % 4,
            "windows": ((), (morning, evening), (evening,))[idx % 3],
            "required": idx % 2 == 0,
            "prize_eur": 3.0 * idx,
            "hub_id": (None, "H0")[idx % 5 == 0],
        }
        for idx in range(14)
    ]
    vans = ({"vehicle_type_id": "van0", "max_trips": 2, "capacity": 8}, {"vehicle_type_id": "van1", "hub_id": "H1"})
    return line(stops, vans=vans, hubs=({"unload_s": 300}, {"km": 40, "unload_s": 300}))


@pytest.mark.parametrize("engine", ["pyvrp", "ortools"])
def test_a_small_night_is_proven_optimal(line, engine):
    """Few stops are solved exactly, whatever the engine: bound equals objective."""
    answer = solve_pickup(line([{"km": 1}, {"km": 3}]), engine=engine, seed=1)
    # 10 fixed + 6 km + 480 s at 1 cent
    assert (Status.OPTIMAL, 20.8, 20.8, 0.0) == (answer.status, answer.objective_eur, answer.bound_eur, answer.gap)
    assert () == answer.unserved


@pytest.mark.parametrize("engine", ["pyvrp", "ortools"])
def test_same_seed_and_iterations_give_the_same_answer(many, engine):
    """Two runs are equal in everything but the seconds they took."""
    assert solve_pickup(many, engine=engine, seed=3, iterations=60) == solve_pickup(
        many, engine=engine, seed=3, iterations=60
    )


@pytest.mark.parametrize("engine", ["pyvrp", "ortools"])
def test_a_larger_night_is_feasible_with_an_honest_bound(many, engine):
    """The plan breaks nothing, its objective is the evaluator's, and the bound is below it."""
    answer = solve_pickup(many, engine=engine, seed=1, iterations=100)
    schedule = evaluate(many, [route.as_route() for route in answer.routes])
    assert () == schedule.breaches
    assert schedule.objective_eur == answer.objective_eur
    assert 0 < answer.bound_eur <= answer.objective_eur
    assert relative_gap(objective_eur=answer.objective_eur, bound_eur=answer.bound_eur) == answer.gap


def test_an_impossible_night_raises_with_the_reasons(line):
    """Required stops that no van can serve are said at once, before any search."""
    with pytest.raises(InfeasibleError, match="Stop 'P0' holds 11 parcels.*"):
        solve_pickup(line([{"km": 1, "load": 11}]), seed=1)


def test_a_night_impossible_only_as_a_whole_raises_too(line):
    """One van, two stops at the same minute: proven by trying every plan."""
    noon = ((12 * HOUR, 12 * HOUR),)
    problem = line([{"km": 9, "windows": noon}, {"km": -9, "windows": noon}], vans=({"count": 1},))
    with pytest.raises(InfeasibleError, match="one more van of type 'van' makes it possible"):
        solve_pickup(problem, seed=1)


def test_missing_required_stops_are_never_hidden(line):
    """Too many stops to prove it: the plan comes back FAILED with the stops it lacks."""
    noon = ((12 * HOUR, 12 * HOUR),)
    problem = line([{"km": km, "windows": noon} for km in range(1, 13)], vans=({"count": 11},))
    answer = solve_pickup(problem, seed=1, iterations=50)
    assert (Status.FAILED, 1) == (answer.status, len(answer.unserved))
    assert f"stop '{answer.unserved[0]}' breaks required" in answer.note


def test_optional_stops_no_van_can_serve_are_left_out(line):
    """They cost their prize in objective and bound, and do not spoil the proof."""
    answer = solve_pickup(line([{"km": 1}, {"km": 1, "load": 11, "required": False, "prize_eur": 5}]), seed=1)
    assert (Status.OPTIMAL, ("P1",)) == (answer.status, answer.unserved)
    assert 18.8 == answer.objective_eur  # 10 fixed + 2 km + 180 s at 1 cent + 5 prize


def test_a_night_without_stops_costs_nothing(line):
    """Nothing to do is an optimal plan."""
    answer = solve_pickup(line([]), seed=1)
    assert (Status.OPTIMAL, 0.0, ()) == (answer.status, answer.objective_eur, answer.routes)


def test_when_the_engine_fails_the_constructed_plan_is_kept(many, monkeypatch):
    """A broken engine degrades the answer and says so; it does not lose the night."""

    def broken(integers, *, seed, stop, start, report):
        raise BackendError("Out of order.")

    monkeypatch.setattr("routing.pickup.solve.load_engine", lambda name: broken)
    answer = solve_pickup(many, seed=1)
    assert (Status.FEASIBLE, True) == (answer.status, answer.degraded)
    assert "Out of order. The constructed plan was kept." == answer.note


def test_an_engine_that_breaks_limits_is_repaired(many, monkeypatch):
    """Routes that overload a van and serve stops twice do not get through."""

    def careless(integers, *, seed, stop, start, report):
        from routing.pickup.engines import EngineAnswer

        everything = tuple(stop.stop_id for stop in integers.source.stops)
        return EngineAnswer((Route("van0", 1, (everything, everything)), Route("van0", 9, (everything,))), 1)

    monkeypatch.setattr("routing.pickup.solve.load_engine", lambda name: careless)
    answer = solve_pickup(many, seed=1)
    assert Status.FEASIBLE == answer.status
    assert evaluate(many, [route.as_route() for route in answer.routes]).feasible


def test_defects_are_raised_all_together(line):
    """A problem that does not pass its check is refused with every defect."""
    with pytest.raises(ValueError, match="load -1(?s:.*)service_s -5"):
        solve_pickup(line([{"km": 1, "load": -1}, {"km": 2, "service_s": -5}]), seed=1)


def test_progress_tells_better_and_better_plans(many):
    """Each report serves all that is required; objectives fall to the answer's."""
    told = []
    answer = solve_pickup(many, seed=1, iterations=100, on_progress=told.append)
    objectives = [progress.objective_eur for progress in told]
    assert sorted(objectives, reverse=True) == objectives
    assert answer.objective_eur == objectives[-1]
    assert evaluate(many, told[-1].routes).feasible


def test_a_plan_to_begin_with_is_not_lost(many):
    """Yesterday's better plan survives an engine that is given one step; unknown stops in it are ignored."""
    good = solve_pickup(many, seed=1, iterations=400)
    yesterday = [route.as_route() for route in good.routes] + [Route("gone", 1, (("P0",),))]
    again = solve_pickup(many, seed=2, iterations=1, start=yesterday)
    assert again.objective_eur <= good.objective_eur


def test_hubs_that_share_nothing_are_solved_apart(line):
    """Stops bound to two hubs make two parts; one free stop keeps them together."""
    vans = ({}, {"vehicle_type_id": "far", "hub_id": "H1"})
    bound = [{"km": 1, "hub_id": "H0"}, {"km": 39, "hub_id": "H1"}]
    apart = split_by_hub(line(bound, vans=vans, hubs=({}, {"km": 40})))
    assert [["P0"], ["P1"]] == [[stop.stop_id for stop in part.stops] for part in apart]
    assert 1 == len(split_by_hub(line([*bound, {"km": 20}], vans=vans, hubs=({}, {"km": 40}))))


def test_a_part_with_its_own_places_is_driven_alike(line):
    """Of three hubs' places a part keeps its own and where its van begins: same metres, times and breaches."""
    hubs, km = ({}, {"km": 40}, {"km": 90}), (1, 39, 44, 95)
    away = {"vehicle_type_id": "far", "hub_id": "H1", "start_place_idx": 7}
    vans = ({}, away, {"vehicle_type_id": "off", "hub_id": "H2"})
    stops = [{"km": at, "hub_id": f"H{hub}"} for at, hub in zip(km, (0, 1, 1, 2), strict=True)]
    _, part, _ = split_by_hub(line(stops, vans=vans, hubs=hubs, elsewhere_km=(33,)))
    own = with_own_places(part)
    route = Route("far", 1, (("P1", "P2"),))
    assert (4, (4, 4)) == (len(own.places.ids), own.distance_m.shape)
    assert evaluate(part, [route]) == evaluate(own, [route])


def test_two_hubs_apart_cost_what_they_cost_together(line):
    """The whole is the sum of its parts, and both proofs together prove it."""
    vans = ({}, {"vehicle_type_id": "far", "hub_id": "H1"})
    stops = [{"km": 1, "hub_id": "H0"}, {"km": 39, "hub_id": "H1"}]
    answer = solve_pickup(line(stops, vans=vans, hubs=({}, {"km": 40})), seed=1)
    assert (Status.OPTIMAL, 27.6) == (answer.status, answer.objective_eur)  # 2 x (10 + 2 km + 180 s at 1 cent)


def test_a_process_answers_as_the_call_does(many):
    """Solving apart changes nothing in the answer, progress included."""
    told = []
    apart = solve_in_process(many, seed=3, iterations=60, on_progress=told.append)
    assert solve_pickup(many, seed=3, iterations=60) == apart
    assert told[-1].objective_eur == apart.objective_eur


def test_a_process_out_of_time_leaves_a_plan(many):
    """Killed before it could start, it still leaves the constructed plan, marked degraded."""
    answer = solve_in_process(many, seed=1, budget_s=0.0, grace_s=0.0)
    assert (Status.FEASIBLE, True) == (answer.status, answer.degraded)
    assert answer.note.startswith("The routing process did not keep its time and was stopped.")


def test_hubs_side_by_side_add_up(line, monkeypatch):
    """With a time budget, large problems run as one process per lane of hubs; the proofs add up as they should."""
    monkeypatch.setattr("routing.pickup.processes.SIDE_BY_SIDE_STOPS", 0)
    vans = ({}, {"vehicle_type_id": "far", "hub_id": "H1"}, {"vehicle_type_id": "south", "hub_id": "H2"})
    stops = [{"km": km, "hub_id": hub} for km, hub in ((1, "H0"), (39, "H1"), (-59, "H2"))]
    told = []
    answer = solve_in_process(
        line(stops, vans=vans, hubs=({}, {"km": 40}, {"km": -60})), seed=1, budget_s=30.0, on_progress=told.append
    )
    assert (Status.OPTIMAL, 41.4, False) == (answer.status, answer.objective_eur, answer.degraded)
    assert 41.4 == told[-1].objective_eur  # 3 x (10 + 2 km + 180 s at 1 cent)


def test_a_process_passes_reasons_on(line):
    """Infeasible there is infeasible here, with the same sentences."""
    with pytest.raises(InfeasibleError, match="Stop 'P0' holds 11 parcels"):
        solve_in_process(line([{"km": 1, "load": 11}]), seed=1)


def test_the_engine_may_be_chosen_by_the_features(many):
    """With `auto` the answer names the engine taken and says why; the parts add up to the objective."""
    answer = solve_pickup(many, engine="auto", seed=1, iterations=20)
    assert (next(iter(ENGINES)), True) == (answer.engine, "was chosen: it honours" in answer.engine_why)
    assert answer.objective_eur == pytest.approx(sum(answer.parts_eur.values()))


def test_an_engine_that_lacks_a_feature_leaves_the_constructed_plan(many):
    """Asked for PyVRP, a night with breaks gets a plan that keeps them, marked degraded, with the reason."""
    kinds = tuple(dataclasses.replace(kind, breaks=(Break(900, 5_400),)) for kind in many.vehicle_types)
    resting = dataclasses.replace(many, vehicle_types=kinds)
    answer = solve_pickup(resting, engine="pyvrp", seed=1, iterations=20)
    assert (Status.FEASIBLE, True) == (answer.status, answer.degraded)
    assert "The engine pyvrp cannot honour breaks. The constructed plan was kept." == answer.note
    assert evaluate(resting, [route.as_route() for route in answer.routes]).feasible


def test_vans_keep_their_numbers_where_stability_has_a_price(line):
    """Four vans, four stops: each rides with the number it had, whatever order the search found them in."""
    noon = ((12 * HOUR, 12 * HOUR),)
    stops = [{"km": km, "windows": noon} for km in (9, -9, 7, -7)]
    earlier = {"P0": ("van", 3), "P1": ("van", 1), "P2": ("van", 4), "P3": ("van", 2)}
    wishes = Wishes(stability_per_stop_eur=4.0, earlier_vans=earlier)
    answer = solve_pickup(line(stops, vans=({"count": 4},), wishes=wishes), seed=1, iterations=20)
    assert earlier == {
        stop.stop_id: (route.vehicle_type_id, route.vehicle_no) for route in answer.routes for stop in route.stops
    }
    assert 0.0 == answer.parts_eur["stability"]


def test_ties_between_hubs_keep_them_together(line):
    """Alternatives, groups and a price on balance that span two hubs: not split; a third hub stays apart."""
    vans = ({}, {"vehicle_type_id": "far", "hub_id": "H1"}, {"vehicle_type_id": "south", "hub_id": "H2"})
    hubs = ({}, {"km": 40}, {"km": -60})
    bound = [{"km": 1, "hub_id": "H0"}, {"km": 39, "hub_id": "H1"}, {"km": -59, "hub_id": "H2"}]
    for tie in ("alternative_of", "same_van"):
        tied = [{**stop, tie: "t"} if stop["hub_id"] != "H2" else stop for stop in bound]
        parts = split_by_hub(line(tied, vans=vans, hubs=hubs))
        assert [["P0", "P1"], ["P2"]] == [[stop.stop_id for stop in part.stops] for part in parts]
    assert 1 == len(split_by_hub(line(bound, vans=vans, hubs=hubs, wishes=Wishes(balance_per_hour_eur=1.0))))


def test_a_stop_bound_to_types_of_one_hub_belongs_to_it(line):
    """No hub is named, but only the far vans may come: two independent parts."""
    vans = ({}, {"vehicle_type_id": "far", "hub_id": "H1"})
    stops = [{"km": 1, "hub_id": "H0"}, {"km": 39, "vehicle_type_ids": frozenset({"far"})}]
    assert [["P0"], ["P1"]] == [
        [stop.stop_id for stop in part.stops] for part in split_by_hub(line(stops, vans=vans, hubs=({}, {"km": 40})))
    ]


def test_alternatives_out_of_reach_do_not_make_a_night_impossible(line):
    """One of two alternatives is too far for any shift: the other is visited, and the proof stands."""
    answer = solve_pickup(line([{"km": 400, "alternative_of": "a"}, {"km": 1, "alternative_of": "a"}]), seed=1)
    assert (Status.OPTIMAL, 13.8, ()) == (answer.status, answer.objective_eur, answer.unserved)
    with pytest.raises(InfeasibleError, match="None of the 2 alternatives of 'a' can be visited. Stop 'P0' brings"):
        solve_pickup(line([{"km": 400, "alternative_of": "a"}, {"km": 500, "alternative_of": "a"}]), seed=1)


def test_a_large_night_needs_no_matrix(line, monkeypatch):
    """Above the limits (lowered here) the first plan is a sweep and the bound needs neighbours only."""
    monkeypatch.setattr("routing.pickup.construct.MAX_DENSE", 10)
    monkeypatch.setattr("routing.pickup.bound.MAX_DENSE", 10)
    monkeypatch.setattr("routing.pickup.repair.LARGE", 10)
    rng = np.random.default_rng(1)
    plane = PlaneMatrix(rng.random(61) * 9_000, rng.random(61) * 9_000)
    monkeypatch.setattr(PlaneMatrix, "__getitem__", _reads_few(PlaneMatrix.__getitem__))
    stops = [{"km": 0, "stop_id": f"S{idx}", "load": 3} for idx in range(60)]
    problem = dataclasses.replace(line(stops, vans=({"count": 60},)), distance_m=plane, duration_s=plane)
    part = to_integers(problem)
    first = begin(part, ())
    answer = with_bound(part, first, stop=StopRule(None, None))
    schedule = evaluate(part, answer.routes)
    assert schedule.feasible
    assert 0.3 * schedule.objective_micro < answer.bound_micro <= schedule.objective_micro


def _reads_few(read):
    """Reading an index, as long as the answer is no matrix of all places."""

    def careful(self, index):
        entries = read(self, index)
        assert entries.size <= 61 * 12
        return entries

    return careful


def test_a_gap_is_given_only_where_it_says_something():
    """Infinite, zero and negative numbers have no gap; equal ones have none to close."""
    assert 0.25 == relative_gap(objective_eur=8.0, bound_eur=6.0)
    assert 0.0 == relative_gap(objective_eur=0.0, bound_eur=0.0)
    assert [None, None] == [relative_gap(objective_eur=5.0, bound_eur=bound) for bound in (0.0, -math.inf)]
