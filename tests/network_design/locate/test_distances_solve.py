"""Promises of p-median, p-centre and covering: what every choice tried out says, proven, and judged sound."""

from functools import partial
from importlib import import_module

import numpy as np
import pytest

from network_design.locate import covering, pcentre, pmedian
from network_design.locate.answer import Deadline
from network_design.locate.check.distances import check
from network_design.locate.distances import DistanceProblem, Graph, Matrix
from network_design.locate.pcentre.within import all_within
from network_design.locate.pmedian.ascent_kernels import bound_node, branch, raise_bound
from network_design.locate.pmedian.halting import Halt
from network_design.locate.pmedian.incumbent import Incumbent
from network_design.locate.pmedian.near import near_sites
from network_design.locate.pmedian.start import first_prices, plan_cost
from network_design.locate.pmedian.swap_kernels import search
from network_design.locate.pmedian.warm import compile_all
from network_design.locate.pmedian.work import Work
from retour.errors import InfeasibleError
from retour.vocabulary import Status
from tests.network_design.locate import distances_oracle as oracle

SOLVERS = {"pmedian": pmedian.solve, "pcentre": pcentre.solve, "mclp": covering.solve}
BUDGET_S = 60.0  # never needed: the compiler's first run included


def solved(problem: DistanceProblem):
    """The answer, after the checker has found it sound and its cost right."""
    answer = SOLVERS[problem.kind](problem, seed=1, budget_s=BUDGET_S)
    checked = check(problem, answer)
    assert () == checked.violations
    assert answer.cost == pytest.approx(checked.cost, rel=1e-9)
    return answer


def proven(problem: DistanceProblem) -> float:
    """The cost of an answer that is proven to be the best."""
    answer = solved(problem)
    assert (Status.OPTIMAL, pytest.approx(answer.cost)) == (answer.status, answer.bound)
    return answer.cost


@pytest.mark.parametrize("p", [1, 2, 4, 11, 12])
@pytest.mark.parametrize("kind", SOLVERS)
def test_few_points_are_solved_as_by_trying_everything(kind, p):
    """From one site to all of them."""
    for seed in range(4):
        problem = oracle.points(n=12, p=p, seed=seed, kind=kind, **({"radius": 6.0} if kind == "mclp" else {}))
        assert oracle.cheapest(problem) == proven(problem)


@pytest.mark.parametrize(("customers", "sites"), [(14, 6), (6, 14)])
@pytest.mark.parametrize("kind", SOLVERS)
def test_a_matrix_with_weights_is_solved_as_by_trying_everything(kind, customers, sites):
    """Customers and sites need not be the same, nor costs whole numbers."""
    for seed in range(4):
        more = {"radius": 3.0} if kind == "mclp" else {}
        problem = oracle.matrix(customers=customers, sites=sites, p=3, seed=seed, kind=kind, **more)
        assert oracle.cheapest(problem) == pytest.approx(proven(problem), rel=1e-7)


@pytest.mark.parametrize("kind", SOLVERS)
def test_given_sites_stay_as_they_are(kind):
    """What must be open is open, what must be closed is not, and the rest is the best there is."""
    for seed in range(4):
        more = {"radius": 6.0} if kind == "mclp" else {}
        limits = {"must_open": frozenset({0, 5}), "must_close": frozenset({1, 2, 3})}
        problem = oracle.points(n=12, p=4, seed=seed, kind=kind, **limits, **more)
        answer = solved(problem)
        assert oracle.cheapest(problem) == answer.cost == answer.bound
        assert {0, 5} <= set(answer.open_sites) and not {1, 2, 3} & set(answer.open_sites)


def test_an_expansion_keeps_the_existing_sites():
    """Two sites exist, two more open: never better than four chosen freely, never worse than the two alone."""
    problem = oracle.points(n=14, p=4, seed=3)
    existing = problem.replace(least_sites=0, most_sites=2, must_open=frozenset({4, 7}))
    expanded = existing.expanding(existing=(4, 7), new=2)
    assert 4 == expanded.most_sites
    assert oracle.cheapest(problem) <= proven(expanded) == oracle.cheapest(expanded) <= proven(existing)


