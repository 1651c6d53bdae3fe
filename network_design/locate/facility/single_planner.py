"""Plans where each customer has one site: choices of sites are annealed, and the few that remain are solved exactly."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from threading import Lock

import numpy as np

from network_design.locate.facility.assign import assign_whole, first_assignment, settle_assignments
from network_design.locate.facility.assign_program import assign_by_program
from network_design.locate.facility.assign_tree import assign_by_tree
from network_design.locate.facility.compiling import Flags, FloatArray
from network_design.locate.facility.polish import Assigned, polish
from network_design.locate.facility.relaxation import OPEN, ROUNDING, WHOLE_SLACK, Bounded, Relaxation
from network_design.locate.facility.serving import serve

QUICK_MOVES, LONG_MOVES = 2_000, 20_000  # of the annealing per customer: on the way, for a choice that may be best
PACK_MOVES = 200_000  # where all that is asked is that loads fit
NEAREST = 6  # open sites a customer may go to: the cheapest ones
LEAF_STEPS = 200  # of the ascent once all sites are decided
POLISH_S, WORTH_POLISHING = 4.0, 0.01  # seconds for a leaf's plan, and how far above the cutoff it may cost
NOBODY = np.empty(0, dtype=np.int64)
TREE_WORK, WORK_PER_S = 2e6, 5e5  # nodes times assignments: of the first try by tree, and in a second until measured
TREE_SHARE = 0.2  # of the time left, for one tree at most
FIRST_TRY_S, MORE = 3.0, 3.0  # seconds of the first exact try, and the factor for every further one


class SinglePlanner:
    """The best plan so far; the same choice of sites is annealed once for each number of moves per customer."""

    def __init__(self, relaxation: Relaxation, *, seed: int, left_s: Callable[[], float]) -> None:
        self.relaxation, self.seed, self.left_s = relaxation, seed, left_s
        self.best: Assigned | None = None
        self.annealed: dict[tuple[bytes, int], Assigned | None] = {}
        self.work_per_s = WORK_PER_S
        self.lock = Lock()

    @property
    def best_cost(self) -> float:
        """The best cost so far; inf without a plan."""
        return np.inf if self.best is None else self.best.cost

    def anneal(self, opened: Flags, moves: int) -> Assigned | None:
        """Return the best assignment found on these sites, if any fits; remembers the best plan."""
        key = np.packbits(opened).tobytes()
        if (key, moves) not in self.annealed:
            # What splitting demand cannot better, one site per customer cannot.
            worth = serve(self.relaxation, opened).cost < self.best_cost
            plan = self._anneal(opened, moves, draw=zlib.crc32(key, self.seed)) if worth else None
            with self.lock:
                self.annealed[key, moves] = plan
        return self.annealed[key, moves]

    def pack(self, opened: Flags, *, until_s: float) -> None:
        """Look for any assignment that fits these sites, at whatever cost, until `until_s` seconds are left."""
        sites = np.flatnonzero(opened)
        for_nothing = np.zeros((len(sites), self.relaxation.problem.customers))
        for draw in count(self.seed):
            if self.best is not None or self.left_s() <= until_s:
                return
            self._annealed(sites, for_nothing, PACK_MOVES, nearest=len(sites), draw=draw)

    def visit(self, bounded: Bounded) -> None:
        """Anneal what the relaxation opens, at its best prices and on average."""
        self.anneal(bounded.chosen, QUICK_MOVES)
        self.anneal(bounded.average > 0.5, QUICK_MOVES)

    def finish(self, leaf: Bounded, cutoff: float) -> Bounded | None:
        """Bound, anneal and solve a choice of sites; None once it is known to hold nothing below `cutoff`."""
        raised = self.relaxation.bound(leaf.node, cutoff=cutoff, steps=LEAF_STEPS)
        if raised.node.bound >= cutoff:
            return None
        plan = self.anneal(leaf.node.state == OPEN, LONG_MOVES)
        if plan is not None and leaf.tries == 0 and plan.cost < cutoff + WORTH_POLISHING * abs(cutoff):
            plan = self.polish(plan, NOBODY, until_s=self.left_s() - POLISH_S)
        left = self._solve(raised, cutoff, plan, FIRST_TRY_S * MORE**leaf.tries)
        return replace(left, tries=leaf.tries + 1) if left else None

    def polish(self, plan: Assigned, candidates: np.ndarray, *, until_s: float) -> Assigned:
        """Return the plan bettered group by group until `until_s` seconds are left; remembers the best plan."""
        problem, left_s = self.relaxation.problem, self.left_s
        return self._keep(polish(problem, plan, candidates, seed=self.seed, is_over=lambda: left_s() <= until_s))

    def _anneal(self, opened: Flags, moves: int, *, draw: int) -> Assigned | None:
        sites = np.flatnonzero(opened)
        cost = np.ascontiguousarray(self.relaxation.problem.serving_cost[sites])
        return self._annealed(sites, cost, moves, nearest=NEAREST, draw=draw)

    def _annealed(
        self, sites: np.ndarray, cost: FloatArray, moves: int, *, nearest: int, draw: int
    ) -> Assigned | None:  # fmt: skip
        problem, state = self.relaxation.problem, np.array([draw * 2 + 1], dtype=np.uint64)
        capacity = problem.capacity[sites]
        assigned = first_assignment(cost, problem.demand, capacity)
        found = assign_whole(cost, problem.demand, capacity, nearest, moves * problem.customers, state, assigned)
        if found == np.inf:
            return None
        return self._keep_assigned(sites, assigned)

    def _solve(self, leaf: Bounded, cutoff: float, plan: Assigned | None, limit_s: float) -> Bounded | None:
        """Solve what is left of a choice of sites; return it with its bound if time was too short."""
        sites = np.flatnonzero(leaf.node.state == OPEN)
        if plan is not None:
            cutoff = min(cutoff, self.relaxation.cutoff(plan.cost))
        better, done = self._by_tree(leaf, sites, cutoff)
        if done:
            return None
        if better is not None:
            plan, cutoff = better, self.relaxation.cutoff(better.cost)
        bound = self._by_program(leaf, sites, cutoff, plan, min(limit_s, self.left_s()))
        if bound >= cutoff - 1e-9 * abs(cutoff):
            return None
        return replace(leaf, node=replace(leaf.node, bound=max(leaf.node.bound, bound)))

    def _by_tree(self, leaf: Bounded, sites: np.ndarray, cutoff: float) -> tuple[Assigned | None, bool]:
        """Search depth first with knapsack bounds, while that is quick; return a better plan, and if that is all."""
        problem, fixed = self.relaxation.problem, float(self.relaxation.problem.fixed_cost[sites].sum())
        cost, capacity = np.ascontiguousarray(problem.serving_cost[sites]), problem.capacity[sites]
        work = min(TREE_WORK * MORE**leaf.tries, TREE_SHARE * self.left_s() * self.work_per_s)
        before = self.left_s()
        scale = cutoff if cutoff < np.inf else leaf.node.bound
        step = 1.0 - WHOLE_SLACK if problem.whole_costs else ROUNDING * abs(scale)
        assigned = np.zeros(problem.customers, dtype=np.int64)
        found, done = assign_by_tree(
            cost, problem.demand, capacity, leaf.node.prices[: problem.customers].copy(),
            self._possible(leaf, cost, capacity, cutoff), cutoff - fixed, step, int(work / cost.size), assigned,
        )  # fmt: skip
        if not done:
            self.work_per_s = work / max(before - self.left_s(), 1e-3)
        better = self._keep_assigned(sites, assigned) if found < np.inf else None
        return better, done

    def _by_program(
        self, leaf: Bounded, sites: np.ndarray, cutoff: float, plan: Assigned | None, limit_s: float
    ) -> float:
        """Solve as a mixed-integer program; return the bound of what costs less than the cutoff, and keep the plan."""
        problem, fixed = self.relaxation.problem, float(self.relaxation.problem.fixed_cost[sites].sum())
        cost, capacity = np.ascontiguousarray(problem.serving_cost[sites]), problem.capacity[sites]
        possible = self._possible(leaf, cost, capacity, cutoff)
        start = None if plan is None else np.searchsorted(sites, plan.site_of)
        assigned, answer = assign_by_program(
            cost, problem.demand, capacity, possible,
            start=start, cutoff=cutoff - fixed, seed=self.seed, time_limit_s=limit_s,
        )  # fmt: skip
        if assigned is not None:
            self._keep_assigned(sites, assigned)
        return answer.bound + fixed

    def _possible(self, leaf: Bounded, cost: FloatArray, capacity: FloatArray, cutoff: float) -> Flags:
        problem = self.relaxation.problem
        possible = np.ones(cost.shape, dtype=np.bool_)
        settle_assignments(
            leaf.node.prices[: problem.customers], cost, problem.demand, capacity, cutoff - leaf.node.bound, possible
        )
        return possible

    def _keep_assigned(self, sites: np.ndarray, assigned: np.ndarray) -> Assigned:
        """Price a plan, `assigned` (customers,) one of these sites each, and remember it if it is the best."""
        problem, site_of = self.relaxation.problem, sites[assigned]
        serving = float(problem.serving_cost[site_of, np.arange(problem.customers)].sum())
        return self._keep(Assigned(serving + float(problem.fixed_cost[sites].sum()), sites, site_of))

    def _keep(self, plan: Assigned) -> Assigned:
        with self.lock:
            if plan.cost < self.best_cost:
                self.best = plan
        return plan
