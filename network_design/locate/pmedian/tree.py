"""Search tree: sites are opened or shut one after the other until the bound of every branch reaches the best plan.

The branch with the lowest bound comes first, so that the bound of the whole rises all the time. Threads share the
tree; what they run is compiled and needs no interpreter.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from network_design.locate.distances import FloatArray, IntArray
from network_design.locate.pmedian.ascent_kernels import OPEN, SHUT, bound_node, branch
from network_design.locate.pmedian.halting import Halt
from network_design.locate.pmedian.incumbent import Incumbent
from network_design.locate.pmedian.near import Near

LEAST_CANDIDATES, MOST_CANDIDATES = 4, 20  # sites that are tried before one is opened or shut
CANDIDATE_ENTRIES = 4_000_000  # listed entries that trying them may look at, each once
TRIAL_ITERATIONS = 30
NODE_ITERATIONS = 100
FACTOR = 0.3
RELIABLE = 1  # a site tried so often is not tried again
MOST_BYTES = 600_000_000  # of waiting branches; then the deepest come first
DIVE_GAP = 0.1  # a dive ends where the bound has risen by this share of the gap
WAIT_S = 0.002
NOTHING_BETTER = -2

OnPlan = Callable[[IntArray, bool], None]  # open sites, and whether they are all that is left of a branch


@dataclass(frozen=True)
class Branch:
    """A part of all plans: the state of every site, prices (shape: customers) and the bound that they prove."""

    bound: float
    state: NDArray[np.int8]
    price: NDArray[np.float32]

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return self.state.nbytes + self.price.nbytes


class Tree:
    """Branches that wait, branches at work, and what trying sites has taught."""

    def __init__(
        self, near: Near, root: Branch, *, count: int, incumbent: Incumbent, halt: Halt, proves: bool = True
    ) -> None:
        """Begin with one branch; `proves` says whether it holds all plans, so that its bound is one of the whole."""
        self.near, self.count, self.incumbent, self._halt = near, count, incumbent, halt
        self.nodes, self._proves = 0, proves
        affordable = CANDIDATE_ENTRIES // max(1, len(near.site))
        self._candidates = int(np.clip(affordable, LEAST_CANDIDATES, MOST_CANDIDATES))
        self._order = itertools.count(0, -1)  # of equal bounds the latest first
        self._waiting: list[tuple[float, int, Branch]] = [(incumbent.sound(root.bound), next(self._order), root)]
        self._at_work: dict[int, float] = {}
        self._lock = threading.Lock()
        self._gain = np.zeros((2, near.sites))
        self._tried = np.zeros(near.sites, dtype=np.int64)

    @property
    def bound(self) -> float:
        """What no plan that is still looked for can be below; infinite when nothing is left."""
        with self._lock:
            return min([*(bound for bound, *_ in self._waiting[:1]), *self._at_work.values()], default=np.inf)

    @property
    def is_done(self) -> bool:
        """Whether every branch has been closed."""
        with self._lock:
            return not self._waiting and not self._at_work

    def work(self, *, until: Callable[[], bool], on_plan: OnPlan, dives: bool = False) -> None:
        """Open branches until nothing is left or `until` says so; `on_plan` is given what looks good.

        A thread that `dives` goes on with the latest branch, towards plans; the others with the lowest bound.
        """
        while not until() and not self.is_done:
            branch_ = self._take(dives=dives)
            if branch_ is None:
                time.sleep(WAIT_S)
                continue
            children = self._open(branch_, on_plan)
            self._give_back(branch_, children)

    @property
    def _is_deep(self) -> bool:
        return bool(self._waiting) and len(self._waiting) * self._waiting[0][2].nbytes > MOST_BYTES

    def _take(self, *, dives: bool) -> Branch | None:
        with self._lock:
            if not self._waiting:
                return None
            taken = self._pop(latest=dives and not self._is_deep)
            self._at_work[id(taken)] = taken.bound
            self.nodes += 1
            return taken

    def _pop(self, *, latest: bool) -> Branch:
        if not latest:
            return self._waiting.pop()[2] if self._is_deep else heapq.heappop(self._waiting)[2]
        last = min(range(len(self._waiting)), key=lambda k: self._waiting[k][1])
        lowest = self._waiting[0][0]
        if self._waiting[last][0] > lowest + DIVE_GAP * (self.incumbent.target - lowest):
            return heapq.heappop(self._waiting)[2]
        self._waiting[last], self._waiting[-1] = self._waiting[-1], self._waiting[last]
        taken = self._waiting.pop()[2]
        heapq.heapify(self._waiting)
        return taken

    def _give_back(self, branch_: Branch, children: list[Branch]) -> None:
        with self._lock:
            for child in children:
                heapq.heappush(self._waiting, (self.incumbent.sound(child.bound), next(self._order), child))
            del self._at_work[id(branch_)]
        if self._proves:
            self.incumbent.prove(self.bound)

    def _open(self, branch_: Branch, on_plan: OnPlan) -> list[Branch]:
        """The children of a branch that may still hold something better."""
        enough, target = self.incumbent.enough, self.incumbent.target
        if branch_.bound >= enough:
            return []
        state, price, share = branch_.state.copy(), branch_.price.astype(np.float64), np.full(self.near.sites, -1.0)
        lists = (*self.near.lists, self.near.beyond)
        found, _, _ = bound_node(
            *lists, state, self.count, target, enough, NODE_ITERATIONS, FACTOR, price, np.zeros(self.near.sites), share,
            self._halt.flag,
        )  # fmt: skip
        bound = max(found, branch_.bound)
        if bound >= enough or not self._leaves_a_plan(state):
            return []
        is_leaf = self._is_leaf(state)
        on_plan(_best_share(share, state, self.count), is_leaf)
        if is_leaf:
            return []
        site = branch(
            *lists, state, self.count, target, enough, bound, TRIAL_ITERATIONS, FACTOR, self._candidates, RELIABLE,
            price, share, self._gain, self._tried, self._halt.flag,
        )  # fmt: skip
        return self._children(Branch(bound, state, price.astype(np.float32)), site)

    def _children(self, parent: Branch, site: int) -> list[Branch]:
        if site == NOTHING_BETTER or not self._leaves_a_plan(parent.state):
            return []
        return [parent] if site < 0 else [self._child(parent, site, side) for side in (SHUT, OPEN)]

    def _child(self, parent: Branch, site: int, side: int) -> Branch:
        state = parent.state.copy()
        state[site] = side
        return Branch(parent.bound, state, parent.price)

    def _leaves_a_plan(self, state: NDArray[np.int8]) -> bool:
        return bool((state == OPEN).sum() <= self.count <= (state != SHUT).sum())

    def _is_leaf(self, state: NDArray[np.int8]) -> bool:
        return bool((state == OPEN).sum() == self.count or (state != SHUT).sum() == self.count)


def _best_share(share: FloatArray, state: NDArray[np.int8], count: int) -> IntArray:
    """The sites chosen most often, those that are open among them."""
    rank = share + 2.0 * (state == OPEN) - 2.0 * (state == SHUT)
    return np.sort(np.argpartition(-rank, count - 1)[:count])
