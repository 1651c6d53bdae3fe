"""Facility location: optima of small problems, limits on sites, what cannot be."""

from dataclasses import replace

import numpy as np
import pytest

from network_design.locate.answer import Deadline
from network_design.locate.check.facilities import check
from network_design.locate.facility import solve
from network_design.locate.facility.relaxation import Relaxation
from network_design.locate.facility.single_planner import SinglePlanner
from network_design.locate.facility_problem import CountLimit, FacilityProblem, Service, with_sizes
from retour.errors import InfeasibleError
from retour.vocabulary import Status
from tests.network_design.locate.facility_oracle import draw_problem, optimum

BUDGET_S = 30.0  # none of these takes a tenth of it


def solved(problem):
    """The answer, proven and without a violation."""
    answer = solve(problem, seed=1, budget_s=BUDGET_S)
    assert () == check(problem, answer).violations
    return answer


@pytest.mark.parametrize("service", list(Service))
@pytest.mark.parametrize("seed", range(25))
def test_small_problems_are_solved_to_their_optimum(seed, service):
    """What the solver calls optimal is what trying every choice finds; nothing is claimed where nothing fits."""
    problem = draw_problem(seed, service)
    expected = optimum(problem)
    if expected == np.inf:
        try:
            assert solve(problem, seed=1, budget_s=BUDGET_S).cost is None
        except InfeasibleError:
            return
    else:
        answer = solved(problem)
        assert (Status.OPTIMAL, pytest.approx(expected)) == (answer.status, answer.cost)
        assert answer.bound <= expected * (1 + 1e-9)


@pytest.mark.parametrize("service", list(Service))
@pytest.mark.parametrize("seed", range(40, 60))
def test_lists_and_counts_are_honoured(seed, service):
    """Sites that must open or close and counts per group hold, at the least cost they allow."""
    limits = (CountLimit((0, 1), low=1, high=1),)
    problem = draw_problem(seed, service, must_close=(0,), limits=limits)
    expected = optimum(problem)
    if expected == np.inf:
        with pytest.raises(InfeasibleError):
            if solve(problem, seed=1, budget_s=BUDGET_S).cost is None:
                raise InfeasibleError("No plan was claimed.")
    else:
        answer = solved(problem)
        assert pytest.approx(expected) == answer.cost
        assert 0 not in answer.open_sites and 1 in answer.open_sites


@pytest.mark.parametrize("service", [Service.SPLIT, Service.SINGLE_SOURCE])
@pytest.mark.parametrize("seed", range(60, 75))
def test_one_size_of_a_site_is_built_at_most(seed, service):
    """Further sizes are alternatives: a site that must open is built in exactly one of them."""
    problem = with_sizes(
        draw_problem(seed, service, must_open=(1,)), {1: [(12.0, 30.0), (30.0, 45.0)], 0: [(15.0, 9.0)]}
    )
    sizes_of_second = {1, problem.sites - 3, problem.sites - 2}
    answer = solved(problem)
    assert 1 == len(sizes_of_second & set(answer.open_sites))
    assert pytest.approx(optimum(problem)) == answer.cost


def test_sizes_keep_counts_by_place():
    """A limit on a group counts every size of its sites, and a closed site is closed in all sizes."""
    base = draw_problem(3, Service.SPLIT, must_close=(0,), limits=(CountLimit((0, 1)),))
    sized = with_sizes(base, {0: [(9.0, 1.0)], 1: [(8.0, 2.0), (7.0, 3.0)]})
    first, last = base.sites, base.sites + 2
    assert (0, first, 1, first + 1, last) == sized.limits[0].sites
    assert (0, first) == sized.must_close
    assert [2, 1, 1] == [limit.most for limit in sized.limits]


@pytest.mark.parametrize("service", [Service.SPLIT, Service.SINGLE_SOURCE])
@pytest.mark.parametrize("seed", range(6))
def test_a_site_without_limit_is_one_that_holds_everything(seed, service):
    """A site that may serve any amount is chosen and priced as one with room for all that is wanted."""
    draw, sites, customers = np.random.default_rng(seed), 14, 31
    demand, capacity = draw.uniform(0.5, 20.0, customers), draw.uniform(60.0, 160.0, sites)
    capacity[4] = demand.sum() + 1.0
    problem = FacilityProblem(
        "room for all", service, draw.uniform(0.0, 300.0, sites), capacity, demand,
        draw.uniform(0.0, 100.0, (sites, customers)),
    )  # fmt: skip
    limitless = np.where(capacity > demand.sum(), np.inf, capacity)
    answers = [solved(problem), solved(replace(problem, capacity=limitless))]
    assert [Status.OPTIMAL] * 2 == [answer.status for answer in answers]
    assert pytest.approx(answers[0].cost) == answers[1].cost


def test_loads_that_just_fit_are_packed():
    """Sites hold exactly what is wanted: only perfect packings are plans, and one is found whatever it costs."""
    draw = np.random.default_rng(271)
    demand = draw.integers(1, 200, 16).astype(float)
    capacity = np.bincount(draw.integers(0, 3, 16), weights=demand, minlength=3)
    cost = draw.integers(0, 20, (3, 16)).astype(float)
    problem = FacilityProblem("brim", Service.SINGLE_SOURCE, np.full(3, 5.0), capacity, demand, cost)
    planner = SinglePlanner(Relaxation.of(problem), seed=1, left_s=Deadline(BUDGET_S).left_s)
    planner.pack(np.ones(3, dtype=bool), until_s=0.0)
    assert planner.best is not None
    assert (capacity == np.bincount(planner.best.site_of, weights=demand)).all()
    assert planner.best.cost == 15.0 + cost[planner.best.site_of, np.arange(16)].sum()


