"""What a large night's comparators cost equals what a small night's do."""

from __future__ import annotations

import pytest

from retour.pickup_estimate import estimate_pickup
from routing.decide.comparators import BOUND, FIXED_RULES, GREEDY, comparator_table, compare
from routing.decide.problem import night_problem

CENT = 0.01


@pytest.fixture(scope="module")
def both(city, priced_alone):
    """Comparators of the city's night by the code for small nights and by that for large ones, in one partition."""
    problem = night_problem(city, estimate_pickup(city))
    small = comparator_table(problem, compare(city, problem), 0.0)
    return small.set_index("method"), priced_alone(city).comparators.set_index("method")


@pytest.mark.parametrize("method", [FIXED_RULES, GREEDY])
def test_rivals_cost_what_they_cost_on_a_small_night(both, method):
    """Fixed rules and greedy best margin decide alike: the same cost, emissions and returns without a place."""
    small, large = both
    assert pytest.approx(small.at[method, "cost_eur"], abs=CENT) == large.at[method, "cost_eur"]
    assert pytest.approx(small.at[method, "co2e_kg"], abs=CENT) == large.at[method, "co2e_kg"]
    assert small.at[method, "unplaced"] == large.at[method, "unplaced"]


def test_the_bound_is_below_all(both):
    """The bound comes last and is below every method that places all returns."""
    large = both[1]
    placed = large[large["unplaced"] == 0]
    assert BOUND == large.index[-1]
    assert large.at[BOUND, "cost_eur"] <= placed["cost_eur"].min()
