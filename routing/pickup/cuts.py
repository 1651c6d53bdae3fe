"""Which groups of stops a fractional solution visits too seldom.

For a set S of stops, the legs inside S are at most the visits in S minus the trips S needs. The trips needed are
at least: one for each required load that fills a van (rounded up), the visit of any one stop of S, and the visited
load of S over the largest van. Sets are grown from every stop towards the neighbour they are tied to most, as in
Lysgaard, Letchford and Eglese (2004), https://doi.org/10.1007/s10107-003-0481-8.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from routing.pickup.integers import IntegerProblem

LEAST_VIOLATION = 0.02
MAX_SET = 80
MAX_CUTS_PER_STOP = 10


@dataclass(frozen=True)
class Cut:
    """Legs inside `members` <= sum of visits x `weights` - `trips`; weights follow `members`.

    `layer` is the vehicle type whose legs and visits are meant, None for those of all types together.
    """

    layer: int | None
    members: tuple[int, ...]
    weights: tuple[float, ...]
    trips: float


Ties = dict[int, dict[int, float]]
"""`ties[i][j]` is the use of the legs between stops i and j, both ways added up."""


class CutFinder:
    """Finds violated cuts for one problem."""

    def __init__(self, integers: IntegerProblem) -> None:
        self.loads = integers.demands
        self.required = integers.required.tolist()
        self.none_required = [False] * len(self.required)
        self.capacity = [integers.rooms(kind) for kind in integers.types if kind.count]
        self.shares = [self._share(capacity) for capacity in self.capacity]
        self.share_of_largest = self._share(tuple(map(max, zip(*self.capacity, strict=True))))

    def _share(self, capacity: tuple[int, ...]) -> list[list[float]]:
        """The share of a van that each stop fills, per load unit that can fill one."""
        room = np.array(capacity, dtype=float)
        binding = (room > 0) & (room < self.loads.sum(axis=0))
        return (self.loads[:, binding] / room[binding]).tolist()

    def whole(self) -> Cut:
        """The cut of all stops: as many trips as the required load fills vans, rounded up."""
        group = _Group(len(self.share_of_largest[0]))
        for idx, share in enumerate(self.share_of_largest):
            group.add(idx, 0.0, 0.0, share, self.required[idx])
        return group.cut(None, self.share_of_largest)

    def in_layer(self, layer: int, ties: Ties, visits: list[float]) -> list[Cut]:
        """The most violated cuts of one vehicle type."""
        return self._find(layer, ties, visits, self.shares[layer], self.none_required)

    def over_all(self, ties: Ties, visits: list[float]) -> list[Cut]:
        """The most violated cuts of all vehicle types together."""
        return self._find(None, ties, visits, self.share_of_largest, self.required)

    def _find(
        self, layer: int | None, ties: Ties, visits: list[float], share: list[list[float]], required: list[bool]
    ) -> list[Cut]:
        found: dict[tuple[int, ...], tuple[float, Cut]] = {}
        for seed in sorted(ties):
            worst: dict[int, tuple[float, Cut]] = {}
            for group in _grow(seed, ties, visits, share, required):
                size_class = len(group.members).bit_length()
                if group.violation() > worst.get(size_class, (LEAST_VIOLATION,))[0]:
                    worst[size_class] = group.violation(), group.cut(layer, share)
            found.update((cut.members, (violation, cut)) for violation, cut in worst.values())
        return _most_violated(list(found.values()))


def _most_violated(found: list[tuple[float, Cut]]) -> list[Cut]:
    """The most violated cuts, with no stop in more than `MAX_CUTS_PER_STOP` of them."""
    chosen: list[Cut] = []
    times: Counter[int] = Counter()
    for _, cut in sorted(found, key=lambda pair: (-pair[0], pair[1].members)):
        if all(times[idx] < MAX_CUTS_PER_STOP for idx in cut.members):
            chosen.append(cut)
            times.update(cut.members)
    return chosen


def _grow(
    seed: int, ties: Ties, visits: list[float], share: list[list[float]], required: list[bool]
) -> Iterator[_Group]:
    """The seed with one, two, ... of the stops it is tied to most; the same object, growing."""
    group, near = _Group(len(share[seed])), {seed: 0.0}
    while near and len(group.members) < MAX_SET:
        nearest = max(near, key=lambda idx: (near[idx], -idx))
        group.add(nearest, near.pop(nearest), visits[nearest], share[nearest], required[nearest])
        for other, tie in ties[nearest].items():
            if other not in group.members:
                near[other] = near.get(other, 0.0) + tie
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

    def vans(self) -> float:
        """How many vans the visited load fills."""
        return max(self.visited_share, default=0.0)

    def violation(self) -> float:
        """By how much the inner legs exceed what the strongest of the three cuts allows."""
        needed = max(self._whole_trips(), self.visited_most, self.vans())
        return self.used - self.visited + needed

    def cut(self, layer: int | None, share: list[list[float]]) -> Cut:
        """The strongest of the three cuts for this set."""
        members = tuple(sorted(self.members))
        whole, most = self._whole_trips(), self.vans()
        if whole >= max(most, self.visited_most):
            return Cut(layer, members, (1.0,) * len(members), float(whole))
        if most > self.visited_most:
            unit = self.visited_share.index(most)
            return Cut(layer, members, tuple(1.0 - share[idx][unit] for idx in members), 0.0)
        first = max(members, key=lambda idx: self.members[idx])
        return Cut(layer, members, tuple(float(idx != first) for idx in members), 0.0)

    def _whole_trips(self) -> int:
        return max(int(self.has_required), math.ceil(max(self.required_share, default=0.0) - 1e-9))
