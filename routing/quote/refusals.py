"""What is not offered to a customer, and which rule of which source stands against it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retour.indexed import OUTCOMES
from retour.vocabulary import Outcome
from routing.decide.rules import KEEP_RULES, OUTCOME_RULES, PROCESS_RULES, Rule
from routing.quote.around import RULES, Seen
from routing.quote.book import Book
from routing.quote.choosing import Kept, Ways
from routing.quote.offer import Refusal
from routing.quote.profiles import ProfileShelf
from routing.quote.shelf import Shelf

NAMED = 3
FULL = "nothing is left of it tonight"
LIMIT_SOURCES = {
    "point room": "points.capacity_parcels, fill",
    "compartments": "compartments, fill",
    "keep share": "policy keep.max_share",
}


class Refusals:
    """The refusals of one network; those of profiles alike are worded once."""

    def __init__(self, profiles: ProfileShelf, shelf: Shelf) -> None:
        self._instance, self._profiles, self._shelf = profiles.instance, profiles, shelf
        points = profiles.instance.indexed.points
        self._ids, self._reach_m = points.ids, points.reach_m
        self._outcomes_named = np.array([str(o) for o in OUTCOMES], dtype=object)
        self._movable = self._outcomes_named != str(Outcome.KEEP)
        self._worded: dict[bytes, tuple[Refusal, ...]] = {}

    def told(self, profile: int, removed: Seen, ways: Ways, kept: Kept, book: Book, lies: bool) -> tuple[Refusal, ...]:
        """Return what rules and full limits keep from the customer: points, keeping it, outcomes."""
        alike = self._profiles.outcome_rule[profile].tobytes() + self._profiles.process_rule[profile].tobytes()
        if alike not in self._worded:
            self._worded[alike] = (*self._outcomes(profile), *self._processes(profile))
        return (
            *self._points(removed, len(ways.c)),
            *self._full(ways, book, lies),
            *self._keeping(kept, book),
            *self._worded[alike],
        )

    def _points(self, removed: Seen, offered: int) -> list[Refusal]:
        """Name what rules remove within reach; points farther than customers are sent only where nothing is nearer."""
        near = removed.road_m <= self._reach_m[removed.c]
        removed = removed.at(near) if near.any() or offered else removed
        return [
            self._refusal(_named(self._ids[removed.c[removed.rule == k]]), RULES[k])
            for k in dict.fromkeys(removed.rule.tolist())
        ]

    def _full(self, ways: Ways, book: Book, lies: bool) -> list[Refusal]:
        uses = self._shelf.lying if lies else self._shelf.x
        full = [(int(c), book.first_lacking(uses, int(x))) for c, x in zip(ways.c, ways.x, strict=True)]
        return [
            Refusal(str(self._ids[c]), FULL, LIMIT_SOURCES.get(limit, limit))
            for c, row in full
            if row >= 0
            for limit in [self._shelf.names["limit"].iat[row]]
        ]  # fmt: skip

    def _keeping(self, kept: Kept, book: Book) -> list[Refusal]:
        if kept.rule >= 0:
            return [self._refusal(str(Outcome.KEEP), KEEP_RULES[kept.rule])]
        if not book.has(self._shelf.keep_row, 1.0):
            return [Refusal(str(Outcome.KEEP), FULL, LIMIT_SOURCES["keep share"])]
        return []

    def _outcomes(self, profile: int) -> list[Refusal]:
        rule, movable = self._profiles.outcome_rule[profile], self._movable
        return [
            self._refusal(", ".join(self._outcomes_named[movable & (rule == k)]), OUTCOME_RULES[k])
            for k in np.unique(rule[movable])
            if k >= 0
        ]

    def _processes(self, profile: int) -> list[Refusal]:
        ix, rule = self._instance.indexed, self._profiles.process_rule[profile]
        rule = np.where(self._profiles.outcome_rule[profile][ix.processes.outcome] < 0, rule, -1)
        return [self._refusal(_named(ix.processes.ids[rule == k]), PROCESS_RULES[k]) for k in np.unique(rule) if k >= 0]

    def _refusal(self, what: str, rule: Rule) -> Refusal:
        return Refusal(what, rule.says, rule.source(self._instance))


def _named(ids: NDArray[np.object_]) -> str:
    names = [str(i) for i in ids[:NAMED]]
    return ", ".join(names) if len(ids) <= NAMED else f"{', '.join(names)} and {len(ids) - NAMED} more"
