"""Promises of the checker of p-median, p-centre and covering answers: figures worked by hand, every rule by name."""

import numpy as np
import pytest

from network_design.locate.answer import LocationAnswer
from network_design.locate.check.distances import check
from network_design.locate.distances import DistanceProblem, Graph, Matrix, Points
from retour.vocabulary import Status

LINE = Points(np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0], [1.0, 1.0]]))  # 5, 10 and 1.41 from the first


def problem(kind="pmedian", **changes):
    """Four points on a line or beside it, two sites to open."""
    given = {"name": "line", "distances": LINE, "weight": np.array([1.0, 2.0, 1.0, 1.0]), "least_sites": 2}
    return DistanceProblem(**{**given, "kind": kind, "most_sites": 2, **changes})


def answer(open_sites=(0, 2), assignment=(0, 0, 2, 0), cost=11.0):
    """Sites 1 and 3 are open; customer 2 is 5 away from both."""
    return LocationAnswer(Status.FEASIBLE, cost, 0.0, open_sites, np.array(assignment))


def rules(found):
    """Names of the broken rules."""
    return [violation["rule"] for violation in found.violations]


@pytest.mark.parametrize(
    ("kind", "cost"),
    [("pmedian", 2 * 5 + 1), ("pcentre", 5), ("mclp", 2)],  # 1.41 is cut to 1; only customer 2, weight 2, is beyond 3
)
def test_costs_are_those_worked_out_by_hand(kind, cost):
    """The weighted sum, the largest distance, the weight that is not covered."""
    checked = check(problem(kind, radius=3.0), answer())
    assert (cost, ()) == (checked.cost, checked.violations)


def test_graphs_and_matrices_are_priced_too():
    """Along edges 2 + 3, by the row of the customer."""
    graph = Graph(3, np.array([[0, 1], [1, 2]]), np.array([2.0, 3.0]))
    matrix = Matrix(np.array([[0.0, 9.0], [2.0, 9.0], [5.0, 9.0]]))
    for distances in (graph, matrix):
        case = problem(distances=distances, weight=np.ones(3), least_sites=1)
        assert 7.0 == check(case, answer((0,), (0, 0, 0), 7.0)).cost


@pytest.mark.parametrize(
    ("changes", "given", "rule"),
    [
        ({}, {"open_sites": (0,), "assignment": (0, 0, 0, 0)}, "site_count"),
        ({}, {"open_sites": (0, 1, 2), "assignment": (0, 1, 2, 0)}, "site_count"),
        ({}, {"open_sites": (0, 2, 2)}, "once"),
        ({"must_open": frozenset({1})}, {}, "must_open"),
        ({"must_close": frozenset({2})}, {}, "must_close"),
        ({}, {"assignment": (0, 1, 2, 0)}, "from_open"),
        ({}, {"assignment": (0, 0, 2, 2)}, "nearest"),
        ({}, {"open_sites": (0, 9)}, "known_site"),
        ({}, {"assignment": (0, 0, 2)}, "every_customer"),
    ],
)
def test_every_rule_is_found_broken(changes, given, rule):
    """One broken rule, named, with a sentence."""
    checked = check(problem(**changes), answer(**given))
    assert [rule] == rules(checked)
    assert not checked.feasible and checked.violations[0]["message"].endswith(".")


def test_a_customer_nobody_reaches_has_no_price():
    """Infinite distances are a broken rule, not a number."""
    case = problem(distances=Matrix(np.array([[1.0, 1.0], [np.inf, np.inf]])), weight=np.ones(2), least_sites=1)
    checked = check(case, answer((0,), (0, 0)))
    assert (None, ["reachable"]) == (checked.cost, rules(checked))


def test_without_a_plan_there_is_no_price():
    """Not feasible, and nothing is broken."""
    checked = check(problem(), LocationAnswer(Status.FAILED, None, None))
    assert (None, False, ()) == (checked.cost, checked.feasible, checked.violations)
