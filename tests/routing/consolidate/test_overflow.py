"""Refused drop-offs, worked by hand and against enumeration."""

from __future__ import annotations

from itertools import product
from math import exp, inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import gammaln

from routing.consolidate.overflow import refusals

ONE_SIZE = np.array([1.0])


def refused(room, mean, shape=inf, share=ONE_SIZE):
    """Risk and mean of one point."""
    risk, expected = refusals(
        room=np.array([room], float), mean=np.array([mean]), shape=np.array([shape]), size_share=np.array(share)
    )
    return float(risk[0]), float(expected[0])


def test_two_free_compartments_and_one_parcel_a_day():
    """Poisson(1) into 2 free compartments: P(A > 2) = 1 - 2.5/e, E[(A - 2)+] = 3/e - 1."""
    assert (1 - 2.5 * exp(-1), 3 * exp(-1) - 1) == pytest.approx(refused([2, 2], 1.0), abs=1e-6)


def test_full_point_refuses_everybody():
    """Without room all that come are refused, and a point fuller than full is no worse than full."""
    assert (1 - exp(-3), 3.0) == pytest.approx(refused([0, 0], 3.0), abs=1e-6)
    assert refused([0, 0], 3.0) == refused([-5, -2], 3.0)


def test_unlimited_point_refuses_nobody():
    """A point without capacity has no risk, however many come."""
    assert (0.0, 0.0) == refused([inf, inf], 500.0)


def test_limit_on_all_parcels_goes_before_free_compartments():
    """Ten free compartments do not help where only one more parcel may be held."""
    assert refused([1, 1], 2.0) == refused([1, 10], 2.0)


def test_large_parcels_are_refused_while_small_compartments_are_free():
    """Half of Poisson(2) is large and finds no large compartment: refused is Poisson(1), however many S are free."""
    assert (1 - exp(-1), 1.0) == pytest.approx(refused([99, 99, 0], 2.0, share=[0.5, 0.5]), abs=1e-6)


def test_negative_binomial_at_a_single_level():
    """With one size the risk is the tail of the negative binomial, above the Poisson one."""
    tail = stats.nbinom(4.0, 4.0 / (4.0 + 6.0))
    n = np.arange(8, 400)
    assert (tail.sf(8), ((n - 8) * tail.pmf(n)).sum()) == pytest.approx(refused([8, 8], 6.0, shape=4.0), abs=1e-5)
    assert refused([8, 8], 6.0)[0] < refused([8, 8], 6.0, shape=4.0)[0]


@settings(max_examples=25, deadline=None)
@given(
    boxes=st.tuples(*[st.integers(0, 3)] * 3),
    mean=st.floats(0.2, 2.5),
    shape=st.sampled_from([0.8, 5.0, inf]),
    share=st.sampled_from([(0.5, 0.3, 0.2), (0.0, 0.4, 0.6), (1.0, 0.0, 0.0)]),
    seed=st.integers(0, 9),
)
def test_nested_compartments_agree_with_handing_parcels_in_one_by_one(boxes, mean, shape, share, seed):
    """Enumerating all arrivals and giving each parcel the smallest free compartment gives the same risk and mean.

    The order of arrival is drawn anew for every case: it must not matter.
    """
    rng = np.random.default_rng(seed)
    counts = [a for a in product(range(16), repeat=3) if sum(a) <= 15]
    chance = joint_chance(np.array(counts), mean, shape, np.array(share))
    turned_away = np.array([hand_in(a, boxes, rng) for a in counts])
    room = [sum(boxes), sum(boxes), boxes[1] + boxes[2], boxes[2]]
    beyond = 1 - chance.sum()  # more than 15 parcels: too rare to enumerate, refused all the same
    risk, expected = refused(room, mean, shape, share)
    assert (chance * (turned_away > 0)).sum() == pytest.approx(risk, abs=1e-5 + beyond)
    assert (chance * turned_away).sum() == pytest.approx(expected, abs=1e-5 + 60 * beyond)


def hand_in(counts, boxes, rng):
    """Return how many parcels find no compartment, arriving in random order."""
    free, away = list(boxes), 0
    for size in rng.permutation(np.repeat([0, 1, 2], counts)):
        box = next((k for k in range(size, 3) if free[k]), None)
        if box is None:
            away += 1
        else:
            free[box] -= 1
    return away


def joint_chance(counts, mean, shape, share):
    """Return the negative multinomial (or independent Poisson) probability of each row of counts."""
    per_size = np.where(counts > 0, counts * np.log(np.where(share > 0, share, 1)), 0) - gammaln(counts + 1)
    possible = ~((counts > 0) & (share == 0)).any(axis=1)
    n = counts.sum(axis=1)
    total = stats.poisson.pmf(n, mean) if shape == inf else stats.nbinom.pmf(n, shape, shape / (shape + mean))
    return possible * total * np.exp(gammaln(n + 1) + per_size.sum(axis=1))
