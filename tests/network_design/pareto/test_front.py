"""Trade-offs: by hand, and each point against every choice of what may stand."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from network_design.check import check_design
from network_design.futures.standing import Standing, bounds_of
from network_design.highs import Instead, solve_linear
from network_design.model.build import build_model
from network_design.pareto.aims import figure_of
from network_design.pareto.alternatives import alternatives
from network_design.pareto.asked import trade_offs
from network_design.pareto.front import Point, front, gap_of, undominated
from network_design.pareto.search import Limit, limited
from network_design.study.settings import Front
from retour.vocabulary import Status
from tests.network_design.conftest import loaded, rows, small_tables

pytestmark = pytest.mark.slow  # whole designs, one after the other: minutes together


def test_far_is_cheaper_and_near_is_cleaner(small):
    """F costs -420 and emits 2 t, N costs -380 and emits 1 t; whatever lies between is dearer than N."""
    found = trade_offs(small, Front(points=3, band_km=60, alternatives=2, within=0.5), seed=1, budget_s=60)
    figures = found.front[["cost", "emissions_t", "beyond_band_share", "mean_distance_km"]].to_numpy()
    assert pytest.approx(np.array([[-420, 2, 1, 100], [-380, 1, 0, 50]])) == figures
    assert (pytest.approx(-420), pytest.approx(0, abs=1e-8)) == tuple(found.front.loc[0, ["bound", "gap"]])
    # Nothing as cheap as F emits less than its 2 t, nothing as clean as N costs less than its -380.
    proven = found.bounds.set_index(["design_id", "aim"])
    assert pytest.approx([-420, 2, -380, 1], abs=1e-4) == proven["bound"].tolist()
    assert pytest.approx([0] * 4, abs=1e-5) == proven["gap"].tolist()
    # N differs from F in two places; then only both of them (F at 5 t): 400 + 2 x 25 - 2 x 360 = -270, within half.
    unlike = found.alternatives[["different_places", "most_different_places"]].to_numpy().tolist()
    assert [[2, 2], [1, 1]] == unlike
    assert pytest.approx([-380, -270]) == found.alternatives["cost"].tolist()
    assert pytest.approx([40 / 420, 150 / 420]) == found.alternatives["dearer"].tolist()
    for design in found.designs.values():
        assert check_design(small, design).violations.empty


@pytest.mark.parametrize(
    "aims", [("cost", "emissions"), ("emissions", "cost"), ("distance", "service"), ("cost", "distance", "service")]
)
def test_no_choice_is_better_in_every_aim(tmp_path, aims):
    """With disposal where returns arise the front bends: no standing reaches a point's figures with less of any aim."""
    tables = small_tables() | {"periods": rows("period", (1,))}
    disposal = pd.concat([tables["disposal"], rows("place_id product_id cost_per_t", ("Z", "returns", 40))])
    model = build_model(loaded({**tables, "disposal": disposal}, tmp_path))
    asked = Front(aims=aims, points=3, band_km=60)
    figures = [figure_of(aim, model, asked) for aim in aims]
    points = front(model, figures, points=3, seed=1, budget_s=60)
    assert len(points) >= (3 if "cost" in aims else 1)
    for point in points:
        for k, figure in enumerate(figures):
            limits = [Limit(f, x + 1e-6) for i, (f, x) in enumerate(zip(figures, point.figures, strict=True)) if i != k]
            least = min(least_of(model, figure, limits, levels) for levels in product((0.0, 1.0), repeat=3))
            assert pytest.approx(least, abs=1e-2) == point.figures[k]
            assert point.bounds[k] <= least + 1e-2 and gap_of(point.figures[k], point.bounds[k]) < 1e-3


def least_of(model, figure, limits, levels):
    """Return the least of a figure within limits with these levels standing, infinite where nothing fits."""
    bounds = bounds_of(model, Standing(np.array(levels)[:, None], np.zeros((0, 1))))
    other = Instead(cost=figure.factor, lower=bounds.lower, upper=bounds.upper)
    found = solve_linear(limited(model.program, limits), seed=1, budget_s=10, instead=other)
    return figure.of(found.values) if found.status is Status.OPTIMAL else np.inf


def test_dominated_points_are_left_out():
    """Of equal points one stays, and none that another beats."""
    points = [Point(np.zeros(0), f, (None, None)) for f in ((1.0, 5.0), (1.0, 5.0), (2.0, 5.0), (2.0, 4.0), (3.0, 4.5))]
    assert [(1.0, 5.0), (2.0, 4.0)] == [p.figures for p in undominated(points)]


def test_nothing_else_costs_as_little(small):
    """Within a thousandth of F's cost there is only F, and that is proven, not for lack of time."""
    model = build_model(small)
    cost = figure_of("cost", model, Front())
    best = front(model, [cost, figure_of("emissions", model, Front())], points=2, seed=1, budget_s=30)[0]
    none = alternatives(model, best.values, cost, within=1e-3, count=3, seed=1, budget_s=30)
    assert ((), False) == (none.found, none.cut_short)


def test_alternatives_that_time_did_not_allow_are_told(small, monkeypatch):
    """Where no other design is found in time the search says that it was cut short."""
    model = build_model(small)
    cost = figure_of("cost", model, Front())
    best = front(model, [cost, figure_of("emissions", model, Front())], points=2, seed=1, budget_s=30)[0]
    monkeypatch.setattr("network_design.pareto.alternatives.farthest", lambda *_, **__: None)
    late = alternatives(model, best.values, cost, within=1.0, count=3, seed=1, budget_s=30)
    assert ((), True) == (late.found, late.cut_short)
