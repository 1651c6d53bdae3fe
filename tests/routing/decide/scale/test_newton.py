"""Prices of limits at the end of the ascent clear the market, as far as a little randomness in choices allows."""

from __future__ import annotations

import numpy as np
import pytest

from retour.pickup_estimate import estimate_pickup
from routing.decide.deadline import Deadline
from routing.decide.scale.dual import Bounds, Stage, ascend
from routing.decide.scale.large import laid_out
from routing.decide.scale.live import Prices
from routing.decide.scale.worker import usual_use

TEMPERATURES_EUR = (3.0, 1.0, 0.3)
CLEARED = 1e-2


@pytest.fixture(scope="module")
def cleared(city):
    """Layout of the city's night, prices at the end of the ascent, and expected use of limits and KEEP there."""
    with laid_out(city, estimate_pickup(city)) as (layout, _):
        limits = layout.night.limits
        start = Prices(np.zeros(len(layout.room)), 0.0, np.zeros(len(limits)))
        capacity = np.append(limits.capacity, layout.contest.capacity[-1])
        most = np.append(np.where(np.isfinite(limits.excess_eur), limits.excess_eur, 1e5), 1e5)
        stages = [Stage(eur, 1) for eur in TEMPERATURES_EUR]
        bounds = Bounds(capacity, most, np.append(usual_use(limits), 1.0))
        prices = ascend(layout.soft(False), start, bounds, stages, deadline=Deadline(None))
        yield layout, prices, layout.soft(False)(prices, TEMPERATURES_EUR[-1], 1).use - capacity, most


def test_use_meets_capacity_where_there_is_a_price(cleared):
    """Where a limit has a price short of its highest, returns are expected to use just what there is of it; where it
    has none, no more than that."""
    layout, prices, over, most = cleared
    price = np.append(prices.limit, prices.keep)
    scale = np.maximum(1.0, np.abs(np.append(layout.night.limits.capacity, layout.contest.capacity[-1])))
    inside = (price > 0) & (price < most)
    assert inside.sum() > 3
    assert (np.abs(over / scale)[inside] < CLEARED).all()
    assert ((over / scale)[price <= 0] < CLEARED).all()


def test_prices_prove_more_than_no_prices(cleared):
    """The bound at the prices found is above the bound without any."""
    layout, prices, _, _ = cleared
    free = Prices(np.zeros(len(layout.room)), 0.0, np.zeros(len(layout.night.limits)))
    assert layout.bound(free) < layout.bound(prices)
