"""Which groups of stops a fractional solution visits too seldom.

For a set S of stops, the legs inside S are at most the visits in S minus the trips S needs. The trips needed are
at least: one for each required load that fills a van (rounded up), the visit of any one stop of S, and the visited
load of S over the largest van. Sets are grown from every stop towards the neighbour they are tied to most, as in
Lysgaard, Letchford and Eglese (2004), https://doi.org/10.1007/s10107-003-0481-8.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from routing.pickup.integers import IntegerProblem

LEAST_VIOLATION = 0.02
MAX_SET = 80
MAX_CUTS = 80


@dataclass(frozen=True)
class Cut:
    """Legs inside `members` <= sum of visits x `weights` - `trips`; weights follow `members`."""

    members: tuple[int, ...]
    weights: tuple[float, ...]
    trips: float


class CutFinder:
    """Finds violated cuts for one problem."""

    def __init__(self, integers: IntegerProblem) -> None:
        largest = np.array([kind.capacity for kind in integers.types if kind.count], dtype=float).max(axis=0)
        binding = (largest > 0) & (largest < integers.loads.sum(axis=0))
        self.share: list[list[float]] = (integers.loads[:, binding] / largest[binding]).tolist()
        self.required = [stop.required for stop in integers.stops]

    def find(self, inside: dict[int, dict[int, float]], visits: list[float]) -> list[Cut]:
        """The most violated cuts; `inside[i][j]` is the use of the legs between stops i and j, both ways."""
        found: dict[tuple[int, ...], tuple[float, Cut]] = {}
        for seed in sorted(inside):
            worst, cut = LEAST_VIOLATION, None
            for group in self._grow(seed, inside, visits):
                if group.violation() > worst:
                    worst, cut = group.violation(), group.cut(self.share)
            if cut is not None:
                found[cut.members] = worst, cut
        ranked = sorted(found.values(), key=lambda pair: (-pair[0], pair[1].members))
        return [cut for _, cut in ranked[:MAX_CUTS]]

    def _grow(self, seed: int, inside: dict[int, dict[int, float]], visits: list[float]) -> Iterator[_Group]:
        """The seed with one, two, ... of the stops it is tied to most; the same object, growing."""
        group, ties = _Group(len(self.share[seed])), {seed: 0.0}
        while ties and len(group.members) < MAX_SET:
            nearest = max(ties, key=lambda idx: (ties[idx], -idx))
            group.add(nearest, ties.pop(nearest), visits[nearest], self.share[nearest], self.required[nearest])
            for other, tie in inside[nearest].items():
                if other not in group.members:
                    ties[other] = ties.get(other, 0.0) + tie
            yield group


class _Group:
    """A growing set of stops with the sums its cuts need."""

    def __init__(self, units: int) -> None:
        self.members: dict[int, float] = {}
        self.used = self.visited = self.visited_most = 0.0
        self.required_share = [0.0] * units
        self.visited_share = [0.0] * units
        self.has_required = False

    def add(self, idx: int, tie: float, visit: float, share: list[float], required: bool) -> None:
        self.members[idx] = visit
        self.used += tie
        self.visited += visit
        self.visited_most = max(self.visited_most, visit)
        self.has_required = self.has_required or required
        for unit, part in enumerate(share):
            self.required_share[unit] += part * required
            self.visited_share[unit] += part * visit

    def violation(self) -> float:
        """By how much the inner legs exceed what the strongest of the three cuts allows."""
        needed = max(self._whole_trips(), self.visited_most, *self.visited_share, 0.0)
        return self.used - self.visited + needed

    def cut(self, share: list[list[float]]) -> Cut:
        """The strongest of the three cuts for this set."""
        members = tuple(sorted(self.members))
        whole, most = self._whole_trips(), max(self.visited_share, default=0.0)
        if whole >= max(most, self.visited_most):
            return Cut(members, (1.0,) * len(members), float(whole))
        if most > self.visited_most:
            unit = self.visited_share.index(most)
            return Cut(members, tuple(1.0 - share[idx][unit] for idx in members), 0.0)
        first = max(members, key=lambda idx: self.members[idx])
        return Cut(members, tuple(float(idx != first) for idx in members), 0.0)

    def _whole_trips(self) -> int:
        return max(int(self.has_required), math.ceil(max(self.required_share, default=0.0) - 1e-9))
