"""Prices make places independent: the bound holds for any prices, and places do what a solver would have them do."""

import numpy as np
import pytest

from network_design.decomposition.ascent import Climb, begin
from network_design.decomposition.relaxation import Relaxation
from network_design.highs import ArrayProgram, solve_arrays, solve_linear, solve_whole
from network_design.model.build import build_model
from retour.gate.design import load_design
from retour.samples.design import write_design_sample


@pytest.fixture(scope="module", params=["small", "service"])
def model(request, tmp_path_factory):
    """A sample: one with ranges, steps and contracts, one with service and time."""
    folder = tmp_path_factory.mktemp("designs") / "d"
    return build_model(load_design(write_design_sample(request.param, folder, seed=2)))


@pytest.fixture(scope="module")
def relaxation(model) -> Relaxation:
    """The model by itself."""
    return Relaxation([model], [1.0])


@pytest.fixture(scope="module")
def best_prices(model, relaxation):
    """Prices of the linear relaxation, and its bound."""
    found = solve_linear(model.program, seed=1, budget_s=60)
    return relaxation.allowed(found.row_price[relaxation.priced[0].rows]), found.bound


@pytest.mark.parametrize("seed", range(4))
def test_places_do_what_a_solver_would_have_them_do(model, relaxation, best_prices, seed):
    """At any prices the bound is that of the program without its priced rows, as closely as ranges are cut."""
    prices = _near(relaxation, best_prices[0], seed)
    priced, program = relaxation.priced[0], model.program
    kept = np.setdiff1d(np.arange(program.rows), priced.rows)
    lower, upper = program.lower.copy(), np.minimum(program.upper, _most(relaxation))
    lower[priced.boxed], upper[priced.boxed] = priced.box
    reduced = program.cost - priced.transposed @ prices
    alone = ArrayProgram(
        program.matrix().tocsr()[kept].tocsc(), reduced, lower, upper,
        program.row_lower[kept], program.row_upper[kept], program.whole,
    )  # fmt: skip
    exact = solve_arrays(alone, seed=1, budget_s=60, start=np.zeros(program.columns), relative_gap=1e-9)
    told = relaxation.answer(prices).bound
    at = np.where(prices > 0, relaxation.row_lower, relaxation.row_upper)
    expected = exact.bound + program.offset + prices[prices != 0] @ at[prices != 0]
    size = abs(reduced * exact.values).sum()
    assert expected - 2e-3 * size <= told <= expected + 1e-6 * size


def test_it_proves_more_than_the_linear_relaxation(relaxation, best_prices):
    """Sizes stay whole in each place's own problem, so the same prices prove at least as much."""
    prices, linear = best_prices
    assert relaxation.answer(prices).bound >= linear - 1e-6 * abs(linear)


@pytest.fixture(scope="module")
def known_cost(model) -> float:
    """What a design costs that is the best, or nearly."""
    return model.program.cost_of(solve_whole(model.program, seed=1, budget_s=20).values)


@pytest.mark.parametrize("seed", range(4))
def test_no_design_costs_less_than_any_prices_prove(known_cost, relaxation, best_prices, seed):
    """However wrong the prices are."""
    noise = np.random.default_rng(seed).normal(1.0, 0.4 * seed, size=len(best_prices[0]))
    told = relaxation.answer(relaxation.allowed(best_prices[0] * noise)).bound
    assert told <= known_cost + 1e-6


def test_an_ascent_climbs_and_its_average_nearly_keeps_the_rows(relaxation, best_prices):
    """From the cheapest ways out it comes near what the linear relaxation proves."""
    ascent = begin(relaxation)
    first = ascent.bound
    Climb(ascent, most_rounds=1500).climb()
    assert first < ascent.bound
    assert ascent.bound >= best_prices[1] - 0.05 * abs(best_prices[1])
    lacking = relaxation.missing(relaxation.activity(ascent.average), np.zeros(len(ascent.prices)))
    assert np.abs(lacking).max() <= 0.2 * np.abs(relaxation.activity(ascent.average)).max()


def test_two_equal_futures_prove_what_one_does(model, relaxation, best_prices):
    """A future that comes in two halves is the same future."""
    twice = Relaxation([model, model], [0.5, 0.5])
    halves = np.concatenate([best_prices[0], best_prices[0]]) / 2
    assert twice.answer(halves).bound == pytest.approx(relaxation.answer(best_prices[0]).bound, rel=1e-9)


def _near(relaxation: Relaxation, prices, seed: int):
    noise = np.random.default_rng(seed).normal(1.0, 0.1 * seed, size=len(prices))
    return relaxation.allowed(prices * noise)


def _most(relaxation: Relaxation):
    """Return the most of each column, as the items have it."""
    priced = relaxation.priced[0]
    most = np.full(priced.model.program.columns, np.inf)
    steps = np.arange(priced.items.most.shape[1])
    most[priced.items.first[:, None] + steps] = priced.items.most
    return most
