"""The bids that stand for places which several partitions may take: kept in order, touched only where bids change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.decide.scale.auction import merged
from routing.decide.scale.news import Rumour

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Turn:
    """What a round of bids came to: who is outbid, by place and best bid first, and the bids over and begun that
    others need to know of."""

    outbid: IntArray
    over: Rumour
    came: Rumour


class Standing:
    """Who holds which place for what bid; returns are numbers from 0, so that of equal bids the lower number wins."""

    def __init__(self, returns: int, capacity: IntArray) -> None:
        """Begin without bids; `capacity` (places,) is -1 where any number fits, and nobody need bid."""
        self._capacity = capacity
        self._place, self._bid = np.full(returns, -1, np.int32), np.zeros(returns)
        self._order = np.empty(0, np.int64)
        self._known = np.zeros(returns, np.bool_)

    def change(self, over: IntArray, came: Rumour) -> Turn:
        """Take in whose earlier bids are `over` and those that `came`; return who is outbid, whose bids are over too.

        Of places that stay below capacity, even if everyone who is outbid came there, nobody need know: nobody can be
        outbid there, now or later, since no round leaves more returns without a place than came into it.
        """
        withdrawn = self._forgotten(over)
        self._place[over] = -1
        kept = self._order[self._place[self._order] >= 0]
        self._place[came.who], self._bid[came.who] = came.place, came.bid
        new = came.who[np.lexsort((came.who, -came.bid, came.place))]
        order = merged(kept, new, self._place, self._bid)
        place = self._place[order]
        rank = np.arange(len(order)) - np.searchsorted(place, np.arange(len(self._capacity)))[place]
        wins = rank < self._capacity[place]
        outbid, self._order, place = order[~wins], order[wins], place[wins]
        gone = withdrawn.and_also(self._forgotten(outbid))
        self._place[outbid] = -1
        may_fill = np.bincount(place, minlength=len(self._capacity)) + len(outbid) > self._capacity
        told = may_fill[place] & ~self._known[self._order]
        self._known[self._order[told]] = True
        return Turn(outbid, gone, self._bids_of(self._order[told]))

    def _forgotten(self, who: IntArray) -> Rumour:
        """Return those of these bids that others knew of, as known no longer."""
        known = who[self._known[who]]
        self._known[known] = False
        return self._bids_of(known)

    def _bids_of(self, who: IntArray) -> Rumour:
        return Rumour(who, self._place[who].astype(np.int64), self._bid[who])

    def price(self) -> FloatArray:
        """Return the lowest bid for every place that is full, else 0 (inf: it holds nobody), shape (places,)."""
        place = self._place[self._order]
        full = np.bincount(place, minlength=len(self._capacity)) >= self._capacity
        lowest = np.full(len(self._capacity), np.inf)
        np.minimum.at(lowest, place, self._bid[self._order])
        return np.where((self._capacity >= 0) & full, lowest, 0.0)
