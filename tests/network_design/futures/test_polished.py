"""A design with room for all futures is polished in two futures that stand for them."""

from dataclasses import replace

import numpy as np
import pytest

from network_design.futures.polished import polished, two_for_all
from network_design.futures.standing import Standing, keep
from network_design.model.build import build_model
from network_design.study.cases import Future
from network_design.study.changes import changed
from network_design.study.settings import Change


@pytest.fixture(scope="module")
def futures(middle):
    """A network with few returns, as many as now, and more."""
    return [
        Future(
            str(times), str(times), chance, changed(middle, [Change(table="supply", column="amount_t", factor=times)])
        )
        for times, chance in ((0.5, 0.25), (1.0, 0.5), (1.2, 0.25))
    ]


def expected(futures, standing):
    """Return what a design costs in all futures, and whether it fits them all."""
    kept = [keep(build_model(f.instance), standing, seed=1, budget_s=30) for f in futures]
    assert all(kept)
    return sum(f.probability * k.design.cost for f, k in zip(futures, kept, strict=True))


def test_two_futures_keep_most_and_mean(futures):
    """The fullest with its own chance, and the mean of the others: a third of the one, two thirds of the other."""
    full, others = two_for_all(futures)
    arising = [f.instance.series("supply")["amount_t"].sum() for f in (*futures, full, others)]
    assert pytest.approx([0.25, 0.75]) == [full.probability, others.probability]
    assert pytest.approx([arising[2], (arising[0] + 2 * arising[1]) / 3]) == arising[3:]
    assert two_for_all(futures[:1]) is None


def test_what_is_too_much_is_closed(futures):
    """Where all that may stand does, at its largest, much is saved in seconds, and all futures still have room."""
    sets = build_model(futures[0].instance, strong=False).sets
    allowed = ~sets.levels["place_id"].isin(sets.places.query("kind == 'HUB'")["place_id"].iloc[3:])
    level = np.repeat(allowed.to_numpy(float)[:, None], sets.periods, axis=1)
    everything = Standing(level, np.ones((len(sets.extras), sets.periods)))
    before = expected(futures, everything)
    after = expected(futures, polished(futures, everything, seed=1, budget_s=6))
    assert after < before - 0.1 * abs(before)


def test_a_design_that_does_not_fit_stays_as_it_is(futures):
    """Nothing stands, so there is nothing to start from."""
    sets = build_model(futures[0].instance, strong=False).sets
    nothing = Standing(np.zeros((len(sets.levels), sets.periods)), np.zeros((len(sets.extras), sets.periods)))
    assert polished(futures, nothing, seed=1, budget_s=5) is nothing
    assert polished([replace(futures[0], probability=1.0)], nothing, seed=1, budget_s=5) is nothing
