"""The checker of facility location names every broken rule."""

from dataclasses import replace

import numpy as np
import pytest

from network_design.locate.answer import LocationAnswer
from network_design.locate.check.facilities import check
from network_design.locate.facility_problem import CountLimit, FacilityProblem, Service
from retour.errors import InputError
from retour.vocabulary import Status

ECHELON = "sites to customers"


@pytest.fixture
def problem():
    """Two sites of 6 and 9 units, two customers of 4 and 5; the first costs 10, the second 20 to open."""
    return FacilityProblem(
        name="two",
        service=Service.SPLIT,
        fixed_cost=np.array([10.0, 20.0]),
        capacity=np.array([6.0, 9.0]),
        demand=np.array([4.0, 5.0]),
        serving_cost=np.array([[8.0, 10.0], [4.0, 5.0]]),
    )


def plan(cost, *rows, opened=(0, 1), **more):
    """An answer with these flows."""
    flows = {ECHELON: np.array(rows, dtype=float).reshape(-1, 3)}
    return LocationAnswer(Status.FEASIBLE, cost, None, open_sites=opened, flows=flows, **more)


def rules(problem, answer):
    """The names of the broken rules."""
    return [violation["rule"] for violation in check(problem, answer).violations]


def test_a_sound_plan_is_priced_by_share(problem):
    """Fixed 30, customer 1 at site 1 for 8, customer 2 split 2 : 3 for 10 x 2/5 + 5 x 3/5 = 7."""
    checked = check(problem, plan(45.0, (0, 0, 4), (0, 1, 2), (1, 1, 3)))
    assert (45.0, {"fixed": 30.0, "serving": 15.0}, ()) == (checked.cost, checked.parts, checked.violations)


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (plan(39.0, (1, 0, 4), (1, 1, 4.5)), ["served", "cost"]),
        (plan(29.0, (1, 0, 4), (1, 1, 5), opened=(1,)), []),
        (plan(19.0, (1, 0, 4), (1, 1, 5), opened=(0,)), ["open_site"]),
        (plan(48.0, (0, 0, 4), (0, 1, 5)), ["capacity"]),
        (plan(29.0, (2, 0, 4), (1, 7, 5)), ["known_customer", "known_site"]),
        (plan(30.0, (1, 0, 4), (1, 1, 5), opened=(1,)), ["cost"]),
        (replace(plan(29.0, (1, 0, 4), (1, 1, 5), opened=(1,)), bound=29.5), ["bound"]),
    ],
)
def test_each_broken_rule_is_named(problem, broken, expected):
    """One defect, one rule, with the plan's other rules kept."""
    found = rules(problem, broken)
    assert set(expected) <= set(found) and bool(found) == bool(expected)


def test_one_site_per_customer(problem):
    """A customer split over two sites breaks the single-source rule."""
    single = replace(problem, service=Service.SINGLE_SOURCE)
    assert ["one_site"] == rules(single, plan(45.0, (0, 0, 4), (0, 1, 2), (1, 1, 3)))


def test_choices_are_judged(problem):
    """Sites that must open or close, and counts."""
    strict = replace(problem, must_open=(0,), must_close=(1,), limits=(CountLimit((0, 1), low=2),))
    answer = plan(29.0, (1, 0, 4), (1, 1, 5), opened=(1,))
    assert ["must_open", "must_close", "count"] == rules(strict, answer)


def test_a_problem_without_sense_is_refused():
    """All defects come at once: a negative demand, a site both must-open and must-close, a site that is not there."""
    with pytest.raises(InputError) as error:
        FacilityProblem(
            name="wrong",
            service=Service.SPLIT,
            fixed_cost=np.zeros(2),
            capacity=np.ones(2),
            demand=np.array([-1.0]),
            serving_cost=np.ones((2, 1)),
            must_open=(0,),
            must_close=(0, 5),
        )
    assert ["demand", "must_close", "must_open"] == [issue.column for issue in error.value.issues]
