"""Solve a p-centre: radii halve the range between a plan and a bound, each a covering question.

E. Minieka, The m-center problem, SIAM Review 12 (1970), 10.1137/1012016.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np

from network_design.locate.answer import Deadline, LocationProgress, OnProgress
from network_design.locate.distances import CountedAnswer, DistanceProblem, FloatArray, IntArray
from network_design.locate.pcentre.within import all_within
from network_design.locate.pmedian.halting import Halt
from network_design.locate.pmedian.reachable import NOBODY_FOUND, require_reachable, too_few_sites
from network_design.locate.pmedian.start import nearest_two, seeded_sites
from retour.vocabulary import Status

METHOD = "halving of the radius; covering by swap search, Lagrangian bound and search tree"
SHARES = (0.1, 0.5)  # of the time left that a question may take: quick ones first
REACH_SHARE = 0.9  # of the time, for a first plan that reaches everybody
LEAST_S = 0.25  # for a question
BLOCK_ENTRIES = 2_000_000
ANY_WAY = float(np.finfo(np.float64).max)  # a radius within which everything is that can be reached at all


def solve(
    problem: DistanceProblem, *, seed: int, budget_s: float, on_progress: OnProgress | None = None
) -> CountedAnswer:
    """Return the plan with the smallest largest distance found within `budget_s` seconds, and its bound.

    Distances are not weighted. Raises `InfeasibleError` as the p-median does, and where too few sites may open to reach
    everybody.
    """
    deadline = Deadline(budget_s)
    allowed = require_reachable(problem)
    search = _Halving(problem, deadline, on_progress)
    search.offer(seeded_sites(problem, allowed, np.random.default_rng(seed)))
    if math.isinf(search.high):
        search.reach(seed=seed)
    if math.isinf(search.high):
        return CountedAnswer(Status.FAILED, None, None, iterations=search.questions, method=METHOD, note=NOBODY_FOUND)
    for share in SHARES:
        search.halve(seed=seed, share=share)
    _, _, assignment = nearest_two(problem, search.open_sites)
    return CountedAnswer(
        status=Status.OPTIMAL if search.low >= search.high else Status.FEASIBLE,
        cost=search.high,
        bound=min(search.low, search.high),
        open_sites=tuple(int(site) for site in search.open_sites),
        assignment=assignment,
        iterations=search.questions,
        method=METHOD,
    )


class _Halving:
    """The optimum is at least `low` and at most `high`, the largest distance of the plan."""

    def __init__(self, problem: DistanceProblem, deadline: Deadline, on_progress: OnProgress | None) -> None:
        self.problem, self.deadline, self._on_progress = problem, deadline, on_progress
        self.low, self.high, self.questions = 0.0, math.inf, 0
        self.open_sites: IntArray = np.empty(0, dtype=np.int64)

    def offer(self, open_sites: IntArray) -> None:
        """Take a plan if its largest distance is smaller."""
        farthest = float(nearest_two(self.problem, open_sites)[0].max())
        if farthest < self.high or not len(self.open_sites):
            self.high, self.open_sites = farthest, np.sort(open_sites)
            self._tell()

    def reach(self, *, seed: int) -> None:
        """Find a plan that reaches everybody, however far; raises `InfeasibleError` where none does."""
        if self._ask(ANY_WAY, seed=seed, share=REACH_SHARE) is False:
            raise too_few_sites(self.problem)

    def halve(self, *, seed: int, share: float) -> None:
        """Ask for radii in between until none is left; a question may take a share of the time left.

        One that stays open is passed over, to smaller and larger ones.
        """
        open_from, open_to = math.inf, -math.inf  # radii asked in vain
        while self.low < self.high and not self.deadline.is_over():
            radius = self._next_radius(open_from, open_to)
            if radius is None:
                break
            answer = self._ask(radius, seed=seed, share=share)
            if answer is False:
                self.low = max(self.low, self._next_distance(radius))
                self._tell()
            elif answer is None:
                open_from, open_to = min(open_from, radius), max(open_to, radius)

    def _ask(self, radius: float, *, seed: int, share: float) -> bool | None:
        """Whether everybody can be within the radius, asked for a share of the time left; the plan found is offered."""
        left_s = self.deadline.left_s()
        with Halt(Deadline(min(left_s, max(LEAST_S, share * left_s)))) as halt:
            answer, plan = all_within(self.problem, radius=radius, begin=self.open_sites, seed=seed, halt=halt)
        self.questions += 1
        self.offer(plan)
        return answer

    def _next_radius(self, open_from: float, open_to: float) -> float | None:
        """A distance half way of those from `low` to below `high` not asked in vain; None: nothing is left."""
        if open_from > open_to or open_to < self.low or open_from >= self.high:
            return self._distance_up_to((self.low + self.high) / 2.0)
        larger = self._distance_up_to((open_to + self.high) / 2.0)
        if open_to < larger < self.high:
            return larger
        smaller = self._distance_up_to((self.low + open_from) / 2.0)
        return smaller if self.low <= smaller < open_from else None

    def _distance_up_to(self, radius: float) -> float:
        """The largest distance that is not above `radius`."""
        if self.problem.distances.are_whole:
            return math.floor(radius)
        return max((float(block[block <= radius].max(initial=0.0)) for block in self._blocks()), default=0.0)

    def _next_distance(self, radius: float) -> float:
        """The smallest distance above `radius`."""
        if self.problem.distances.are_whole:
            return math.floor(radius) + 1.0
        return min((float(block[block > radius].min(initial=math.inf)) for block in self._blocks()), default=math.inf)

    def _blocks(self) -> Iterator[FloatArray]:
        step = max(1, BLOCK_ENTRIES // self.problem.sites)
        for begin in range(0, self.problem.customers, step):
            yield self.problem.distances.between(customers=slice(begin, begin + step), sites=slice(None))

    def _tell(self) -> None:
        if self._on_progress is not None:
            seconds = time.perf_counter() - self.deadline.started
            self._on_progress(LocationProgress(seconds, self.high, self.low))
