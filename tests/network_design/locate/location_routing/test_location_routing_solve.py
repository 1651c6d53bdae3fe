"""The solver finds what trying everything finds, and proves no more than is true."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from network_design.locate.answer import LocationProgress
from network_design.locate.check.location_routing import check
from network_design.locate.location_routing.solving import solve
from network_design.locate.reading.location_routing import read
from retour.errors import InfeasibleError
from tests.network_design.locate.location_routing.oracle import cheapest_cost, random_problem

SHARED = Path(__file__).resolve().parents[5] / "shared" / "benchmarks" / "network_design"


@pytest.mark.parametrize("seed", range(6))
def test_small_problems_are_solved_and_bounded(seed: int):
    """The cost is that of the cheapest plan, and the bound is not above it."""
    problem = random_problem(seed, customers=6, depots=3, whole_costs=seed % 2 == 0, tight=seed > 3)
    answer = solve(problem, seed=seed, budget_s=0.3)
    cheapest = cheapest_cost(problem)
    assert check(problem, answer).feasible
    assert cheapest == pytest.approx(answer.cost)
    assert answer.bound is not None
    assert answer.bound <= cheapest * (1 + 1e-9)
    assert answer.bound > 0


def test_a_single_customer_is_served_from_the_cheaper_depot():
    """Nothing is near anything here: one customer, one route."""
    problem = random_problem(3, customers=1, depots=2, whole_costs=False)
    answer = solve(problem, seed=1, budget_s=0.1)
    there_and_back = 2 * np.sqrt(((problem.depot_xy - problem.customer_xy) ** 2).sum(axis=1))
    assert pytest.approx((problem.opening_cost + problem.route_cost + there_and_back).min()) == answer.cost


def test_depots_that_are_filled_to_the_brim_are_found():
    """Both depots must be exactly full: customers of 3 and 3 in one, of 2, 2 and 2 in the other."""
    problem = replace(
        random_problem(1, customers=5, depots=2, whole_costs=True),
        demand=np.array([3.0, 3.0, 2.0, 2.0, 2.0]), depot_capacity=np.array([6.0, 6.0]), vehicle_capacity=6.0,
    )  # fmt: skip
    answer = solve(problem, seed=1, budget_s=0.3)
    assert cheapest_cost(problem) == answer.cost
    assert [6, 6] == [problem.demand[answer.assignment == depot].sum() for depot in (0, 1)]


def test_progress_is_told_with_falling_costs():
    """Costs fall, bounds come after the first plan, and seconds rise."""
    told: list[LocationProgress] = []
    solve(random_problem(2, customers=6, depots=3, whole_costs=True), seed=1, budget_s=0.3, on_progress=told.append)
    costs = [progress.cost for progress in told]
    assert costs == sorted(costs, reverse=True)
    assert [progress.seconds for progress in told] == sorted(progress.seconds for progress in told)
    assert told[-1].bound is not None


def test_limits_that_no_plan_can_keep_are_named():
    """All at once: total demand, and each customer that is too large."""
    problem = replace(
        random_problem(1, customers=3, depots=2, whole_costs=True),
        demand=np.array([30.0, 5.0, 50.0]), depot_capacity=np.array([40.0, 20.0]), vehicle_capacity=45.0,
    )  # fmt: skip
    with pytest.raises(InfeasibleError) as error:
        solve(problem, seed=1, budget_s=0.1)
    assert (
        "No plan fits: customers need 85 and all depots together hold 60. Add or enlarge depots.",
        "No plan fits: customer 3 needs 50 at once and the largest depot holds 40. "
        "Split the customer or enlarge what holds it.",
    ) == error.value.reasons


@pytest.mark.slow
@pytest.mark.parametrize(("name", "optimum"), [("20-5-1", 54_793), ("20-5-1b", 39_104), ("50-5-1", 90_111)])
def test_published_optima_are_met(name: str, optimum: int):
    """Prins, Prodhon and Wolfler Calvo's files with arcs rounded up: cut arcs would cost less than the optimum."""
    path = SHARED / "lrp_prodhon" / f"{name}.gz"
    if not path.exists():
        pytest.skip("the public instances are not beside the repository")
    problem = read(path, kind="lrp")
    answer = solve(problem, seed=1, budget_s=15)
    assert check(problem, answer).feasible
    assert optimum == answer.cost
    assert answer.bound is not None
    assert 0.8 * optimum < answer.bound <= optimum
