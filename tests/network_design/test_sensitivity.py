"""One lever at a time, by hand."""

import pandas as pd
import pytest

from network_design.design import design_network
from network_design.sensitivity import sensitivity
from network_design.study.changes import changed
from network_design.study.settings import Change, Sensitivity

pytestmark = pytest.mark.slow  # whole designs, one after the other: minutes together


@pytest.fixture
def told(small):
    """Return the table of the small network with levers moved by half, designed again or not, by lever."""
    base = design_network(small, seed=1)

    def table(**asked):
        found = sensitivity(small, base, Sensitivity(step=0.5, **asked), seed=1, budget_s=60)
        return found.set_index("lever")

    return table


def test_a_tornado_with_designs_kept(told):
    """F at 20 t: 180 of opening and fixed costs and 30 a tonne gained, 20 t in two years; 22 a tonne is transport."""
    table = told(again=False)
    # Supply 10 and 30 t: 180 - 300 and 180 - 900. Transport 22 a tonne. Opening 160 by half. Sales 50 a tonne by half.
    expected = {"supply": (-120, -720), "sales": (80, -920), "transport": (-530, -310), "opening": (-500, -340)}
    for lever, costs in expected.items():
        assert pytest.approx(costs) == (table.at[lever, "low_cost"], table.at[lever, "high_cost"])
    assert ["sales", "supply", "transport", "opening"] == table.index.tolist()
    assert {-420.0} == set(table["base_cost"].round(6))


def test_a_tornado_designed_again(told):
    """With transport half as dear again N is best (-320 against -310), and two places change."""
    table = told(again=True, levers=("transport",))
    # N: 340 of opening and fixed costs, 36 a tonne gained after 6 of transport: 340 - 20 x 33 = -320.
    assert pytest.approx((-530, -320)) == (table.at["transport", "low_cost"], table.at["transport", "high_cost"])
    assert (0, 2) == (table.at["transport", "low_changes"], table.at["transport", "high_changes"])


def test_what_does_not_fit_is_empty(small):
    """F at 20 t takes 18 t but not 27 t: the cost with supply up is empty, not wrong."""
    more = changed(small, [Change(table="supply", column="amount_t", set=18)])
    base = design_network(more, seed=1)
    asked = Sensitivity(step=0.5, again=False, levers=("supply",))
    row = sensitivity(more, base, asked, seed=1, budget_s=60).iloc[0]
    # 180 - 30 x 18 with half of the supply in two years.
    assert (pytest.approx(-360), True) == (row["low_cost"], pd.isna(row["high_cost"]))
    assert ("FEASIBLE", "INFEASIBLE") == (row["low_status"], row["high_status"])