@pytest.mark.parametrize("seed", range(8))
def test_the_best_of_the_few_packings_is_proven(seed):
    """Some loads are alike, so that some packings are perfect; costs are no whole numbers."""
    draw = np.random.default_rng(seed)
    demand = draw.integers(100, 999, 9).astype(float)
    demand[[3, 5, 6]] = demand[[4, 7, 8]]
    capacity = np.bincount(np.arange(9) % 3, weights=demand)
    cost = draw.uniform(0.0, 50.0, (3, 9))
    problem = FacilityProblem("alike", Service.SINGLE_SOURCE, np.zeros(3), capacity, demand, cost)
    answer = solved(problem)
    assert (Status.OPTIMAL, pytest.approx(optimum(problem))) == (answer.status, answer.cost)


def test_where_no_packing_exists_that_is_said():
    """Two sites of 10 cannot serve three customers of 6, though they hold more than is wanted."""
    two = FacilityProblem(
        "no packing", Service.SINGLE_SOURCE, np.ones(2), np.full(2, 10.0), np.full(3, 6.0), np.ones((2, 3))
    )
    with pytest.raises(InfeasibleError, match="their loads cannot serve each customer from one site"):
        solve(two, seed=1, budget_s=BUDGET_S)


def test_bound_never_passes_the_optimum():
    """The relaxation's bound stays below the optimum whatever it aims at."""
    for seed in range(30):
        for service in Service:
            problem = draw_problem(seed, service)
            best = optimum(problem)
            relaxation = Relaxation.of(problem)
            if best < np.inf:
                bounded = relaxation.bound(relaxation.root(), cutoff=2.0 * best + 10.0, steps=300)
                assert bounded.node.bound <= best + 1e-6


def test_site_price_is_what_a_unit_more_would_save():
    """Two sites, the cheap one full: one more unit there saves the difference of the unit costs.

    Demand 4 + 4, capacities 5 and 9; per unit the first site costs 1, the second 3: 5 units at 1 and 3 units at 3.
    """
    problem = FacilityProblem(
        name="two",
        service=Service.SPLIT,
        fixed_cost=np.zeros(2),
        capacity=np.array([5.0, 9.0]),
        demand=np.array([4.0, 4.0]),
        serving_cost=np.array([[4.0, 4.0], [12.0, 12.0]]),
        must_open=(0, 1),
    )
    answer = solved(problem)
    assert 14.0 == pytest.approx(answer.cost)
    assert [2.0, 0.0] == pytest.approx(answer.site_price.tolist())


def test_too_little_capacity_is_said_in_plain_words():
    """Sites too small for all demand: the sum wanted and the sum there are named."""
    problem = FacilityProblem(
        name="short",
        service=Service.SPLIT,
        fixed_cost=np.zeros(2),
        capacity=np.array([5.0, 2.0]),
        demand=np.array([4.0, 4.0]),
        serving_cost=np.ones((2, 2)),
    )
    with pytest.raises(InfeasibleError, match="customers want 8 in all, and the sites that may open hold 7"):
        solve(problem, seed=1, budget_s=BUDGET_S)


def test_a_customer_too_large_for_any_site_is_named():
    """With one site per customer the largest customer must fit somewhere."""
    problem = draw_problem(1, Service.SINGLE_SOURCE)
    wide = FacilityProblem(
        "large", problem.service, problem.fixed_cost, np.full(problem.sites, 100.0),
        np.append(problem.demand[1:], 101.0), problem.serving_cost,
    )  # fmt: skip
    with pytest.raises(InfeasibleError, match=rf"customer {problem.customers} wants 101 .* holds 100"):
        solve(wide, seed=1, budget_s=BUDGET_S)


def test_contradicting_counts_are_said():
    """Counts that no choice of sites meets together are an error of limits, not a plan."""
    limits = (CountLimit((0, 1), low=2), CountLimit((1,), high=0))
    with pytest.raises(InfeasibleError, match="contradict"):
        solve(draw_problem(0, Service.UNLIMITED, limits=limits), seed=1, budget_s=BUDGET_S)


def test_the_same_seed_finds_the_same_plan():
    """Two threads work side by side, and nothing in the answer depends on them."""
    problem = draw_problem(11, Service.SINGLE_SOURCE)
    first, second = (solve(problem, seed=5, budget_s=BUDGET_S) for _ in range(2))
    assert (first.open_sites, first.assignment.tolist()) == (second.open_sites, second.assignment.tolist())


def test_progress_tells_bounds_below_costs():
    """What is told on the way is in order: time goes on, costs fall, bounds rise and stay below."""
    told = []
    solve(draw_problem(7, Service.SPLIT), seed=1, budget_s=BUDGET_S, on_progress=told.append)
    costs, bounds = [p.cost for p in told if p.cost is not None], [p.bound for p in told if p.bound is not None]
    assert costs == sorted(costs, reverse=True) and bounds == sorted(bounds)
    assert bounds[-1] <= costs[-1] + 1e-6
