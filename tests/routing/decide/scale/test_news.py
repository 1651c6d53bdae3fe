"""Partitions know of each other's bids what there is to know, however little they are told."""

from __future__ import annotations

import numpy as np
import pytest

from routing.decide.scale.auction import merged
from routing.decide.scale.news import NOTHING, SILENCE, Grapevine, Rumour
from routing.decide.scale.standing import Standing

PLACES, RETURNS = 6, 40
WHO_WANTS = [np.array([0, 1, 2, 5]), np.array([1, 2, 3]), np.array([0, 2, 4, 5])]
SHARED = np.array([True, True, True, False, False, False])
FIRST = np.array([0, 10, 25, RETURNS])


def bids(*rows: tuple[int, int, float]) -> Rumour:
    """Bids as (whose, place, EUR)."""
    who, place, bid = zip(*rows, strict=True) if rows else ((), (), ())
    return Rumour(np.array(who, np.int64), np.array(place, np.int64), np.array(bid, float))


def as_set(rumour: Rumour) -> set[tuple[int, int, float]]:
    """Bids, in any order."""
    return set(zip(rumour.who.tolist(), rumour.place.tolist(), rumour.bid.tolist(), strict=True))


def test_others_who_want_the_place_hear_of_a_bid():
    """Of a bid of partition 0 for a place of all, the two others hear, by their own numbers of places; of a place that
    is not shared, nobody."""
    vine = Grapevine(WHO_WANTS, SHARED, FIRST)
    vine.spread(SILENCE, bids((3, 2, 7.0), (4, 5, 1.0)))
    assert [set(), {(3, 1, 7.0)}, {(3, 1, 7.0)}] == [as_set(vine.told(k).came) for k in range(3)]


def test_news_are_told_once():
    """Who has been told hears nothing more; the others still do."""
    vine = Grapevine(WHO_WANTS, SHARED, FIRST)
    vine.spread(SILENCE, bids((3, 1, 7.0)))
    assert 1 == len(vine.told(1).came.who)
    assert vine.told(1) is NOTHING


def test_the_last_word_counts():
    """A bid that came, went and came again higher while nobody asked is told as it stands; one that went is over."""
    vine = Grapevine(WHO_WANTS, SHARED, FIRST)
    vine.spread(SILENCE, bids((3, 1, 7.0), (4, 1, 2.0)))
    vine.spread(bids((3, 1, 7.0), (4, 1, 2.0)), SILENCE)
    vine.spread(SILENCE, bids((3, 1, 9.0)))
    news = vine.told(1)
    assert ({3, 4}, {(3, 0, 9.0)}) == (set(news.over.tolist()), as_set(news.came))
    assert {(3, 0, 9.0), (12, 0, 1.0)} == as_set(bids((4, 0, 2.0), (12, 0, 1.0)).after(news))


def test_a_place_goes_to_the_best_bids():
    """Of three bids for two spots the lowest is outbid; a better one later outbids the next; prices are the lowest bid
    of what is full."""
    standing = Standing(RETURNS, np.array([2, 5]))
    assert [9] == standing.change(SILENCE.who, bids((7, 0, 3.0), (8, 0, 5.0), (9, 0, 1.0), (4, 1, 2.0))).outbid.tolist()
    turn = standing.change(np.array([4]), bids((4, 0, 4.0)))
    assert ([7], {7}) == (turn.outbid.tolist(), set(turn.over.who.tolist()))
    assert [4.0, 0.0] == np.where(np.isinf(standing.price()), 0.0, standing.price()).tolist()


@pytest.mark.parametrize("seed", range(20))
def test_what_is_told_is_who_stands(seed):
    """After many rounds, who listens to all news knows exactly the bids that stand at places that may fill up."""
    rng = np.random.default_rng(seed)
    capacity = rng.integers(1, 6, PLACES)
    standing, stands, heard = Standing(RETURNS, capacity), {}, {}
    waiting = list(range(25))
    while waiting:
        place = rng.integers(0, PLACES, len(waiting))
        came = bids(*((i, int(p), float(rng.integers(1, 60))) for i, p in zip(waiting, place, strict=True)))
        raised = [i for i in stands if rng.random() < 0.1]
        over = np.array(raised, np.int64)
        came = came.and_also(bids(*((i, stands[i][0], stands[i][1] + 1.0) for i in raised)))
        for i in raised:
            stands.pop(i)
        stands |= {i: (p, b) for i, p, b in as_set(came)}
        turn = standing.change(over, came)
        best = {p: sorted(((-b, i) for i, (q, b) in stands.items() if q == p))[: capacity[p]] for p in range(PLACES)}
        winners = {i for at in best.values() for _, i in at}
        assert set(stands) - winners == set(turn.outbid.tolist())
        stands = {i: stands[i] for i in winners}
        for i, _, _ in as_set(turn.over):
            heard.pop(i)
        heard |= {i: (p, b) for i, p, b in as_set(turn.came)}
        assert heard.items() <= stands.items()
        full = {p for p in range(PLACES) if len(best[p]) + len(turn.outbid) > capacity[p]}
        assert {i for i, (p, _) in stands.items() if p in full} <= set(heard)
        waiting = [i for i in turn.outbid.tolist() if rng.random() < 0.7]


def test_two_lists_become_one():
    """By place, best bid first, then the lower number."""
    place, bid = np.array([0, 0, 1, 1, 0]), np.array([2.0, 5.0, 1.0, 1.0, 5.0])
    assert [1, 4, 0, 2, 3] == merged(np.array([1, 0, 3]), np.array([4, 2]), place, bid).tolist()
