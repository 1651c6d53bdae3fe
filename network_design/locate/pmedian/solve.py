"""Solve a p-median: a plan by swaps, a bound by prices, and a search tree for what lies between."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from network_design.locate.answer import Deadline, OnProgress
from network_design.locate.distances import CountedAnswer, DistanceProblem, IntArray
from network_design.locate.pmedian.ascent import Ascent
from network_design.locate.pmedian.ascent_kernels import FREE, OPEN, SHUT
from network_design.locate.pmedian.incumbent import Incumbent
from network_design.locate.pmedian.near import Near, near_sites
from network_design.locate.pmedian.reachable import require_reachable
from network_design.locate.pmedian.start import nearest_two, plan_cost, seeded_sites
from network_design.locate.pmedian.swapping import Swapping
from network_design.locate.pmedian.tree import Branch, Tree
from retour.vocabulary import Status

METHOD = "swap search, Lagrangian bound by the volume algorithm, search tree"
FIRST_REACH = 1.5  # times the distance of the second nearest site of a plan drawn at random
REACH = 1.4  # times that of a plan no swap improves
STEPS = 300  # of the ascent between two looks at the clock
CHUNK_S = 0.2  # of the swap search between two looks at the clock
PATIENCE = 0.5  # share of its time the swap search may go without success before it helps with the tree
LEAST_PATIENCE_S = 1.0
PLAN_EVERY = 20  # branches between two plans made from one


def solve(
    problem: DistanceProblem, *, seed: int, budget_s: float, on_progress: OnProgress | None = None
) -> CountedAnswer:
    """Return the best plan found within `budget_s` seconds with its bound; OPTIMAL where they meet.

    Raises `InfeasibleError` where limits contradict each other or customers cannot be reached.
    """
    deadline = Deadline(budget_s)
    allowed = require_reachable(problem)
    incumbent = Incumbent(problem, started=deadline.started, on_progress=on_progress)
    near = _first_plans(problem, allowed, incumbent, seed=seed)
    work = _Work(problem, near, incumbent, deadline, seed=seed)
    work.run()
    return _answer(problem, incumbent, work)


def _first_plans(problem: DistanceProblem, allowed: NDArray[np.bool_], incumbent: Incumbent, *, seed: int) -> Near:
    """Offer a plan no swap improves, and return lists long enough for better ones."""
    opened = seeded_sites(problem, allowed, np.random.default_rng(seed))
    incumbent.offer(opened, plan_cost(problem, opened))
    near = near_sites(problem, FIRST_REACH * nearest_two(problem, opened)[1], allowed)
    better, _ = Swapping(near, _stay(problem), seed=seed).improve(opened, kicks=0)
    incumbent.offer(better, plan_cost(problem, better))
    return near_sites(problem, REACH * nearest_two(problem, incumbent.open_sites)[1], allowed)


def _stay(problem: DistanceProblem) -> NDArray[np.bool_]:
    stay = np.zeros(problem.sites, dtype=np.bool_)
    stay[sorted(problem.must_open)] = True
    return stay


class _Work:
    """One thread raises the bound while another improves the plan; then both search the tree."""

    def __init__(
        self, problem: DistanceProblem, near: Near, incumbent: Incumbent, deadline: Deadline, *, seed: int
    ) -> None:
        self.problem, self.near, self.incumbent, self.deadline, self.seed = problem, near, incumbent, deadline, seed
        self.root = self._ascent(near)
        self.tree: Tree | None = None
        self._tree_ready = threading.Event()

    def run(self) -> None:
        with ThreadPoolExecutor(1) as pool:
            improving = pool.submit(self._improve)
            self._raise()
            self._search_tree(np.random.default_rng(self.seed))
            improving.result()
        self.incumbent.prove(self.tree.bound if self.tree else self.root.bound)

    def is_over(self) -> bool:
        return self.deadline.is_over() or self.incumbent.is_proven

    def _ascent(self, near: Near) -> Ascent:
        state = np.full(self.problem.sites, SHUT, dtype=np.int8)
        state[np.unique(near.site)] = FREE
        state[sorted(self.problem.must_open)] = OPEN
        first, second, _ = nearest_two(self.problem, self.incumbent.open_sites)
        second = np.where(np.isfinite(second), second, 2.0 * first)
        return Ascent(near, state, self.problem.open_count, self.problem.weight * (first + second) / 2.0)

    def _raise(self) -> None:
        """Raise the bound at the root until that ends, and offer plans made of the sites that are chosen most."""
        swapping = Swapping(self.near, _stay(self.problem), seed=self.seed + 1)
        while not self.root.is_over and not self.is_over():
            self.root.climb(target=self.incumbent.cost, enough=self.incumbent.enough, iterations=STEPS)
            self.incumbent.prove(self.root.bound)
            self._offer(swapping, _most_chosen(self.root, self.problem.open_count))

    def _improve(self) -> None:
        """Improve the plan until it has not become better for long; then help with the tree."""
        begun, swapping, kicks = time.perf_counter(), Swapping(self.near, _stay(self.problem), seed=self.seed), 10
        while not self.is_over():
            now = time.perf_counter()
            patience_s = max(LEAST_PATIENCE_S, PATIENCE * (now - begun))
            if self._tree_ready.is_set() and now - max(begun, self.incumbent.found_at) > patience_s:
                break
            self._offer(swapping, self.incumbent.open_sites, kicks=kicks)
            kicks = max(1, min(2 * kicks, int(kicks * CHUNK_S / max(1e-9, time.perf_counter() - now))))
        self._tree_ready.wait(self.deadline.left_s())
        self._search_tree(np.random.default_rng(self.seed + 1))

    def _offer(self, swapping: Swapping, open_sites: IntArray, *, kicks: int = 0) -> None:
        better, cost = swapping.improve(open_sites, kicks=kicks)
        if cost < self.incumbent.cost:
            self.incumbent.offer(better, cost if swapping.exact else plan_cost(self.problem, better))

    def _search_tree(self, random: np.random.Generator) -> None:
        if self.is_over():
            self._tree_ready.set()
            return
        if not self._tree_ready.is_set():
            state = self.root.fixed(self.incumbent.enough)
            near = self.near.only(state != SHUT)
            root = Branch(self.root.bound, state, self.root.price.astype(np.float32))
            self.tree = Tree(near, root, count=self.problem.open_count, incumbent=self.incumbent)
            self._tree_ready.set()
        if self.tree is None:
            return
        swapping = Swapping(self.tree.near, _stay(self.problem), seed=int(random.integers(2**31)))

        def on_plan(open_sites: IntArray, is_leaf: bool) -> None:
            if is_leaf or random.random() < 1.0 / PLAN_EVERY:
                self._offer(swapping, open_sites)

        self.tree.work(until=self.is_over, on_plan=on_plan)


def _most_chosen(root: Ascent, count: int) -> IntArray:
    rank = root.share + 2.0 * (root.state == OPEN) - 2.0 * (root.state == SHUT)
    return np.sort(np.argpartition(-rank, count - 1)[:count])


def _answer(problem: DistanceProblem, incumbent: Incumbent, work: _Work) -> CountedAnswer:
    _, _, assignment = nearest_two(problem, incumbent.open_sites)
    root = work.root
    saves = incumbent.cost - root.bound - root.best_out if np.isfinite(root.best_out) else 0.0
    return CountedAnswer(
        status=Status.OPTIMAL if incumbent.is_proven else Status.FEASIBLE,
        cost=incumbent.cost,
        bound=incumbent.bound,
        open_sites=tuple(int(site) for site in incumbent.open_sites),
        assignment=assignment,
        customer_price=root.price,
        iterations=root.iterations + (work.tree.nodes if work.tree else 0),
        method=METHOD,
        one_more_site_saves=max(0.0, saves),
    )
