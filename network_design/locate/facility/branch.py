"""Branch and bound on sites: the node with the lowest bound is split on the site that its relaxation half opens.

After Goertz and Klose (2012), 10.1287/ijoc.1110.0468: Lagrangian bounds, averaged choices to branch on. Nodes are
worked on in pairs, one per core, and their results taken in order, so that threads change nothing in the outcome.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Protocol

import numpy as np

from network_design.locate.facility.relaxation import CLOSED, OPEN, Bounded, Bounding, Node

STEPS = 60  # of the ascent per node; prices start from the parent's
AT_ONCE = 2  # nodes worked on side by side


class Planner(Protocol):
    """Finds plans on the way; called from several threads."""

    @property
    def best_cost(self) -> float:
        """The cost of the best plan so far; inf without one."""
        ...

    def visit(self, bounded: Bounded) -> None:
        """Look for plans near what a node's relaxation opens."""
        ...

    def finish(self, leaf: Bounded, cutoff: float) -> Bounded | None:
        """Work on a node whose sites are all decided; return what is left of it, None if nothing below `cutoff`."""
        ...


class SiteTree:
    """The nodes still to split and the leaves still to finish."""

    def __init__(self, relaxation: Bounding, planner: Planner) -> None:
        self.relaxation, self.planner = relaxation, planner
        self.nodes: list[tuple[float, int, Bounded]] = []
        self.leaves: list[tuple[float, int, Bounded]] = []
        self.hard: list[tuple[float, int, Bounded]] = []  # leaves that were tried and wait until all else is done
        self.number = count()
        self.steps = 0

    @property
    def bound(self) -> float:
        """The least bound of what is left; inf once nothing is."""
        return min((heap[0][0] for heap in (self.nodes, self.leaves, self.hard) if heap), default=np.inf)

    @property
    def cutoff(self) -> float:
        """The bound from which on a node holds nothing better than the best plan."""
        best = self.planner.best_cost
        return self.relaxation.cutoff(best) if best < np.inf else np.inf

    def plant(self, root: Bounded) -> None:
        """Forget every node, and begin with this one."""
        self.nodes, self.leaves, self.hard = [], [], []
        self.push(root)

    def push(self, bounded: Bounded) -> None:
        """Keep what may hold a better plan."""
        self.steps += bounded.steps
        if bounded.node.bound < self.cutoff:
            leaves = self.hard if bounded.tries else self.leaves
            heap = self.nodes if len(bounded.undecided) else leaves
            heapq.heappush(heap, (bounded.node.bound, next(self.number), bounded))

    def grow(self, is_over: Callable[[], bool]) -> Iterator[float]:
        """Work on pairs until nothing is left or time is over; yield the bound after each."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while not is_over() and (work := self._next()):
                cutoff = self.cutoff
                for results in pool.map(lambda bounded: self._work(bounded, cutoff), work):  # noqa: B023
                    for bounded in results:
                        self.push(bounded)
                yield self.bound

    def _next(self) -> list[Bounded]:
        """Take the best two nodes, or the best two leaves where a leaf comes first; hard leaves come last."""
        taken: list[Bounded] = []
        leaf_first = self.leaves and not (self.nodes and self.nodes[0][0] < self.leaves[0][0])
        heap = self.leaves if leaf_first else self.nodes or self.hard
        while heap and len(taken) < AT_ONCE:
            bounded = heapq.heappop(heap)[2]
            if bounded.node.bound < self.cutoff:
                taken.append(bounded)
        return taken if taken or not (self.nodes or self.leaves or self.hard) else self._next()

    def _work(self, bounded: Bounded, cutoff: float) -> list[Bounded]:
        if not len(bounded.undecided):
            left = self.planner.finish(bounded, cutoff)
            return [] if left is None else [left]
        children = [self.relaxation.bound(child, cutoff=cutoff, steps=STEPS) for child in _split(bounded)]
        for child in children:
            if child.node.bound < cutoff:
                self.planner.visit(child)
        return children


def _split(parent: Bounded) -> Iterator[Node]:
    site = parent.undecided[np.argmin(np.abs(parent.average[parent.undecided] - 0.5))]
    for decision in (OPEN, CLOSED):
        state = parent.node.state.copy()
        state[site] = decision
        yield Node(parent.node.bound, state, parent.node.prices)