def test_one_more_site_saves_no_more_than_its_price_says():
    """The price of a site bounds what the next one really saves."""
    for seed in range(4):
        problem = oracle.points(n=14, p=3, seed=seed)
        answer = solved(problem)
        saved = answer.cost - oracle.cheapest(problem.replace(least_sites=4, most_sites=4))
        assert 0 < saved <= answer.one_more_site_saves + 1e-6


def test_prices_of_customers_prove_the_bound():
    """With the prices alone the Lagrangian bound can be worked out again, and no plan is below it."""
    problem = oracle.points(n=14, p=3, seed=2)
    answer = solved(problem)
    distance = problem.distances.between(customers=slice(None), sites=slice(None))
    worth = np.minimum(0.0, distance - answer.customer_price[:, None]).sum(axis=0)
    bound = answer.customer_price.sum() + np.sort(worth)[:3].sum()
    assert 0.9 * answer.cost < bound <= answer.cost + 1e-9


def test_parts_without_a_way_between_them_need_a_site_each():
    """Two islands and one site: the sentence says how many sites it takes."""
    graph = Graph(4, np.array([[0, 1], [2, 3]]), np.array([3.0, 4.0]))
    problem = DistanceProblem("islands", "pmedian", graph, np.ones(4), 1, 1)
    with pytest.raises(InfeasibleError, match="2 parts .* only 1 sites may open; open at least 2"):
        pmedian.solve(problem, seed=1, budget_s=BUDGET_S)
    assert 7.0 == proven(problem.replace(least_sites=2, most_sites=2))


def test_a_customer_out_of_reach_is_named():
    """Closing the only site that reaches customer 2 leaves it without any."""
    far = Matrix(np.array([[1.0, 2.0], [np.inf, 5.0]]))
    problem = DistanceProblem("far", "pmedian", far, np.ones(2), 1, 1, must_close=frozenset({1}))
    with pytest.raises(InfeasibleError, match="reaches customers 2; allow one"):
        pmedian.solve(problem, seed=1, budget_s=BUDGET_S)


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"must_open": frozenset({1, 2, 3, 4})}, "4 sites must be open but at most 3 may be"),
        ({"must_open": frozenset({1}), "must_close": frozenset({1})}, "Site 2 must be open and must be closed"),
        ({"must_close": frozenset(range(10))}, "At least 3 sites must be open but only 2 may be"),
        ({"least_sites": 0, "must_close": frozenset(range(12))}, "No site may be open"),
    ],
)
def test_limits_that_contradict_each_other_are_named(limits, sentence):
    """Before any search."""
    problem = oracle.points(n=12, p=3, seed=1).replace(**limits)
    with pytest.raises(InfeasibleError, match=sentence):
        pmedian.solve(problem, seed=1, budget_s=BUDGET_S)


def test_a_plan_and_a_bound_come_in_time_though_nothing_is_proven():
    """A budget too short for a proof still ends with a sound plan below which nothing can be."""
    random = np.random.default_rng(5)
    problem = DistanceProblem("hard", "pmedian", Matrix(random.uniform(1, 2, size=(400, 400))), np.ones(400), 20, 20)
    answer = pmedian.solve(problem, seed=2, budget_s=3.0)
    short = pmedian.solve(problem, seed=1, budget_s=0.5)
    assert () == check(problem, short).violations
    assert short.status is Status.FEASIBLE and 0 < short.bound <= answer.cost <= short.cost * 1.05


def test_a_radius_asked_in_vain_does_not_hide_the_others(monkeypatch):
    """The first questions stay without an answer; the radii beside them are asked, then these again."""
    problem = oracle.points(n=14, p=3, seed=1, kind="pcentre")
    asked, ask = [], all_within

    def impatient(case, *, radius, begin, **given):
        asked.append(radius)
        return (None, begin) if len(asked) <= 3 else ask(case, radius=radius, begin=begin, **given)

    monkeypatch.setattr(import_module("network_design.locate.pcentre.solve"), "all_within", impatient)
    assert oracle.cheapest(problem) == proven(problem)
    assert len(asked) < 40


