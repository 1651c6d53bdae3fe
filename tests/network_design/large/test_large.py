"""Large designs: a first design, its improvement part by part, and bounds that hold whatever the prices."""

import numpy as np
import pytest

from network_design.bound import dual_bound
from network_design.check import check_design
from network_design.design import describe, settle
from network_design.futures.standing import keep, standing_of
from network_design.highs import solve_linear, solve_whole
from network_design.large.first import first_design
from network_design.large.solve import design_large
from network_design.model.build import build_model
from network_design.model.sets import Sets
from network_design.study.changes import changed
from network_design.study.settings import Change
from retour.design import DesignInstance
from retour.gate.design import load_design
from retour.samples.design import write_design_sample
from retour.vocabulary import Status

pytestmark = pytest.mark.slow  # whole designs, one after the other: minutes together


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> DesignInstance:
    """The small sample, which is solved to the end too."""
    return load_design(write_design_sample("small", tmp_path_factory.mktemp("designs") / "small", seed=2))


@pytest.fixture(scope="module")
def optimum(sample) -> float:
    """What its best design costs."""
    return solve_whole(build_model(sample).program, seed=1, budget_s=60).bound


def test_parts_add_up_to_a_design_near_the_best(sample, optimum):
    """Solved as if it were large, the sample has a sound design within 2 % of the best, and a bound below it."""
    model = build_model(sample)
    found = design_large(model, seed=1, budget_s=20)
    design = describe(model, settle(model, found, seed=1, budget_s=10), status=found.status, bound=found.bound)
    assert (Status.FEASIBLE, []) == (design.status, check_design(sample, design).violations["message"].tolist())
    assert found.bound <= optimum + 1e-6 * abs(optimum)
    assert optimum - 1e-6 * abs(optimum) <= design.cost <= 1.02 * optimum


def test_the_first_design_is_sound(sample, optimum):
    """Rounding the relaxation gives a design that keeps every limit, if a dear one."""
    model = build_model(sample, strong=False)
    relaxed = solve_linear(model.program, seed=1, budget_s=10)
    values = first_design(model, relaxed.values, seed=1, deadline=np.inf)
    activity = model.program.matrix() @ values
    slack = 1e-6 * np.maximum(1.0, np.abs(values).max())
    assert (activity >= model.program.row_lower - slack).all() and (activity <= model.program.row_upper + slack).all()
    assert set(np.unique(values[model.program.whole])) <= {0.0, 1.0}
    assert model.program.cost @ values + model.program.offset >= optimum - 1.0


@pytest.mark.parametrize("seed", range(5))
def test_any_prices_bound_every_design(sample, optimum, seed):
    """However wrong the prices are, no design costs less than the bound made of them."""
    model = build_model(sample)
    exact = solve_linear(model.program, seed=1, budget_s=10)
    noise = np.random.default_rng(seed).normal(1.0, 0.5 * seed, size=len(exact.row_price))
    assert dual_bound(model, exact.row_price * noise) <= optimum
    assert dual_bound(model, exact.row_price) == pytest.approx(exact.bound, rel=1e-6)


def test_the_strong_relaxation_is_closer(sample, optimum):
    """Tying every flow to an open destination raises the relaxation, never above the optimum."""
    weak, strong = (
        solve_linear(build_model(sample, strong=s).program, seed=1, budget_s=10).bound for s in (False, True)
    )
    assert weak < strong <= optimum


def test_a_design_of_last_year_is_a_start(sample, optimum):
    """From the levels of the best design a network with a tenth more returns is designed at least as well as kept."""
    best = _best_design(sample)
    start = standing_of(Sets(sample), best).level
    more = changed(sample, [Change(table="supply", column="amount_t", factor=1.1)])
    model = build_model(more)
    kept = keep(model, standing_of(model.sets, best), seed=1, budget_s=30)
    found = design_large(model, seed=1, budget_s=15, start=start)
    least = np.inf if kept is None else kept.design.cost
    assert found.bound <= model.program.cost_of(found.values) <= least + 1e-6 * abs(least)


def _best_design(sample):
    """Return the best design of the sample."""
    model = build_model(sample)
    found = solve_whole(model.program, seed=1, budget_s=60)
    return describe(model, settle(model, found, seed=1, budget_s=30), status=found.status, bound=found.bound)
