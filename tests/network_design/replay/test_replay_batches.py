"""Batches of nights: evenly spread, independent, and honest about how precise their mean is."""

import numpy as np
import pytest

from network_design.surrogate.batches import batches_of, spread_evenly, standard_errors


@pytest.mark.parametrize(("nights", "batches"), [(1, 1), (4, 4), (5, 5), (7, 7), (10, 5), (12, 6), (20, 5), (22, 11)])
def test_batches_are_of_one_size_and_at_least_five(nights, batches):
    """The fewest from five on; where nothing divides the nights, every night is one."""
    assert batches == batches_of(nights)


def test_every_batch_is_spread_evenly():
    """Of 20 nights each batch of four has one number in each quarter of 0 to 1."""
    found = spread_evenly(np.random.default_rng(1), 20).reshape(5, 4)
    assert [[0, 1, 2, 3]] * 5 == np.sort(np.floor(found * 4), axis=1).tolist()


def test_the_error_is_that_of_the_batches_means():
    """Ten nights are five batches with the means 1, 2, 3, 4, 5: standard deviation sqrt(2.5), over sqrt(5)."""
    nights = np.array([0, 2, 1, 3, 2, 4, 3, 5, 4, 6], dtype=float)
    assert pytest.approx(np.sqrt(0.5)) == standard_errors(nights[None, :])[0]


def test_errors_are_honest_where_nights_are_spread():
    """Of a cost that adds up over places the mean of spread nights is precise, and its error says so."""
    rng, means, errors = np.random.default_rng(5), [], []
    for _ in range(200):
        cost = sum(100 * (spread_evenly(rng, 20) < chance) for chance in (0.25, 0.5, 0.75))
        means.append(cost.mean())
        errors.append(standard_errors(cost[None, :])[0])
    independent = np.sqrt(sum(p * (1 - p) for p in (0.25, 0.5, 0.75)) * 100**2 / 20)
    assert np.std(means) < independent / 10
    assert pytest.approx(np.std(means), abs=1) == np.sqrt(np.mean(np.square(errors)))