def test_warming_compiles_every_kernel():
    """What a first run needs has been compiled afterwards, the search tree's kernels too."""
    compile_all()
    assert all(kernel.signatures for kernel in (search, raise_bound, bound_node, branch))


def test_ways_that_are_missing_are_never_taken():
    """Three customers, three sites that reach two each: one site is too few, two sites serve everybody."""
    values = np.array([[1.0, 2.0, np.inf], [np.inf, 4.0, 3.0], [5.0, np.inf, 6.0]])
    problem = DistanceProblem("ring", "pmedian", Matrix(values), np.ones(3), 1, 1)
    with pytest.raises(InfeasibleError, match="No single site .* open at least 2"):
        pmedian.solve(problem, seed=1, budget_s=BUDGET_S)
    assert 1.0 + 3.0 + 5.0 == proven(problem.replace(least_sites=2, most_sites=2))


@pytest.mark.parametrize(("kind", "cost_of_three"), [("pmedian", 5.0), ("pcentre", 1.0)])
def test_where_no_plan_serves_everybody_none_is_shown(kind, cost_of_three):
    """Five customers in a ring, each site reaches two neighbours: two sites leave one out, three are enough."""
    values = np.full((5, 5), np.inf)
    for customer in range(5):
        values[customer, [customer, (customer + 1) % 5]] = 1.0
    problem = DistanceProblem("ring", kind, Matrix(values), np.ones(5), 2, 2)
    with pytest.raises(InfeasibleError, match="No 2 sites reach every customer together; open more"):
        SOLVERS[kind](problem, seed=1, budget_s=BUDGET_S)
    in_no_time = SOLVERS[kind](problem, seed=1, budget_s=0.0)
    assert (Status.FAILED, None) == (in_no_time.status, in_no_time.cost)
    assert "serves every customer" in in_no_time.note
    assert not check(problem, in_no_time).feasible
    assert cost_of_three == proven(problem.replace(least_sites=3, most_sites=3))


@pytest.mark.parametrize("kind", ["pmedian", "pcentre"])
@pytest.mark.parametrize("seed", range(12))
def test_where_most_ways_are_missing_the_optimum_is_proven_all_the_same(seed, kind):
    """Four sites of twelve, each reaching some three customers; where no four reach everybody, that is said."""
    draw = np.random.default_rng(seed)
    values = np.where(draw.random((12, 12)) < 0.8, np.inf, draw.integers(1, 30, (12, 12)))
    values[np.arange(12), draw.integers(0, 12, 12)] = 3.0
    problem = DistanceProblem("few ways", kind, Matrix(values), np.ones(12), 4, 4)
    if np.isinf(oracle.cheapest(problem)):
        with pytest.raises(InfeasibleError):
            solved(problem)
    else:
        assert oracle.cheapest(problem) == proven(problem)


@pytest.mark.parametrize(
    "problem",
    [
        *(oracle.points(n=16, p=4, seed=seed) for seed in range(40)),
        *(oracle.matrix(customers=6, sites=16, p=3, seed=seed) for seed in range(40)),
    ],
)
def test_a_plan_that_needs_sites_out_of_reach_is_not_overlooked(problem):
    """With lists so short that some are served from sites not listed for them, or for nobody, the optimum is proven."""
    distance = problem.distances.between(customers=slice(None), sites=slice(None))
    near = near_sites(problem, np.sort(distance, axis=1)[:, 1], np.ones(problem.sites, dtype=bool))
    incumbent = Incumbent(whole=False, started=0.0)
    first = np.arange(problem.open_count)
    incumbent.offer(first, plan_cost(problem, first))
    with Halt(Deadline(BUDGET_S)) as halt:
        cost_of = partial(plan_cost, problem)
        price = first_prices(problem, incumbent.open_sites)
        Work(problem, near, incumbent, halt, price=price, cost_of=cost_of, seed=1).run()
    assert incumbent.is_proven
    assert pytest.approx(oracle.cheapest(problem)) == incumbent.cost
