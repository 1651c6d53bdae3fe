"""Partitions know of each other's bids what there is to know, however little they are told."""

from __future__ import annotations

import numpy as np

from routing.decide.scale.news import SILENCE, Rumour, Told


def bids(*rows: tuple[int, float, int]) -> Rumour:
    """Bids as (own place, EUR, whose)."""
    place, bid, who = zip(*rows, strict=True) if rows else ((), (), ())
    return Rumour(np.array(place, np.int64), np.array(bid, float), np.array(who, np.int64))


def known(rumour: Rumour) -> set[tuple[int, float]]:
    """Places and bids, in any order."""
    return set(zip(rumour.place.tolist(), rumour.bid.tolist(), strict=True))


def test_only_what_changed_is_told():
    """Of three bids one is outbid and one is raised: two go, two come, and the listener knows all there is."""
    told = Told()
    first, then = bids((1, 5.0, 10), (1, 6.0, 11), (2, 1.0, 12)), bids((1, 7.0, 10), (2, 1.0, 12), (3, 2.0, 13))
    heard = SILENCE.after(told.news(0, first), np.full(3, -1))
    assert known(first) == known(heard)
    news = told.news(0, then)
    assert (2, 2) == (len(news.gone), len(news.place))
    assert known(then) == known(heard.after(news, np.full(2, -1)))


def test_nothing_new_is_nothing():
    """The same bids in another order are no news."""
    told = Told()
    told.news(0, bids((1, 5.0, 10), (2, 1.0, 12)))
    news = told.news(0, bids((2, 1.0, 12), (1, 5.0, 10)))
    assert (0, 0) == (len(news.gone), len(news.place))


def test_each_partition_is_told_for_itself():
    """What one partition knows is news to another; a round without bids makes everything go."""
    told = Told()
    told.news(0, bids((1, 5.0, 10)))
    assert 1 == len(told.news(1, bids((1, 5.0, 10))).place)
    assert [0] == told.news(0, bids()).gone.tolist()
