"""The compiled parts of facility location against plain enumeration."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from network_design.locate.facility.assign import settle_assignments
from network_design.locate.facility.assign_tree import assign_by_tree
from network_design.locate.facility.knapsack import choose_sites, fill_split, fill_whole
from network_design.locate.facility.relaxation import Relaxation
from network_design.locate.facility.sorting import falling
from network_design.locate.facility.transport import serve_split
from network_design.locate.facility_problem import Service
from tests.network_design.locate.facility_oracle import choices, draw_problem

ITEMS = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 12)), min_size=1, max_size=9)


@given(ITEMS, st.integers(0, 40))
@settings(deadline=None)
def test_whole_knapsack_is_the_best_of_all_subsets(items, room):
    """The profit returned is that of the best subset, and the subset marked has it."""
    profit, weight = (np.array(column, dtype=float) for column in zip(*items, strict=True))
    subsets = [np.array(subset) for subset in product((0.0, 1.0), repeat=len(items))]
    expected = max(subset @ profit for subset in subsets if subset @ weight <= room)
    share = np.empty(len(items))
    assert np.isclose(expected, fill_whole(profit, weight, len(items), float(room), share), atol=1e-6)
    assert np.isclose(expected, share @ profit, atol=1e-6) and share @ weight <= room


@given(ITEMS, st.integers(0, 40))
@settings(deadline=None)
def test_split_knapsack_is_the_linear_optimum(items, room):
    """Shares fill the room at the best profit."""
    profit, weight = (np.array(column, dtype=float) for column in zip(*items, strict=True))
    expected = -linprog(-profit, weight[None, :], [room], bounds=(0, 1)).fun
    share = np.empty(len(items))
    assert np.isclose(expected, fill_split(profit, weight, len(items), float(room), share), atol=1e-6)


@given(st.lists(st.tuples(st.integers(-20, 20), st.integers(1, 9)), min_size=1, max_size=8), st.integers(0, 40))
@settings(deadline=None)
def test_sites_are_chosen_at_least_cost(sites, need):
    """The choice covers the need at the least sum of prices, inf where all sites together do not."""
    price, capacity = (np.array(column, dtype=float) for column in zip(*sites, strict=True))
    subsets = [np.array(subset) for subset in product((0.0, 1.0), repeat=len(sites))]
    expected = min((subset @ price for subset in subsets if subset @ capacity >= need), default=np.inf)
    chosen, state = np.zeros(len(sites), dtype=bool), np.zeros(len(sites), dtype=np.int8)
    found = choose_sites(price, capacity, float(need), 1.0, state, chosen)
    assert found == expected or np.isclose(found, expected, atol=1e-5)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=60))
@settings(deadline=None)
def test_falling_order_is_stable(keys):
    """Largest first, equal keys as they come."""
    key = np.array(keys, dtype=float)
    assert np.argsort(-key, kind="stable").tolist() == falling(key, len(key)).tolist()


def test_transport_is_the_linear_optimum():
    """Exchanges along shortest paths end at the optimum, and amounts respect capacities."""
    for seed in range(150):
        problem = draw_problem(seed, Service.SPLIT)
        for opened in choices(problem)[:6]:
            cost, capacity = np.ascontiguousarray(problem.serving_cost[opened]), problem.capacity[opened]
            amount, price = np.zeros(cost.shape), np.zeros(len(cost))
            found = serve_split(cost, problem.demand, capacity, amount, price)
            room = np.kron(np.eye(len(cost)), problem.demand)
            served = np.tile(np.eye(problem.customers), len(cost))
            exact = linprog(cost.ravel(), room, capacity, served, np.ones(problem.customers))
            assert found == np.inf if not exact.success else np.isclose(exact.fun, found)
            assert not exact.success or (amount.sum(axis=1) <= capacity + 1e-6).all()


def test_no_assignment_of_a_better_plan_is_struck():
    """Whatever costs less than the cutoff keeps all its assignments."""
    for seed in range(60):
        problem = draw_problem(seed, Service.SINGLE_SOURCE)
        relaxation, opened = Relaxation.of(problem), np.ones(problem.sites, dtype=bool)
        root = relaxation.root()
        root.state[:] = 1
        bounded = relaxation.bound(root, cutoff=1e9, steps=100)
        plans = [*_whole_plans(problem)]
        if not plans:
            continue
        cutoff = min(cost for cost, _ in plans) + 5.0
        possible = np.ones((problem.sites, problem.customers), dtype=bool)
        prices = bounded.node.prices[: problem.customers]
        settle_assignments(
            prices,
            problem.serving_cost[opened],
            problem.demand,
            problem.capacity,
            cutoff - bounded.node.bound,
            possible,
        )
        for cost, site_of in plans:
            if cost < cutoff - 1e-6:
                assert possible[list(site_of), np.arange(problem.customers)].all()


def _whole_plans(problem):
    """Every plan with all sites open, with its cost."""
    for site_of in product(range(problem.sites), repeat=problem.customers):
        load = np.bincount(site_of, weights=problem.demand, minlength=problem.sites)
        if (load <= problem.capacity).all():
            serving = problem.serving_cost[list(site_of), np.arange(problem.customers)].sum()
            yield problem.fixed_cost.sum() + serving, site_of


def test_assignment_tree_finds_the_cheapest_plan():
    """Searched to its end, the tree finds the cheapest plan below the cutoff, and none where there is none."""
    for seed in range(80):
        problem = draw_problem(seed, Service.SINGLE_SOURCE)
        plans = [cost - problem.fixed_cost.sum() for cost, _ in _whole_plans(problem)]
        best = min(plans, default=np.inf)
        for cutoff in (1e6, best + 1.0, best):
            possible = np.ones((problem.sites, problem.customers), dtype=bool)
            prices, site_of = np.zeros(problem.customers), np.zeros(problem.customers, dtype=np.int64)
            if cutoff < np.inf:
                found, done = assign_by_tree(
                    problem.serving_cost,
                    problem.demand,
                    problem.capacity,
                    prices,
                    possible,
                    cutoff,
                    1e-3,
                    10**5,
                    site_of,
                )
                assert done and found == (best if best < cutoff else np.inf)
