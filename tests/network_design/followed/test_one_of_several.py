"""One future that stands for all: with what the others gain at any prices, what bounds it bounds all together."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from network_design.decomposition.ascent import Climb, begin
from network_design.decomposition.one_of_several import one_of_several
from network_design.decomposition.relaxation import Relaxation
from network_design.followed import ways
from network_design.followed.pictures import Pictures
from network_design.followed.relaxed import prices_when_followed
from network_design.followed.ways import ways_of
from network_design.futures.extensive import extensive_form
from network_design.futures.risk import Risk
from network_design.highs import solve_whole
from network_design.model.build import build_model
from network_design.study.changes import changed
from network_design.study.settings import Change
from retour.gate.design import load_design
from retour.samples.design import write_design_sample

CHANCE = np.array([0.7, 0.3])


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """The small network as expected, and with a fifth more returns that cost more to carry."""
    calm = load_design(write_design_sample("small", tmp_path_factory.mktemp("designs") / "small", seed=2))
    more = Change(table="supply", column="amount_t", factor=1.2)
    dear = Change(table="transport", column="cost_per_km_t", factor=1.1)
    return [build_model(calm), build_model(changed(calm, [more, dear]))]


@pytest.fixture(scope="module")
def ascent(models):
    """Prices that are nearly as good as they get."""
    started = begin(Relaxation(models, list(CHANCE)))
    Climb(started, most_rounds=800).climb()
    return started


@pytest.fixture(scope="module")
def best(models):
    """What no design for both futures costs less than."""
    return solve_whole(extensive_form(models, CHANCE, Risk()).program, seed=1, budget_s=60).bound


def of_one(ascent, one):
    """Return what the prices prove of one future with what the others cost beside it."""
    relaxation = ascent.relaxation
    number = next(i for i, p in enumerate(relaxation.priced) if p.model.sets is one.model.sets)
    start, end = relaxation.starts[number : number + 2]
    return one.others + Relaxation([one.model], [1.0]).answer(ascent.prices[start:end]).bound


def test_one_future_stands_for_both(ascent):
    """With what the other gains, the same prices prove nearly the same of one future, never more."""
    proven = of_one(ascent, one_of_several(ascent))
    assert ascent.bound - 2e-3 * abs(ascent.bound) <= proven <= ascent.bound + 1e-6 * abs(ascent.bound)


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_pictures_of_one_future_bound_all(ascent, best, noise, monkeypatch):
    """Below the best design for both futures, at right prices and at wrong ones; at right ones above their bound."""
    monkeypatch.setattr(ways, "MANY", 5)
    wrong = np.random.default_rng(1).normal(1.0, noise, len(ascent.prices))
    tried = replace(ascent, prices=ascent.relaxation.allowed(ascent.prices * wrong))
    one = one_of_several(tried)
    found = ways_of(one.model.sets)
    pictures = Pictures(one.model, found, prices_when_followed(one.model, found, seed=1, budget_s=60), seed=1)
    pictures.work(until=time.perf_counter() + 30, stopped=threading.Event())
    proven = pictures.bound + one.others
    assert proven <= best + 1e-6 * abs(best)
    if noise == 0:
        assert ascent.bound + 0.2 * (best - ascent.bound) < proven
