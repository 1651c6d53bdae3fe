"""What partitions are told of each other's bids: only what is new since they were told last.

Between two rounds of an auction few bids change, and there are many rounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Rumour:
    """Bids of others that a partition knows of: whose, for which of its own places, EUR."""

    who: IntArray
    place: IntArray
    bid: FloatArray

    def only(self, some: IntArray | NDArray[np.bool_] | slice) -> Rumour:
        """Return some of the bids."""
        return Rumour(self.who[some], self.place[some], self.bid[some])

    def and_also(self, other: Rumour) -> Rumour:
        """Return these bids, then the others."""
        return Rumour(
            np.append(self.who, other.who), np.append(self.place, other.place), np.append(self.bid, other.bid)
        )

    def after(self, news: News) -> Rumour:
        """Return what is known after the news."""
        return self.only(~np.isin(self.who, news.over)).and_also(news.came)


SILENCE = Rumour(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


@dataclass(frozen=True)
class News:
    """Whose earlier bids are `over`, withdrawn or outbid, and the bids that `came`; one who raised a bid is in both."""

    over: IntArray
    came: Rumour


NOTHING = News(SILENCE.who, SILENCE)


@dataclass
class Grapevine:
    """What each partition has yet to be told. It wants `places` (ascending), of which some are `shared` with others;
    its returns are numbered from `first[k]` on."""

    places: Sequence[IntArray]
    shared: NDArray[np.bool_]
    first: IntArray
    _waiting: dict[int, list[News]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note who wants which shared place."""
        part = np.repeat(np.arange(len(self.places)), [len(own) for own in self.places])
        place = np.concatenate([SILENCE.place, *self.places])
        local = np.concatenate([SILENCE.place, *(np.arange(len(own)) for own in self.places)])
        by_place = np.argsort(place, kind="stable")
        by_place = by_place[self.shared[place[by_place]]]
        self._part, self._local = part[by_place], local[by_place]
        self._first = np.searchsorted(place[by_place], np.arange(len(self.shared) + 1))

    def spread(self, over: Rumour, came: Rumour) -> None:
        """Let everyone else who wants a place hear of bids that are over or came there; returns and places are numbers
        of the whole."""
        ended, begun = self._heard_by(over), self._heard_by(came)
        for part in sorted(ended.keys() | begun.keys()):
            news = News(ended.get(part, SILENCE).who, begun.get(part, SILENCE))
            self._waiting.setdefault(part, []).append(news)

    def told(self, part: int) -> News:
        """Return what a partition has not been told yet, of every bidder the last word; now it has."""
        waiting = self._waiting.pop(part, [])
        if len(waiting) < 2:
            return waiting[0] if waiting else NOTHING
        over = np.unique(np.concatenate(list(chain(*((news.over, news.came.who) for news in waiting)))))
        came = SILENCE
        for news in waiting:
            came = came.after(news)
        return News(over, came)

    def partition_of(self, who: IntArray) -> IntArray:
        """Return whose returns they are, shape (who,)."""
        return np.searchsorted(self.first, who, side="right") - 1

    def _heard_by(self, bids: Rumour) -> dict[int, Rumour]:
        first = self._first[bids.place]
        many = self._first[bids.place + 1] - first
        at = np.repeat(np.arange(len(bids.who)), many)
        to = np.arange(len(at)) + np.repeat(first - (np.cumsum(many) - many), many)
        others = self._part[to] != self.partition_of(bids.who)[at]
        at, to = at[others], to[others]
        by_part = np.argsort(self._part[to], kind="stable")
        at, to = at[by_part], to[by_part]
        heard = Rumour(bids.who[at], self._local[to], bids.bid[at])
        parts, starts = np.unique(self._part[to], return_index=True)
        ends = np.append(starts, len(to))[1:]
        return {int(k): heard.only(slice(a, b)) for k, a, b in zip(parts, starts, ends, strict=True)}
