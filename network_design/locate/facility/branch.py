"""Branch and bound on sites: the node with the lowest bound is split on the site that its relaxation half opens.

After Goertz and Klose (2012), 10.1287/ijoc.1110.0468: Lagrangian bounds, averaged choices to branch on.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import numpy as np

from network_design.locate.facility.relaxation import CLOSED, OPEN, Bounded, Node, Relaxation

STEPS = 60  # of the ascent per node; prices start from the parent's
AT_ONCE = 2  # nodes bounded side by side: one per core

Leaf = Callable[[Bounded], float]  # the least bound that is left after a node without undecided sites was worked on
Visit = Callable[[Bounded], None]  # looks for plans


class SiteTree:
    """The nodes still to split; `bound` holds for every plan that costs less than the cutoff."""

    def __init__(self, relaxation: Relaxation, *, visit: Visit, leaf: Leaf, cutoff: Callable[[], float]) -> None:
        self.relaxation, self.visit, self.leaf, self.cutoff = relaxation, visit, leaf, cutoff
        self.open: list[tuple[float, int, Bounded]] = []
        self.number = count()
        self.floor = np.inf  # the least bound of what was given up
        self.steps = 0

    @property
    def bound(self) -> float:
        """The least bound of what is left; inf once nothing is."""
        return min(self.floor, self.open[0][0]) if self.open else self.floor

    def push(self, bounded: Bounded) -> None:
        """Keep a node if it may hold a better plan; one without undecided sites is settled at once."""
        self.steps += bounded.steps
        if bounded.node.bound < self.cutoff():
            self.visit(bounded)
        if bounded.node.bound >= self.cutoff():
            return
        if len(bounded.undecided):
            heapq.heappush(self.open, (bounded.node.bound, next(self.number), bounded))
        else:
            self.floor = min(self.floor, self.leaf(bounded))

    def grow(self, is_over: Callable[[], bool]) -> Iterator[float]:
        """Split nodes until none is left or time is over; yield the bound after every round."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while self.open and not is_over():
                children = [child for parent in self._next() for child in _split(parent)]
                for bounded in pool.map(self._bounded, children):
                    self.push(bounded)
                yield self.bound

    def _next(self) -> Iterable[Bounded]:
        """Take the best nodes, dropping on the way what cannot be better any more."""
        taken: list[Bounded] = []
        while self.open and len(taken) < AT_ONCE:
            bound, _, bounded = heapq.heappop(self.open)
            if bound < self.cutoff():
                taken.append(bounded)
        return taken

    def _bounded(self, node: Node) -> Bounded:
        return self.relaxation.bound(node, cutoff=self.cutoff(), steps=STEPS)


def _split(parent: Bounded) -> Iterator[Node]:
    site = parent.undecided[np.argmin(np.abs(parent.average[parent.undecided] - 0.5))]
    for decision in (OPEN, CLOSED):
        state = parent.node.state.copy()
        state[site] = decision
        yield Node(parent.node.bound, state, parent.node.prices)
