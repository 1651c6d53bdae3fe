"""The work on a p-median: one thread raises the bound while another improves the plan; then both search the tree."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from network_design.locate.distances import DistanceProblem, FloatArray, IntArray
from network_design.locate.pmedian.ascent import Ascent
from network_design.locate.pmedian.ascent_kernels import FREE, OPEN, SHUT
from network_design.locate.pmedian.halting import Halt
from network_design.locate.pmedian.incumbent import Incumbent
from network_design.locate.pmedian.near import Near
from network_design.locate.pmedian.start import allowed_sites, stay_open
from network_design.locate.pmedian.swapping import Swapping
from network_design.locate.pmedian.tree import Branch, Tree

STEPS = 400  # of the ascent between two plans made from its prices
CHUNK_S = 0.3  # of the swap search between two looks around
ROUND_CHUNKS = 3  # without success, after which the swap search begins anew
PATIENCE = 0.5  # share of its time the swap search may go without success before it helps with the tree
LEAST_ROUNDS = 6
HEAVY_ENTRIES = 1_000_000  # of the lists; above, a branch takes a second and more
PLAN_EVERY, PLAN_EVERY_DIVE = 10, 2  # branches between two plans made from one
PLAN_KICKS = 50
NEARLY_ALWAYS, HARDLY_EVER = 0.95, 0.01  # shares of the relaxation
LEAST_AROUND_S, AROUND = 3.0, 2.0  # for the search around the relaxation, in the time that took
NARROW = (0.05, 0.1, 0.2, 0.4)  # shares of the gap by which a site may miss the best ones and still be tried
NOISE = (0.0, 0.1, 0.3)  # added to how often a site is chosen when a new plan is made
BEST_KEPT, FRESH, MERGE_S = 8, 3, 4.0  # plans that are merged, after so many new ones, in so many seconds at most


class Work:
    """Everything that is known of a p-median, and what its two threads do with it."""

    def __init__(
        self,
        problem: DistanceProblem,
        near: Near,
        incumbent: Incumbent,
        halt: Halt,
        *,
        price: FloatArray,
        cost_of: Callable[[IntArray], float],
        seed: int,
    ) -> None:
        """Begin with a plan in `incumbent` and a price per customer; `cost_of` says what open sites really cost."""
        self.problem, self.near, self.incumbent, self.halt, self.seed = problem, near, incumbent, halt, seed
        self.root = self._ascent(price)
        self._cost_of = cost_of
        self.tree: Tree | None = None
        self._root_ready = threading.Event()
        self._root_s = LEAST_AROUND_S
        self._stay = stay_open(problem)
        self._best: list[tuple[float, IntArray]] = []
        self._fresh = 0

    @property
    def steps(self) -> int:
        """Steps of the ascent and branches of the tree."""
        return self.root.iterations + (self.tree.nodes if self.tree else 0)

    def run(self) -> None:
        """Work until the best plan is proven or time is over."""
        with ThreadPoolExecutor(1) as pool:
            improving = pool.submit(self._improve)
            try:
                self._raise()
                self._search_tree(seed=self.seed)
            finally:
                self._root_ready.set()
                improving.result()

    def is_over(self) -> bool:
        """Whether nothing is left to do, or no time."""
        if self.incumbent.is_proven:
            self.halt.now()
        return self.halt.is_set

    def _ascent(self, price: FloatArray) -> Ascent:
        allowed = allowed_sites(self.problem)
        state = np.where(allowed, FREE, SHUT).astype(np.int8)
        state[sorted(self.problem.must_open)] = OPEN
        if self.near.closed:  # sites that are listed for nobody serve nobody; some are open for the count only
            idle = np.setdiff1d(np.flatnonzero(state == FREE), self.near.site)
            short = self.problem.open_count - (int(allowed.sum()) - len(idle))
            state[idle[max(0, short) :]] = SHUT
        return Ascent(self.near, state, self.problem.open_count, price)

    def _raise(self) -> None:
        """Raise the bound at the root until that ends, and offer plans made of the sites that are chosen most."""
        begun = time.perf_counter()
        swapping = self._swapping(self.near, seed=self.seed + 1)
        while not self.root.is_over and self.root.bound < self.incumbent.enough and not self.is_over():
            self.root.climb(
                target=self.incumbent.target, enough=self.incumbent.enough, iterations=STEPS, halt=self.halt
            )
            self.incumbent.prove(self.root.bound)
            self._offer(swapping, self.root.most_chosen())
        if not self.is_over():
            state = self.root.fixed(self.incumbent.enough)
            root = Branch(self.root.bound, state, self.root.price.astype(np.float32))
            lists, count = self.near.only(state != SHUT), self.problem.open_count
            self.tree = Tree(lists, root, count=count, incumbent=self.incumbent, halt=self.halt)
        self._root_s = max(LEAST_AROUND_S, AROUND * (time.perf_counter() - begun))
        self._root_ready.set()

    def _improve(self) -> None:
        """Improve the plan until it has not become better for long; then help with the tree."""
        begun, failures, random = time.perf_counter(), 0, np.random.default_rng(self.seed)
        while not self.is_over() and not self._root_ready.is_set():
            swapping = self._swapping(self.near, seed=int(random.integers(2**31)))
            self._round(swapping, self.incumbent.open_sites, until_root=True)
        self._search_around(seed=self.seed + 2)
        while not self.is_over() and self._root_ready.is_set():
            since_s, best = time.perf_counter() - self.incumbent.found_at, self.incumbent.cost
            if failures >= LEAST_ROUNDS and not self._is_heavy and since_s > PATIENCE * (time.perf_counter() - begun):
                break
            begin = self.root.most_chosen(NOISE[random.integers(len(NOISE))] * random.random(self.problem.sites))
            if random.random() < 0.5:
                begin = self.incumbent.open_sites
            lists = self._narrow(NARROW[random.integers(len(NARROW))], begin)
            self._keep(*self._round(self._swapping(lists, seed=int(random.integers(2**31))), begin))
            if self._fresh >= FRESH:
                self._merge(seed=int(random.integers(2**31)))
            failures = 0 if self.incumbent.cost < best else failures + 1
        self._root_ready.wait()
        self._search_tree(seed=self.seed + 1, dives=True)

    @property
    def _is_heavy(self) -> bool:
        """Whether the tree is so slow that a better plan is the likelier gain."""
        return self.tree is not None and len(self.tree.near.site) > HEAVY_ENTRIES

    def _search_around(self, *, seed: int) -> None:
        """Search the plans that open what the relaxation nearly always opens, and nothing that it hardly ever does.

        Where the relaxation is tight few sites are left, and swaps alone do not find the best of them.
        """
        share = self.root.share
        is_idle = share <= HARDLY_EVER
        is_idle[self.incumbent.open_sites] = False
        self._search_between(is_idle, share >= NEARLY_ALWAYS, seed=seed, budget_s=self._root_s)

    def _keep(self, plan: IntArray, cost: float) -> None:
        """Remember a plan if it is among the best ones of different cost."""
        if not any(cost == other for other, _ in self._best):
            self._best = sorted([*self._best, (cost, plan)], key=lambda known: known[0])[:BEST_KEPT]
            self._fresh += any(plan is other for _, other in self._best)

    def _merge(self, *, seed: int) -> None:
        """Search the plans that open what all of the best ones do, and nothing that none of them does.

        After Cook and Seymour (2003), doi:10.1287/ijoc.15.3.233.16078, who merge tours.
        """
        often, self._fresh = np.zeros(self.problem.sites, dtype=np.int64), 0
        for plan in (*(plan for _, plan in self._best), self.incumbent.open_sites):
            often[plan] += 1
        every = len(self._best) + 1
        self._search_between(often == 0, often == every, seed=seed, budget_s=min(MERGE_S, self._root_s))

    def _search_between(
        self, shut: NDArray[np.bool_], opened: NDArray[np.bool_], *, seed: int, budget_s: float
    ) -> None:  # fmt: skip
        """Search the tree of plans with these sites shut and those open, as far as neither is known to be wrong."""
        state = self.root.state.copy()
        state[(state == FREE) & shut] = SHUT
        state[(state == FREE) & opened] = OPEN
        count, ends_at = self.problem.open_count, time.perf_counter() + budget_s
        if not (state == OPEN).sum() <= count <= (state != SHUT).sum():
            return
        root = Branch(self.root.bound, state, self.root.price.astype(np.float32))
        around = Tree(
            self.near.only(state != SHUT), root, count=count, incumbent=self.incumbent, halt=self.halt, proves=False
        )
        self._work_on(around, until=lambda: self.is_over() or time.perf_counter() > ends_at, seed=seed, dives=True)

    def _narrow(self, share: float, begin: IntArray) -> Near:
        """The lists of sites that miss the best ones by less than a share of the gap, and of those in a plan."""
        gap = self.incumbent.cost - self.root.bound
        is_good = (self.root.rho - self.root.worst_in <= share * gap) & (self.root.state != SHUT)
        is_good[begin] = True
        return self.near.only(is_good)

    def _round(self, swapping: Swapping, begin: IntArray, *, until_root: bool = False) -> tuple[IntArray, float]:
        """Search from a plan until several chunks in a row bring nothing; return the last one and its cost."""
        plan, cost, kicks, failures = begin, np.inf, 10, 0
        while failures < ROUND_CHUNKS and not self.is_over() and not (until_root and self._root_ready.is_set()):
            begun = time.perf_counter()
            plan, now = self._offer(swapping, plan, kicks=kicks)
            failures, cost = (0, now) if now < cost else (failures + 1, cost)
            took_s = max(1e-6, time.perf_counter() - begun)
            kicks = max(1, min(4 * kicks, int(kicks * CHUNK_S / took_s)))
        return plan, cost

    def _swapping(self, near: Near, *, seed: int) -> Swapping:
        return Swapping(near, self._stay, seed=seed, halt=self.halt)

    def _offer(self, swapping: Swapping, open_sites: IntArray, *, kicks: int = 0) -> tuple[IntArray, float]:
        better, cost = swapping.improve(open_sites, kicks=kicks)
        if cost < self.incumbent.cost:
            cost = cost if swapping.exact else self._cost_of(better)
            self.incumbent.offer(better, cost)
        return better, cost

    def _search_tree(self, *, seed: int, dives: bool = False) -> None:
        if self.tree is None:
            return
        self._work_on(self.tree, until=self.is_over, seed=seed, dives=dives)

    def _work_on(self, tree: Tree, *, until: Callable[[], bool], seed: int, dives: bool = False) -> None:
        swapping, random = self._swapping(tree.near, seed=seed), np.random.default_rng(seed)

        def on_plan(open_sites: IntArray, is_leaf: bool) -> None:
            if is_leaf:  # its branch ends here, so its true cost counts, not the guess for who has no listed site open
                self.incumbent.offer(open_sites, self._cost_of(open_sites))
            if is_leaf or random.random() < 1.0 / (PLAN_EVERY_DIVE if dives else PLAN_EVERY):
                self._offer(swapping, open_sites, kicks=0 if is_leaf else PLAN_KICKS)

        tree.work(until=until, on_plan=on_plan, dives=dives)
