"""The search over sets of depots: many are tried briefly, the best ones longer and longer.

Sets next to the best known ones are tried first, each beginning with the routes of its neighbour; what is expected of
a set is what its neighbour costs, and the difference of their estimates. Then half of the sets leave the race in every
round while the rest get twice the time (successive halving: Jamieson and Talwalkar 2016, arXiv 1502.07943).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

import numpy as np

from network_design.locate.location_routing.depot_sets import DepotSet, DepotSets
from network_design.locate.location_routing.plans import Ground
from network_design.locate.location_routing.searcher import Searcher, Settings
from network_design.locate.location_routing.work import STEP

CORES = 2
ROUNDS = ((16, 0.05), (8, 0.03), (4, 0.015))  # most sets, and how much dearer than the best each may be
SHARES = (0.2, 0.3, 0.5)  # of the time for all rounds
LAST_DEARER = 0.004
FIRST_STEPS, NEXT_STEPS = 40, 12  # per customer, for the first set and for one that begins with its neighbour's routes
WARM = 1.0  # usual legs: the temperature to begin with at a plan that is good already
INSISTENCE, DEARER_TOLL = 4, 4.0  # how often a set that overloads depots is searched on, at what times the toll
UNLIKELY = 1.15  # sets expected to be so much dearer than the best are not tried
EPOCHS = 40  # of the last round
AGAIN = -1  # marks a set that is searched a second time

OnBest = Callable[[float], None]


class Race:
    """All sets tried so far: how they were found, and which are searched on."""

    def __init__(
        self, ground: Ground, sets: DepotSets, threads: Executor, *, seed: int, settings: Settings, on_best: OnBest
    ) -> None:
        self.ground, self.sets, self.threads = ground, sets, threads
        self.seed, self.settings, self.on_best = seed, settings, on_best
        self.tried: dict[DepotSet, Searcher] = {}
        self.expected: dict[DepotSet, tuple[float, DepotSet]] = {}

    @property
    def leader(self) -> Searcher:
        """The set that looks best, whether or not it has a plan that overloads no depot."""
        return min(self.tried.values(), key=lambda searcher: searcher.worth)

    @property
    def winner(self) -> Searcher:
        """The set whose plan is the cheapest of those that overload no depot; where there is none, the leader."""
        return min(self.tried.values(), key=lambda searcher: (searcher.cost, searcher.worth))

    @property
    def steps(self) -> int:
        """Steps of the search so far, over all sets."""
        return sum(int(searcher.work.counts[STEP]) for searcher in self.tried.values())

    def begin(self) -> None:
        """Try the first set."""
        self._enter(self._try(self.sets.first(), None))

    def explore(self, until: float) -> None:
        """Try sets in the order of what is expected of them."""
        while time.perf_counter() < until and self.expected:
            likely = sorted(self.expected, key=lambda depots: self.expected[depots][0])[:CORES]
            likely = [depots for depots in likely if self.expected[depots][0] < UNLIKELY * self.leader.worth]
            if not likely:
                return
            parents = [self.tried[self.expected.pop(depots)[1]] for depots in likely]
            for searcher in self.threads.map(self._try, likely, parents):
                self._enter(searcher)

    def narrow(self, until: float) -> None:
        """Search the best sets longer and longer."""
        length_s = until - time.perf_counter()
        for (many, dearer), share in zip(ROUNDS, SHARES, strict=True):
            self._round(self._survivors(many, dearer), time.perf_counter() + share * length_s)

    def finish(self, until: float) -> None:
        """Search the very best sets to the end, or the last one with both cores, from hot to cold."""
        lanes = self._survivors(CORES, LAST_DEARER)
        if self.winner not in lanes:
            lanes = [*lanes[: CORES - 1], self.winner]
        if len(lanes) == 1:
            lanes.append(self._second(lanes[0]))
        began, hot, cold = time.perf_counter(), self.settings.hot, self.settings.cold
        for epoch in range(EPOCHS):
            ends = began + (until - began) * (epoch + 1) / EPOCHS
            first, then = (hot * (cold / hot) ** (at / EPOCHS) for at in (epoch, epoch + 1))
            running = [self.threads.submit(lane.run_until, ends, hot=first, cold=then) for lane in lanes]
            for lane in running:
                lane.result()
            self._tell()

    def _enter(self, searcher: Searcher) -> None:
        """Remember a set that was tried, and what it lets us expect of those next to it."""
        depots = frozenset(searcher.depots.tolist())
        self.tried[depots] = searcher
        above = searcher.worth - self.sets.estimate(depots)
        for other in self.sets.around(depots):
            if other not in self.tried:
                expected = self.sets.estimate(other) + above
                self.expected[other] = min(self.expected.get(other, (np.inf, depots)), (expected, depots), key=_first)
        self._tell()

    def _tell(self) -> None:
        self.on_best(min(searcher.cost for searcher in self.tried.values()))

    def _try(self, depots: DepotSet, parent: Searcher | None) -> Searcher:
        searcher = self._searcher(depots, parent)
        per_customer, hot = (FIRST_STEPS, self.settings.hot) if parent is None else (NEXT_STEPS, WARM)
        if searcher.filled:
            steps = per_customer * len(self.ground.demand)
            searcher.run(steps=steps, hot=hot, cold=self.settings.cold)
            self._insist(searcher, steps)
        return searcher

    def _insist(self, searcher: Searcher, steps: int) -> None:
        """Make overload dearer until there is a plan without, so that sets are compared by what is possible."""
        for _ in range(INSISTENCE):
            if searcher.feasible:
                return
            searcher.toll *= DEARER_TOLL
            searcher.run(steps=steps, hot=WARM, cold=self.settings.cold)

    def _survivors(self, many: int, dearer: float) -> list[Searcher]:
        """The best sets, of those that use the same depots the smallest."""
        found: dict[DepotSet, Searcher] = {}
        limit = self.leader.worth * (1.0 + dearer)
        for searcher in sorted(self.tried.values(), key=lambda searcher: (searcher.worth, len(searcher.depots))):
            if searcher.worth <= limit and len(found) < many:
                found.setdefault(searcher.used, searcher)
        return list(found.values())

    def _round(self, searchers: Sequence[Searcher], until: float) -> None:
        """Share the time out among the sets; a single one needs no race."""
        if len(searchers) < CORES:
            return
        lanes = [searchers[core::CORES] for core in range(CORES)]
        list(self.threads.map(lambda lane: self._in_turn(lane, until), lanes))
        self._tell()

    def _in_turn(self, searchers: Sequence[Searcher], until: float) -> None:
        for left in range(len(searchers), 0, -1):
            searcher, now = searchers[len(searchers) - left], time.perf_counter()
            searcher.restart(searcher.best_plan)
            searcher.run_until(now + (until - now) / left, hot=self.settings.hot, cold=self.settings.cold)

    def _second(self, searcher: Searcher) -> Searcher:
        """A second searcher of the same set."""
        depots = frozenset(searcher.depots.tolist())
        second = self._searcher(depots, searcher)
        self.tried[depots | {AGAIN}] = second
        return second

    def _searcher(self, depots: DepotSet, parent: Searcher | None) -> Searcher:
        seed = (self.seed, len(self.tried))
        return Searcher(self.ground, self.sets.opening_cost, depots, seed=seed, settings=self.settings, parent=parent)


def _first(pair: tuple[float, DepotSet]) -> float:
    return pair[0]
