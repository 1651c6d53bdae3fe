"""What the relaxation proves is true, and close to what the cheapest plan costs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain, combinations

import numpy as np
import pytest

from network_design.locate.location_routing.ascent import Ascent
from network_design.locate.location_routing.choosing import ByPrices, EverySet
from network_design.locate.location_routing.covering import cheapest_cover
from network_design.locate.location_routing.loads import to_loads
from network_design.locate.location_routing.relaxation import Prices, Relaxation
from tests.network_design.locate.location_routing.oracle import cheapest_cost, random_problem


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("chooser_kind", [EverySet, ByPrices])
def test_no_prices_prove_more_than_is_true(seed: int, chooser_kind: type):
    """At every step of the ascent the value is below the cheapest plan's cost, and it comes close to it."""
    problem = random_problem(seed, customers=6, depots=3, whole_costs=False, tight=seed % 2 == 1)
    cheapest, loads = cheapest_cost(problem), to_loads(problem)
    chooser = ByPrices(loads.depot_room, loads.total)
    if chooser_kind is EverySet:
        chooser = EverySet(loads.depot_room, loads.total, ceiling=cheapest * (1 + 1e-6))
    with ThreadPoolExecutor(max_workers=2) as threads:
        relaxation = Relaxation(problem, loads, threads)
        ascent = Ascent(lambda prices: relaxation.at(prices, chooser), Prices(np.zeros(6), 0.0, np.zeros(3)))
        for _ in range(120):
            if chooser.bound < cheapest:
                ascent.step(cheapest)
    assert 0.8 * cheapest < chooser.bound <= cheapest * (1 + 1e-6)


def test_all_depots_are_bounded_by_the_brute_force_of_sets():
    """The cheapest choice of depots and customers, against every subset."""
    random = np.random.default_rng(5)
    opening, cost = random.uniform(1, 9, 4), random.uniform(1, 9, (4, 7))
    room = np.array([5, 4, 3, 2])
    every = chain.from_iterable(combinations(range(4), many) for many in range(1, 5))
    possible = [list(some) for some in every if room[list(some)].sum() >= 8]
    cheapest = min(opening[some].sum() + cost[some].min(axis=0).sum() for some in possible)
    exact = EverySet(room, 8, ceiling=np.inf).choose(opening, cost, 100.0)
    assert cheapest + 100 == pytest.approx(exact.value)
    assert cheapest == pytest.approx(opening[exact.opened].sum() + cost[exact.depot, np.arange(7)].sum())
    assert 0.9 * cheapest < ByPrices(room, 8).choose(opening, cost, 0.0).value <= cheapest


@pytest.mark.parametrize("seed", range(20))
def test_covers_are_the_cheapest_of_all(seed: int):
    """Any number of depots, some of which pay to be open, against every subset."""
    random = np.random.default_rng(seed)
    gain, room = random.uniform(-3, 9, 6).round(1), random.integers(1, 9, 6)
    total = int(random.integers(1, room.sum() + 1))
    every = chain.from_iterable(combinations(range(6), many) for many in range(1, 7))
    possible = [list(some) for some in every if room[list(some)].sum() >= total]
    least, chosen = cheapest_cover(gain, room, total)
    assert min(gain[some].sum() for some in possible) == pytest.approx(least)
    assert gain[chosen].sum() == pytest.approx(least)
    assert room[chosen].sum() >= total


def test_no_cover_costs_without_end():
    """Where rooms do not suffice."""
    assert np.inf == cheapest_cover(np.array([1.0, np.inf]), np.array([3, 9]), 5)[0]
