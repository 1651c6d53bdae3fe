"""Exact plans and lower bounds against trying every plan."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.pickup import evaluate
from routing.pickup.bound import lower_bound, quick_bound
from routing.pickup.construct import construct
from routing.pickup.exact import solve_exactly
from routing.pickup.integers import to_integers

seeds = st.integers(0, 10_000)
few = settings(max_examples=40, deadline=None)


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
def test_bounds_never_exceed_the_optimum(seed, random_problem):
    """Neither the quick nor the linear bound is above the proven optimum, whatever the features."""
    integers = to_integers(random_problem(np.random.default_rng(seed), stops=6))
    plan = solve_exactly(integers)
    if plan.routes is None:
        return
    assert quick_bound(integers) <= plan.objective_micro
    assert lower_bound(integers, routes=plan.routes) <= plan.objective_micro


@few
@given(seed=seeds)
def test_construction_breaks_no_limit(seed, random_problem):
    """A constructed plan may miss required stops, but breaks nothing else."""
    problem = random_problem(np.random.default_rng(seed), stops=7)
    rules = {breach.rule for breach in evaluate(problem, construct(to_integers(problem))).breaches}
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
