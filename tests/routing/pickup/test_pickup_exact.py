"""Exact plans and lower bounds against trying every plan."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.pickup import Route, evaluate
from routing.pickup.bound import lower_bound, quick_bound
from routing.pickup.bound_room import room_bound
from routing.pickup.bound_wide import wide_bound
from routing.pickup.construct import construct
from routing.pickup.exact import solve_exactly
from routing.pickup.integers import to_integers
from routing.pickup.plane import PlaneMatrix, Rounding
from routing.pickup.problem import Break, Wishes
from routing.pickup.repair import repair
from routing.pickup.sweep import sweep
from routing.pickup.tours import to_routes

seeds = st.integers(0, 10_000)
few = settings(max_examples=25, deadline=None)
many = settings(max_examples=120, deadline=None)


@few
@given(seed=seeds)
def test_exact_plan_is_the_cheapest_of_all_plans(seed, random_problem, try_plans):
    """Windows, trips, prizes, hubs, mixed vans and every limit: the labels find what enumeration finds."""
    problem = random_problem(np.random.default_rng(seed), stops=4)
    plan = solve_exactly(to_integers(problem))
    cheapest = try_plans(problem)
    assert cheapest == (None if plan.routes is None else plan.objective_micro)
    if plan.routes is not None:
        schedule = evaluate(problem, plan.routes)
        assert (True, cheapest) == (schedule.feasible, schedule.objective_micro)


@few
@given(seed=seeds)
def test_exact_plan_honours_the_rich_model(seed, rich_problem, try_plans):
    """Deliveries, alternatives, same van, types, overtime, other ends, linehaul first and compactness, all at once."""
    problem = rich_problem(np.random.default_rng(seed), stops=4, skip=("release_s", "breaks"))
    problem = dataclasses.replace(
        problem, wishes=Wishes(compactness_per_km_eur=problem.wishes.compactness_per_km_eur)
    )
    plan = solve_exactly(to_integers(problem))
    cheapest = try_plans(problem)
    assert cheapest == (None if plan.routes is None else plan.objective_micro)
    if plan.routes is not None:
        schedule = evaluate(problem, plan.routes)
        assert ((), cheapest) == (schedule.breaches, schedule.objective_micro)


@pytest.mark.parametrize("wanting", ["breaks", "release_s", "balance", "stability"])
def test_what_the_labels_do_not_model_is_declined(line, wanting):
    """No proof is better than a wrong one."""
    stops = [{"km": 1, "release_s": 9 * 3_600 if wanting == "release_s" else 0}]
    vans = ({"breaks": (Break(60, 900),) if wanting == "breaks" else ()},)
    wishes = {
        "balance": Wishes(balance_per_hour_eur=1),
        "stability": Wishes(stability_per_stop_eur=1, earlier_vans={"P0": ("van", 2)}),
    }
    problem = line(stops, vans=vans, wishes=wishes.get(wanting, Wishes()))
    assert solve_exactly(to_integers(problem)) is None


@many
@given(seed=seeds)
def test_bounds_never_exceed_the_optimum(seed, random_problem):
    """Neither the quick, the linear nor the memory-linear bound is above the proven optimum, whatever the features."""
    integers = to_integers(random_problem(np.random.default_rng(seed), stops=6))
    plan = solve_exactly(integers)
    if plan.routes is None:
        return
    assert quick_bound(integers) <= plan.objective_micro
    assert wide_bound(integers) <= plan.objective_micro
    assert room_bound(integers) <= plan.objective_micro
    assert lower_bound(integers, routes=plan.routes) <= plan.objective_micro


@many
@given(seed=seeds)
def test_bounds_hold_for_the_rich_model(seed, rich_problem):
    """Deliveries, alternatives, overtime and the rest only make plans dearer than the bounds know."""
    problem = rich_problem(np.random.default_rng(seed), stops=5, skip=("release_s", "breaks", "wishes"))
    integers = to_integers(problem)
    plan = solve_exactly(integers)
    if plan.routes is None:
        return
    assert quick_bound(integers) <= plan.objective_micro
    assert wide_bound(integers) <= plan.objective_micro
    assert room_bound(integers) <= plan.objective_micro
    assert lower_bound(integers, routes=plan.routes) <= plan.objective_micro


@many
@given(seed=seeds)
def test_bounds_hold_in_the_plane(seed, line):
    """Capacitated routes with distances computed on read, rounded either way: no bound is above the proven optimum."""
    rng = np.random.default_rng(seed)
    plane = PlaneMatrix(
        rng.integers(0, 9, 8).astype(float), rng.integers(0, 9, 8).astype(float),
        scale=float(rng.integers(1, 4)), rounding=Rounding(rng.choice(["nearest", "down"])),
    )  # fmt: skip
    stops = [{"km": 0, "load": int(rng.integers(1, 5)), "service_s": 0} for _ in range(7)]
    van = {"capacity": int(rng.integers(5, 9)), "count": 7, "fixed_eur": 0, "per_hour_eur": 0, "per_km_eur": 1_000}
    problem = dataclasses.replace(line(stops, vans=(van,)), distance_m=plane, duration_s=plane)
    integers = to_integers(problem)
    plan = solve_exactly(integers)
    assert quick_bound(integers) <= plan.objective_micro
    assert wide_bound(integers) <= plan.objective_micro
    assert room_bound(integers) <= plan.objective_micro
    assert lower_bound(integers, routes=plan.routes) <= plan.objective_micro


@many
@given(seed=seeds)
def test_construction_breaks_no_limit(seed, random_problem):
    """A constructed plan may miss required stops, but breaks nothing else."""
    problem = random_problem(np.random.default_rng(seed), stops=7)
    rules = {breach.rule for breach in evaluate(problem, construct(to_integers(problem))).breaches}
    assert rules <= {"required"}


@many
@given(seed=seeds)
def test_construction_honours_the_rich_model(seed, rich_problem):
    """Every feature at once: a constructed plan may miss required stops, but breaks nothing else."""
    problem = rich_problem(np.random.default_rng(seed), stops=8)
    rules = {breach.rule for breach in evaluate(problem, construct(to_integers(problem))).breaches}
    assert rules <= {"required"}


@many
@given(seed=seeds)
def test_a_sweep_honours_the_rich_model(seed, rich_problem):
    """The plan for very large nights, on a small one."""
    problem = rich_problem(np.random.default_rng(seed), stops=12)
    integers = to_integers(problem)
    rules = {breach.rule for breach in evaluate(problem, to_routes(integers, sweep(integers))).breaches}
    assert rules <= {"required"}


@many
@given(seed=seeds)
def test_any_plan_can_be_repaired(seed, rich_problem):
    """Random routes over every feature come back with nothing broken, whatever they broke before."""
    rng = np.random.default_rng(seed)
    problem = rich_problem(rng, stops=8)
    ids = [f"P{idx}" for idx in rng.integers(0, 8, 10)]
    routes = [Route("van", 1, (tuple(ids[:3]), tuple(ids[3:5]))), Route("far", 1, (tuple(ids[5:]),))]
    rules = {breach.rule for breach in evaluate(problem, repair(to_integers(problem), routes)).breaches}
    assert rules <= {"required"}


def test_linear_bound_closes_most_of_the_gap_on_a_plain_night(line):
    """One van, no windows: legs that must join up are worth nearly the optimum."""
    problem = line([{"km": km} for km in (-7, -3, 2, 5, 9, 12)])
    integers = to_integers(problem)
    plan = solve_exactly(integers)
    assert lower_bound(integers, routes=plan.routes) >= 0.99 * plan.objective_micro


def test_more_stops_than_asked_for_are_not_proven(line):
    """Above the limit the exact solver declines instead of running for ever."""
    assert solve_exactly(to_integers(line([{"km": 1}, {"km": 2}])), max_stops=1) is None


def test_construction_does_not_give_the_room_of_required_stops_to_others(line):
    """Two vans of 7, required loads 4 + 3 and 4 + 2 + 1: they only fit when optional stops come after them."""
    required = [{"km": km, "load": load} for km, load in ((-25, 4), (14, 4), (-27, 1), (10, 2), (-21, 3))]
    tempting = [
        {"km": km, "load": load, "required": False, "prize_eur": 60} for km, load in ((-15, 1), (-12, 2), (10, 1))
    ]
    problem = line([*tempting, *required], vans=({"capacity": 7, "max_duration_s": 8_280},))
    assert () == evaluate(problem, construct(to_integers(problem))).missing_required
