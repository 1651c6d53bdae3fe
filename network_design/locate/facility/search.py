"""What both searches for sites share: the bound from root to leaves, and what is told on the way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from network_design.locate.answer import Deadline, LocationProgress, OnProgress
from network_design.locate.facility.branch import Planner, SiteTree
from network_design.locate.facility.relaxation import Bounded, Bounding
from retour.vocabulary import Status

QUICK_STEPS, ROOT_STEPS = 150, 900  # of the ascent: before the first plan, and at the root
ROOT_SHARE = 0.3  # of the time left, at most, for raising the root's bound
GAIN = 1e-5  # relative: what an ascent must have gained to be followed by another


class SiteSearch:
    """A bound that rises and a tree that closes the rest; plans are the planner's."""

    def __init__(self, relaxation: Bounding, planner: Planner, *, deadline: Deadline, on_progress: OnProgress) -> None:
        self.relaxation, self.planner, self.deadline, self.on_progress = relaxation, planner, deadline, on_progress
        self.tree = SiteTree(relaxation, planner)
        self.bound = -np.inf
        self.step_s = 0.0

    def first_bound(self) -> Bounded:
        """Bound roughly, and learn what a step costs."""
        bounded = self.relaxation.bound(self.relaxation.root(), cutoff=self.tree.cutoff, steps=1)
        before = self.deadline.spent_s()
        bounded = self.relaxation.bound(bounded.node, cutoff=self.tree.cutoff, steps=QUICK_STEPS)
        self.step_s = (self.deadline.spent_s() - before) / bounded.steps
        self._raise_to(bounded.node.bound)
        return bounded

    def raise_root(self, root: Bounded) -> Bounded:
        """Raise the bound as far as it goes without branching, and plant the tree anew.

        An ascent that gained something is followed by another: with every site that is settled it goes further.
        """
        until = self.deadline.spent_s() + ROOT_SHARE * self.deadline.left_s()
        while True:
            affordable = int((until - self.deadline.spent_s()) / max(self.step_s, 1e-9))
            before, root = root, self.relaxation.bound(
                root.node, cutoff=self.tree.cutoff, steps=max(1, min(ROOT_STEPS, affordable))
            )  # fmt: skip
            self._raise_to(root.node.bound)
            self.planner.visit(root)
            self.tree.plant(root)
            gained = root.node.bound - before.node.bound > GAIN * abs(root.node.bound)
            if self.deadline.spent_s() >= until or not (gained or len(root.undecided) < len(before.undecided)):
                return root

    def branch(self, is_over: Callable[[], bool]) -> None:
        """Split nodes until the best plan is proven or time is over."""
        for bound in self.tree.grow(is_over):
            self._raise_to(bound)
        self._raise_to(self.tree.bound)

    @property
    def is_exhausted(self) -> bool:
        """Whether no node is left that may hold a plan better than the best, or any where there is none."""
        return self.tree.bound == np.inf

    @property
    def proven_bound(self) -> float | None:
        """The bound as it may be told; None where nothing is proven."""
        if not np.isfinite(self.bound):
            return None
        return min(self.relaxation.proven(self.bound), self.planner.best_cost)

    @property
    def status(self) -> Status:
        """Whether the best plan is proven, found, or missing."""
        if self.planner.best_cost == np.inf:
            return Status.FAILED
        return Status.OPTIMAL if self.bound >= self.tree.cutoff else Status.FEASIBLE

    def tell(self) -> None:
        """Tell the cost and the bound so far."""
        cost = self.planner.best_cost if self.planner.best_cost < np.inf else None
        self.on_progress(LocationProgress(self.deadline.spent_s(), cost, self.proven_bound))

    def _raise_to(self, bound: float) -> None:
        self.bound = max(self.bound, min(bound, self.planner.best_cost))
        self.tell()
