"""What the relaxation proves is true, and close to what the cheapest plan costs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain, combinations

import numpy as np
import pytest

from network_design.locate.location_routing.ascent import Ascent
from network_design.locate.location_routing.covering import cheapest_cover
from network_design.locate.location_routing.loads import to_loads
from network_design.locate.location_routing.relaxation import Prices, Relaxation
from tests.network_design.locate.location_routing.oracle import cheapest_cost, random_problem


@pytest.mark.parametrize("seed", range(8))
def test_no_prices_prove_more_than_is_true(seed: int):
    """At every step of the ascent, and with depots closed on the way, the value is below the cheapest plan's cost."""
    problem = random_problem(seed, customers=6, depots=3, whole_costs=False, tight=seed % 2 == 1)
    cheapest = cheapest_cost(problem)
    with ThreadPoolExecutor(max_workers=2) as threads:
        relaxation = Relaxation(problem, to_loads(problem), threads)
        ascent = Ascent(relaxation, Prices(np.full(6, cheapest / 8), 0.0, np.zeros((3, 6))))
        for step in range(150):
            assert ascent.step(cheapest).value <= cheapest * (1 + 1e-9)
            if step % 20 == 0:
                relaxation.drop_hopeless(ascent.prices, ascent.best, cheapest * (1 + 1e-6))
    assert ascent.best.value > 0.85 * cheapest


@pytest.mark.parametrize("seed", range(20))
def test_covers_are_the_cheapest_of_all(seed: int):
    """Any number of depots, some of which pay to be open, against every subset."""
    random = np.random.default_rng(seed)
    gain, room = random.uniform(-3, 9, 6).round(1), random.integers(1, 9, 6)
    total = int(random.integers(1, room.sum() + 1))
    forced = None if seed % 2 else int(random.integers(6))
    every = chain.from_iterable(combinations(range(6), many) for many in range(1, 7))
    possible = [list(some) for some in every if room[list(some)].sum() >= total and (forced is None or forced in some)]
    least, chosen = cheapest_cover(gain, room, total, forced=forced)
    assert min(gain[some].sum() for some in possible) == pytest.approx(least)
    assert gain[chosen].sum() == pytest.approx(least)
    assert room[chosen].sum() >= total


def test_no_cover_costs_without_end():
    """Where rooms do not suffice."""
    assert np.inf == cheapest_cover(np.array([1.0, np.inf]), np.array([3, 9]), 5)[0]
