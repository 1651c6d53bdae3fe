"""The auction for room against the assignment it approximates."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from retour.pickup_estimate import estimate_pickup
from routing.decide.scale import room
from routing.decide.scale.auction import auction
from routing.decide.scale.large import laid_out
from routing.decide.scale.live import Prices
from routing.decide.scale.room import allot

NEVER, OUT_OF_REACH = 1e7, 1e6
EPS = 1e-3
ROUNDING = 1e-9
PARTITION = 8


def transport(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Costs of 4 to 30 returns at 2 to 8 places (some out of reach) and what the places hold, no fewer than come."""
    rng = np.random.default_rng(seed)
    returns, places = int(rng.integers(4, 31)), int(rng.integers(2, 9))
    cost = np.round(rng.uniform(-20, 60, (returns, places)), int(rng.integers(0, 4)))
    cost[rng.random(cost.shape) < 0.3] = np.inf
    capacity = rng.multinomial(returns + int(rng.integers(0, 5)), np.full(places, 1 / places))
    cost[:, np.argmax(capacity)] = np.minimum(cost[:, np.argmax(capacity)], 90.0)
    return cost, capacity.astype(np.int64)


def bid_for(cost: np.ndarray, capacity: np.ndarray, eps: float = EPS) -> tuple[np.ndarray, np.ndarray]:
    """What one auction gives: each return's place (-2: none), and the prices of places."""
    (n, m), reach = cost.shape, np.isfinite(cost)
    places = np.append(capacity, 0)
    heap = np.concatenate([[0], np.cumsum(places)])
    price, taken = np.where(places == 0, np.inf, 0.0), np.full(n, -1)
    auction(
        np.arange(n + 1), np.append(0, np.cumsum(reach.sum(axis=1))), cost[reach], np.nonzero(reach)[1], np.zeros(n),
        np.full(n, np.inf), m, np.arange(1, m + 2), places, heap, np.empty(heap[-1]), np.empty(heap[-1], np.int64),
        np.zeros(m + 1, np.int64), price, taken, np.zeros(n), np.full(n, -2), np.zeros(n, np.int64), np.arange(n), eps,
        NEVER,
    )  # fmt: skip
    return taken, price[:m]


def least_cost(cost: np.ndarray, capacity: np.ndarray) -> float:
    """The cost of the best assignment, `OUT_OF_REACH` for each return without a place in reach."""
    column = np.repeat(np.arange(len(capacity)), np.minimum(capacity, len(cost)))
    full = np.column_stack([np.where(np.isfinite(cost), cost, OUT_OF_REACH)[:, column],
                            np.full((len(cost), len(cost)), OUT_OF_REACH)])  # fmt: skip
    return float(full[linear_sum_assignment(full)].sum())


@pytest.mark.parametrize("seed", range(60))
def test_prices_and_places_fit_each_other(seed):
    """A place has a price only where it is full, none holds more than it can, and no return with a place would gain
    more than the increment by another one; all together cost at most an increment per return more than the best."""
    cost, capacity = transport(seed)
    taken, price = bid_for(cost, capacity)
    placed = np.flatnonzero(taken >= 0)
    held = np.bincount(taken[placed], minlength=len(capacity))
    assert (held <= capacity).all()
    assert (price[held < capacity] == 0).all()
    mine = (cost + price)[placed, taken[placed]]
    best = least_cost(cost, capacity)
    if len(placed) == len(cost):
        assert (mine <= (cost + price)[placed].min(axis=1) + EPS + ROUNDING).all()
        assert best - ROUNDING <= cost[placed, taken[placed]].sum() <= best + EPS * len(cost) + ROUNDING
    else:
        assert best >= OUT_OF_REACH / 2


def test_a_war_for_too_little_room_ends():
    """Where room is short for certain, the returns that fit have a place and the others have none: no war of small
    increments up to the price of no place at all."""
    cost, capacity = np.zeros((40, 3)), np.array([5, 9, 11])
    taken, price = bid_for(cost, capacity, eps=1e-5)
    assert capacity.tolist() == np.bincount(taken[taken >= 0], minlength=3).tolist()
    assert (price > 1e3).all()


def choices(worker, prices: Prices, places: int) -> np.ndarray:
    """Cost of each return of a partition at every place of the night, KEEP, and without taking any place."""
    part, out = worker._part, np.full((len(worker._part), places + 2), np.inf)
    out[:, places] = part.keep_cost
    handover, recovery = worker._x_cost(prices), worker._recover(prices)
    for i in range(len(part)):
        for j in range(part.link_start[i], part.link_start[i + 1]):
            for x in range(part.x_start[j], part.x_start[j + 1]):
                at, cost = worker._x_place[x], handover[x] + recovery[j]
                where = [places + 1] if at == -1 else worker._places[at : worker._place_end[at]] if at >= 0 else []
                out[i, where] = np.minimum(out[i, where], cost)
    return out


@pytest.mark.parametrize("seed", [1, 2, 4, 6, 7, 8, 12, 14])
def test_partitions_share_places_as_one_auction_would(night, seed, monkeypatch):
    """Partitions that bid apart for shared places, in steps that do not grow, end where nobody would gain by another
    place, shared places hold what they can, and all cost at most an increment per return more than the best."""
    monkeypatch.setattr(room, "EVEN_TURNS", 10**6)
    instance = night(seed)
    with laid_out(instance, estimate_pickup(instance), most=PARTITION) as (layout, groups):
        places = len(layout.room)
        prices = Prices(np.zeros(places), 0.0, np.zeros(len(layout.night.limits)))
        price, _ = allot(layout.crew, layout.contest, prices, EPS)
        workers = layout.crew._workers
        cost = np.concatenate([choices(w, prices, places) for w in workers])
        taken = np.concatenate([np.where(w._taken >= 0, w._places[w._taken], places + 1) for w in workers])
        capacity = np.where(layout.contest.capacity < 0, len(cost), layout.contest.capacity)
    held = np.bincount(taken, minlength=places + 2)
    at_prices = cost + np.append(np.where(np.isfinite(price), price, NEVER), 0.0)
    mine = cost[np.arange(len(cost)), taken]
    assert len(groups) > 1
    assert (held[:-1] <= capacity).all()
    assert (price[held[:-1] < capacity] == 0).all()
    assert (at_prices[np.arange(len(cost)), taken] <= at_prices.min(axis=1) + EPS + ROUNDING).all()
    assert mine.sum() <= least_cost(cost, np.append(capacity, len(cost))) + EPS * len(cost) + ROUNDING
