"""The auction for room at points over all partitions: each runs its own, shared places are settled between them.

Prices only rise, so a bid made while other partitions bid too stays valid: rounds of partitions and of settling
between them end in what one auction over all returns would end in, up to the increment (Bertsekas 1988, asynchronous
auctions). The result depends on the partitions, never on who works on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from routing.decide.scale.crew import Crew
from routing.decide.scale.live import Prices
from routing.decide.scale.news import NOTHING, News, Rumour, Told
from routing.decide.scale.worker import Bids

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Asked = tuple[IntArray | None, News]
EVEN_TURNS, LARGER = 10, 1.05
MANY = 2**40
"""More than returns of a partition."""


@dataclass(frozen=True)
class Contest:
    """Who may take which places: `places` of each partition (KEEP, the last place, included), and their capacity
    (places + 1,), -1 where any number fits."""

    places: tuple[IntArray, ...]
    capacity: IntArray

    @property
    def shared(self) -> BoolArray:
        """Places that several partitions may take, shape (places + 1,)."""
        return np.bincount(np.concatenate(self.places), minlength=len(self.capacity)) > 1


def contest(places: list[IntArray], room: FloatArray, keep_most: int) -> Contest:
    """Return the contest for `room` (places,) and for being one of `keep_most` who keep their item."""
    finite = np.where(np.isfinite(room), room, -1.0).astype(np.int64)
    return Contest(tuple(places), np.append(finite, keep_most))


def allot(crew: Crew, contest: Contest, prices: Prices, eps: float) -> tuple[FloatArray, int]:
    """Give every return a place, within `eps` EUR each of the best for all; return prices of places (KEEP last) and
    the number of bids. Earlier allotments are forgotten.

    The few returns that partitions go on outbidding each other with end their war by ever larger steps: of these each
    is within its last step of the best.
    """
    crew.each("clear")
    crew.some("contend", {k: (contest.capacity[own], contest.shared[own]) for k, own in enumerate(contest.places)})
    price, made = np.zeros(len(contest.capacity)), 0
    bids: dict[int, Bids] = {}
    asked: dict[int, Asked] = dict.fromkeys(range(len(crew)), (None, NOTHING))
    told = Told()
    for turn in count():
        step = eps * LARGER ** max(0, turn - EVEN_TURNS)
        answers: dict[int, Bids] = crew.some("bid", {k: (prices, *rest, step) for k, rest in asked.items()})
        bids |= answers
        made += sum(b.made for b in answers.values())
        held = _held(contest, bids)
        if held.wins.all():
            break
        contested = held.contested(contest)
        asked = {k: (lost, told.news(k, contested.foreign(contest.places[k], k))) for k, lost in held.losers().items()}
    for k, own in enumerate(contest.places):
        price[own] = np.maximum(price[own], bids[k].price)
    full = held.price(contest)
    return np.where(contest.shared, full, price), made


@dataclass(frozen=True)
class _Held:
    """All bids for shared places, and which of them are within capacity."""

    place: IntArray
    bid: FloatArray
    part: IntArray
    holder: IntArray
    wins: BoolArray

    def losers(self) -> dict[int, IntArray]:
        """Return, for partitions that lose some, the returns outbid."""
        lost = self._best_first(np.flatnonzero(~self.wins))
        part, holder = self.part[lost], self.holder[lost]
        return {int(k): holder[part == k] for k in np.unique(part)}

    def contested(self, contest: Contest) -> _Held:
        """Return the bids that win places which may fill up: the others stay below capacity even if everyone who lost
        a place came there, so that nobody can be outbid. Best first per place."""
        many = np.bincount(self.place[self.wins], minlength=len(contest.capacity))
        may_fill = many + int((~self.wins).sum()) > contest.capacity
        at = self._best_first(np.flatnonzero(self.wins & may_fill[self.place]))
        return _Held(self.place[at], self.bid[at], self.part[at], self.holder[at], self.wins[at])

    def _best_first(self, at: IntArray) -> IntArray:
        """Return the positions by place, best bid first."""
        return at[np.lexsort((self.holder[at], self.part[at], -self.bid[at], self.place[at]))]

    def foreign(self, own: IntArray, part: int) -> Rumour:
        """Return what other partitions hold of a partition's `own` places (ascending); bids must be best first."""
        first, last = (np.searchsorted(self.place, own, side=side) for side in ("left", "right"))
        many = last - first
        here = np.repeat(np.arange(len(own)), many)
        at = np.arange(len(here)) + np.repeat(first - (np.cumsum(many) - many), many)
        theirs = self.wins[at] & (self.part[at] != part)
        here, at = here[theirs], at[theirs]
        return Rumour(here, self.bid[at], self.part[at] * MANY + self.holder[at])

    def price(self, contest: Contest) -> FloatArray:
        """Return the lowest winning bid of every shared place that is full, else 0 (inf: it holds nobody), shape
        (places + 1,)."""
        many = np.bincount(self.place[self.wins], minlength=len(contest.capacity))
        lowest = np.full(len(contest.capacity), np.inf)
        np.minimum.at(lowest, self.place[self.wins], self.bid[self.wins])
        return np.where((contest.capacity >= 0) & (many >= contest.capacity), lowest, 0.0)


def _held(contest: Contest, bids: dict[int, Bids]) -> _Held:
    parts = sorted(bids)
    place = np.concatenate([contest.places[k][bids[k].place] for k in parts])
    bid = np.concatenate([bids[k].bid for k in parts])
    holder = np.concatenate([bids[k].holder for k in parts])
    part = np.repeat(parts, [len(bids[k].place) for k in parts])
    held = _Held(place, bid, part, holder, np.ones(len(place), np.bool_))
    # Ranking is only needed where too many came; of ten million returns that is a small share.
    crowded = np.bincount(place, minlength=len(contest.capacity)) > contest.capacity
    at = held._best_first(np.flatnonzero(crowded[place]))
    rank = np.arange(len(at)) - np.searchsorted(place[at], place[at], side="left")
    held.wins[at] = rank < contest.capacity[place[at]]
    return held
