"""What partitions are told of each other's bids: only what is new since they were told last.

Between two rounds of an auction few bids change, and there are many rounds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class News:
    """Positions of the bids known so far that are `gone`, and those that came: own places and bids (EUR)."""

    gone: IntArray
    place: IntArray
    bid: FloatArray


@dataclass(frozen=True)
class Rumour:
    """The bids of others that a partition knows of, in the order it heard of them: own places, bids, whose."""

    place: IntArray
    bid: FloatArray
    who: IntArray

    def after(self, news: News, who: IntArray) -> Rumour:
        """Return what is known after the news, which came of `who`."""
        kept = (np.delete(array, news.gone) for array in (self.place, self.bid, self.who))
        return Rumour(*(np.append(old, new) for old, new in zip(kept, (news.place, news.bid, who), strict=True)))


NOTHING = News(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
SILENCE = Rumour(NOTHING.place, NOTHING.bid, NOTHING.gone)


@dataclass
class Told:
    """What every partition has been told."""

    known: dict[int, Rumour] = field(default_factory=dict)

    def news(self, part: int, now: Rumour) -> News:
        """Return what a partition must hear to know what holds `now`, and take it as told."""
        old = self.known.get(part, SILENCE)
        same, at = _found(now, old)
        gone = np.ones(len(old.who), dtype=bool)
        gone[at[same]] = False
        news = News(np.flatnonzero(gone), now.place[~same], now.bid[~same])
        self.known[part] = old.after(news, now.who[~same])
        return news


def _found(now: Rumour, old: Rumour) -> tuple[NDArray[np.bool_], IntArray]:
    """Return which bids were known already, and where."""
    if not len(old.who):
        return np.zeros(len(now.who), dtype=bool), np.zeros(len(now.who), dtype=np.int64)
    order = np.argsort(old.who)
    at = order[np.minimum(np.searchsorted(old.who, now.who, sorter=order), len(order) - 1)]
    return (old.who[at] == now.who) & (old.place[at] == now.place) & (old.bid[at] == now.bid), at
