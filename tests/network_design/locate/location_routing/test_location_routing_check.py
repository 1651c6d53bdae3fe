"""Answers are judged by the figures of the file alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from network_design.locate.answer import LocationAnswer
from network_design.locate.check.location_routing import check
from network_design.locate.location_routing.problem import LocationRouting
from retour.vocabulary import Status

PROBLEM = LocationRouting(
    name="hand",
    depot_xy=np.array([[0.0, 0.0], [10.0, 0.0]]),
    customer_xy=np.array([[3.0, 4.0], [0.0, 4.0], [10.0, 5.0]]),
    vehicle_capacity=10.0,
    depot_capacity=np.array([12.0, 5.0]),
    demand=np.array([5.0, 5.0, 4.0]),
    opening_cost=np.array([100.0, 80.0]),
    route_cost=7.0,
    whole_costs=False,
)
# Depot 1: 0,0 - 3,4 - 0,4 - 0,0 is 5 + 3 + 4 = 12; depot 2: 5 there and back. 180 to open, 14 for two routes.
ANSWER = LocationAnswer(Status.FEASIBLE, 216.0, None, open_sites=(0, 1), routes=((0, (0, 1)), (1, (2,))))


def rules(**changes: object) -> list[str]:
    """Return the rules that the answer breaks when it is changed so."""
    return [str(violation["rule"]) for violation in check(PROBLEM, replace(ANSWER, **changes)).violations]


def test_a_sound_plan_is_priced_by_hand():
    """Opening, vehicles and arcs add up."""
    checked = check(PROBLEM, ANSWER)
    assert checked.feasible
    assert 216 == pytest.approx(checked.cost)
    assert {"opening": 180, "routes": 14, "arcs": 22} == pytest.approx(checked.parts)


def test_whole_arcs_are_rounded_up():
    """From (0, 0) to (1, 1) is 141.42 hundredths: 142."""
    problem = replace(PROBLEM, customer_xy=np.array([[1.0, 1.0], [0.0, 4.0], [10.0, 5.0]]), whole_costs=True)
    routes = ((0, (0,)), (0, (1,)), (1, (2,)))
    checked = check(problem, replace(ANSWER, routes=routes))
    assert 2 * 142 + 2 * 400 + 2 * 500 == checked.parts["arcs"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"cost": 215.9}, ["cost"]),
        ({"open_sites": (0,), "cost": 136.0}, ["open"]),
        ({"routes": ((0, (0, 1)), (1, (2, 2)))}, ["visited_once", "depot_capacity"]),
        ({"routes": ((0, (0, 1)),), "cost": 199.0}, ["visited_once"]),
        ({"routes": ((0, (0, 1, 2)), (1, ()))}, ["empty_route"]),
        ({"routes": ((0, (0, 1)), (2, (2,)))}, ["known_depot"]),
        ({"routes": ((0, (0, 1)), (1, (3,)))}, ["known_customer"]),
        ({"assignment": np.array([0, 0, 0])}, ["assignment"]),
        ({"open_sites": (0, 1, 1), "cost": 296.0}, ["opened_once"]),
    ],
)
def test_each_broken_rule_is_named(changes: dict[str, object], expected: list[str]):
    """One rule broken, one rule named."""
    assert expected == rules(**changes)


def test_vehicles_and_depots_hold_what_they_hold():
    """All three customers in one van of depot 1: 14 where a van holds 10 and the depot 12."""
    routes = ((0, (0, 1, 2)),)
    found = check(PROBLEM, replace(ANSWER, routes=routes, open_sites=(0,), cost=None)).violations
    assert () == found  # nothing is claimed, so nothing is judged
    found = check(PROBLEM, replace(ANSWER, routes=routes, open_sites=(0,))).violations
    assert [("vehicle_capacity", 14, 10), ("depot_capacity", 14, 12)] == [
        (violation["rule"], violation["found"], violation["limit"]) for violation in found[:2]
    ]


def test_no_plan_is_not_feasible():
    """An answer without a plan has no cost and breaks nothing."""
    checked = check(PROBLEM, LocationAnswer(Status.FAILED, None, None))
    assert (None, False, ()) == (checked.cost, checked.feasible, checked.violations)
