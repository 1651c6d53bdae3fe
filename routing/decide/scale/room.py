"""The auction for room at points over all partitions: each runs its own, shared places are settled between them.

Prices only rise, so a bid made while other partitions bid too stays valid: rounds of partitions and of settling
between them end in what one auction over all returns would end in, up to the increment (Bertsekas 1988, asynchronous
auctions). The result depends on the partitions, never on who works on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from routing.decide.scale.crew import Crew
from routing.decide.scale.live import Prices
from routing.decide.scale.news import NOTHING, Grapevine, News, Rumour
from routing.decide.scale.standing import Standing
from routing.decide.scale.worker import Bids

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Asked = tuple[IntArray | None, News]
EVEN_TURNS, LARGER = 10, 1.05


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
    limited = contest.shared & (contest.capacity >= 0)
    sizes = crew.some("contend", {k: (contest.capacity[own], limited[own]) for k, own in enumerate(contest.places)})
    first = np.cumsum([0, *(sizes[k] for k in range(len(crew)))])
    standing, grapevine = Standing(int(first[-1]), contest.capacity), Grapevine(contest.places, limited, first)
    own_price, made = [np.zeros(len(own)) for own in contest.places], 0
    asked: dict[int, Asked] = dict.fromkeys(range(len(crew)), (None, NOTHING))
    for turn in count():
        step = eps * LARGER ** max(0, turn - EVEN_TURNS)
        bids: dict[int, Bids] = crew.some("bid", {k: (prices, *rest, step) for k, rest in asked.items()})
        for k, told in bids.items():
            own_price[k], made = told.price, made + told.made
        turned = standing.change(*_of_all(bids, contest, first))
        if not len(turned.outbid):
            break
        grapevine.spread(turned.over, turned.came)
        part = grapevine.partition_of(turned.outbid)
        asked = {int(k): (turned.outbid[part == k] - first[k], grapevine.told(k)) for k in np.unique(part)}
    price = np.zeros(len(contest.capacity))
    for own, found in zip(contest.places, own_price, strict=True):
        price[own] = np.maximum(price[own], found)
    return np.where(limited, standing.price(), price), made


def _of_all(bids: Mapping[int, Bids], contest: Contest, first: IntArray) -> tuple[IntArray, Rumour]:
    """Return whose bids are over, and the bids that came, of all partitions; returns and places are numbers of the
    whole."""
    over = [told.over + first[k] for k, told in bids.items()]
    came = [(b.came.who + first[k], contest.places[k][b.came.place], b.came.bid) for k, b in bids.items()]
    return np.concatenate(over), Rumour(*(np.concatenate(arrays) for arrays in zip(*came, strict=True)))
