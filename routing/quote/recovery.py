"""The best recovery of one return from every entry: sorting hub, process and day, at tonight's prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retour.instance import Instance
from retour.pricing import Goods, treatment_parts
from routing.quote.book import Book
from routing.quote.collection import COST, amounts
from routing.quote.profiles import ProfileShelf
from routing.quote.shelf import Shelf

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


class Recovered(NamedTuple):
    """The best way from each entry asked for, shape (e,): way (-1: none finds room), cost, CO2e and spending (e, 3),
    and what it pays for shared limits."""

    way: IntArray
    amounts: FloatArray
    limits_eur: FloatArray


@dataclass(frozen=True)
class Treated:
    """What of a return its recovery depends on."""

    class_idx: int
    profile: int
    weight_kg: float
    value_eur: float
    refund_slack_days: float


class Recoveries:
    """The ways of one shelf, filtered once per kind of return and entry."""

    def __init__(self, instance: Instance, profiles: ProfileShelf, shelf: Shelf) -> None:
        ix = instance.indexed
        self._instance, self._shelf, self._profiles = instance, shelf, profiles
        self._share, self._decay, self._outcome = ix.profiles.share, ix.class_decay, ix.processes.outcome
        self._kept: dict[tuple[int, int], IntArray] = {}

    def best(
        self, treated: Treated, entries: IntArray, book: Book, way_eur: FloatArray, unit_eur: FloatArray
    ) -> Recovered:
        """Return the best way from each of `entries`.

        `way_eur` (ways,) is what each way pays for the limits it uses; `unit_eur` (3,) what one euro of cost (0), one
        kilogram of CO2e and one euro spent pay for the night's budgets.
        """
        blocks = [self._allowed(treated, int(e)) for e in entries]
        ways = np.concatenate([np.empty(0, np.int64), *blocks])
        priced = self._amounts(treated, ways)
        limits_eur = way_eur[ways] + priced @ unit_eur
        total = np.where(book.fits(self._shelf.way, ways), priced[:, COST] + limits_eur, np.inf)
        each = zip(blocks, _stops(blocks), strict=True)
        at = np.array([_lowest(total, stop - len(b), stop) for b, stop in each], dtype=np.int64)
        found = at >= 0
        return Recovered(
            way=np.where(found, np.append(ways, -1)[at], -1),
            amounts=np.where(found[:, None], np.vstack([priced, np.full((1, 3), np.inf)])[at], np.inf),
            limits_eur=np.where(found, np.append(limits_eur, 0.0)[at], 0.0),
        )

    def _amounts(self, treated: Treated, ways: IntArray) -> FloatArray:
        shelf, on = self._shelf.ways, self._shelf.entries
        process, entry = shelf.process_idx[ways], shelf.entry[ways]
        goods = Goods(
            weight_kg=treated.weight_kg,
            value_eur=treated.value_eur * self._share[treated.profile][self._outcome[process]],
            decay_per_day=self._decay[treated.class_idx],
            refund_slack_days=treated.refund_slack_days,
        )
        parts = treatment_parts(
            self._instance, goods, on.lead_days[entry], on.hub_idx[entry], shelf.hub_idx[ways], process, shelf.day[ways]
        )
        return amounts(self._instance, parts)

    def _allowed(self, treated: Treated, entry: int) -> IntArray:
        block = int(self._shelf.time_of_class[treated.class_idx]) * len(self._shelf.entries) + entry
        key = (int(self._profiles.kind[treated.profile]), block)
        if key not in self._kept:
            start, stop = self._shelf.ways.start[block : block + 2]
            takes = self._profiles.takes[treated.profile]
            self._kept[key] = start + np.flatnonzero(takes[self._shelf.ways.process_idx[start:stop]])
        return self._kept[key]


def _stops(blocks: list[IntArray]) -> list[int]:
    return list(np.cumsum([len(b) for b in blocks]).tolist())


def _lowest(total: FloatArray, start: int, stop: int) -> int:
    """Return the position of the lowest total of start:stop, -1 where none is finite."""
    if start == stop:
        return -1
    at = start + int(total[start:stop].argmin())
    return at if np.isfinite(total[at]) else -1
