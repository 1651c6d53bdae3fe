"""Sites for customers whose demand may be split, with capacities or without: bound, plans, and branch and bound."""

from __future__ import annotations

import numpy as np

from network_design.locate.answer import Deadline, LocationAnswer, LocationProgress, OnProgress
from network_design.locate.facility.branch import SiteTree
from network_design.locate.facility.knapsack import FloatArray
from network_design.locate.facility.neighbours import improve_choice
from network_design.locate.facility.possible import cheapest_choice
from network_design.locate.facility.relaxation import OPEN, Bounded, Relaxation
from network_design.locate.facility.serving import PricedChoices, Served
from network_design.locate.facility_problem import FacilityProblem
from retour.vocabulary import Status

QUICK_STEPS, ROOT_STEPS = 150, 900  # of the ascent: before the first plan, and at the root
SEARCH_SHARE = 0.1  # of the time left, for exchanging sites before any branching
METHOD = "Lagrangian bound with knapsacks per site, transport plans, branch and bound on sites"


def solve_split(problem: FacilityProblem, *, deadline: Deadline, on_progress: OnProgress) -> LocationAnswer:
    """Return the best plan found with its bound."""
    search = _Search(problem, deadline, on_progress)
    root = search.begin()
    search.exchange_sites(root)
    root = search.raise_root(root)
    search.branch(root)
    return search.answer(root)


class _Search:
    """The plans so far and the tree that proves them."""

    def __init__(self, problem: FacilityProblem, deadline: Deadline, on_progress: OnProgress) -> None:
        self.deadline, self.on_progress = deadline, on_progress
        self.relaxation = Relaxation.of(problem)
        self.choices = PricedChoices(self.relaxation)
        self.tree = SiteTree(self.relaxation, visit=self._visit, leaf=self._leaf, cutoff=self._cutoff)
        self.bound = -np.inf

    def begin(self) -> Bounded:
        """Open whatever may be, bound roughly, and price what the bound would open."""
        root = self.relaxation.root()
        self.choices.cost(root.state >= 0)
        if self.choices.best is None:
            self._open_allowed(np.zeros(len(root.state)))
        bounded = self.relaxation.bound(root, cutoff=self._cutoff(), steps=QUICK_STEPS)
        self._visit(bounded)
        self._open_allowed(1.0 - bounded.average)
        return bounded

    def exchange_sites(self, root: Bounded) -> None:
        """Open, close and exchange single sites around the best plan, the likeliest first."""
        if self.choices.best is None:
            return
        until = self.deadline.spent_s() + SEARCH_SHARE * self.deadline.left_s()
        opened = np.zeros(len(root.average), dtype=bool)
        opened[self.choices.best.sites] = True
        likely = np.flatnonzero((root.node.state == 0) | (opened != (root.node.state == OPEN)))
        order = likely[np.argsort(-root.average[likely], kind="stable")]
        improve_choice(opened, order, self.choices.cost, is_over=lambda: self.deadline.spent_s() >= until)
        self._tell()

    def raise_root(self, root: Bounded) -> Bounded:
        """Raise the bound as far as it goes without branching."""
        raised = self.relaxation.bound(root.node, cutoff=self._cutoff(), steps=ROOT_STEPS)
        self.bound = raised.node.bound
        self.tree.push(raised)
        self._tell()
        return raised

    def branch(self, root: Bounded) -> None:
        """Split nodes until the best plan is proven or time is over."""
        for bound in self.tree.grow(self.deadline.is_over):
            self.bound = max(self.bound, min(bound, self.choices.best_cost))
            self._tell()
        self.bound = min(max(root.node.bound, self.tree.bound), self.choices.best_cost)

    def answer(self, root: Bounded) -> LocationAnswer:
        """Return the best plan with the bound."""
        best = self.choices.best
        bound = self._provable()
        steps, prices = self.tree.steps, root.node.prices[: self.relaxation.problem.customers]
        if best is None:
            note = "No choice of sites that respects every limit was found in the time given."
            return LocationAnswer(Status.FAILED, None, bound, iterations=steps, method=METHOD, note=note)
        status = Status.OPTIMAL if bound is not None and self._cutoff() <= bound else Status.FEASIBLE
        return _answer(self.relaxation.problem, best, status, bound, customer_price=prices, steps=steps)

    def _visit(self, bounded: Bounded) -> None:
        before = self.choices.best_cost
        self.choices.cost(bounded.chosen)
        self.choices.cost(bounded.average > 0.5)
        if self.choices.best_cost < before:
            self._tell()

    def _leaf(self, bounded: Bounded) -> float:
        """Every site is decided: the plan is priced exactly, nothing is left."""
        self.choices.cost(bounded.node.state == OPEN)
        return np.inf

    def _open_allowed(self, price: FloatArray) -> None:
        """Under limits on counts few choices are allowed: price the cheapest of them."""
        if len(self.relaxation.member):
            opened = cheapest_choice(self.relaxation, price)
            if opened is not None:
                self.choices.cost(opened)

    def _cutoff(self) -> float:
        return self.relaxation.cutoff(self.choices.best_cost) if self.choices.best else np.inf

    def _provable(self) -> float | None:
        return float(self.relaxation.proven(self.bound)) if np.isfinite(self.bound) else None

    def _tell(self) -> None:
        cost = self.choices.best.cost if self.choices.best else None
        self.on_progress(LocationProgress(self.deadline.spent_s(), cost, self._provable()))


def _answer(problem: FacilityProblem, best: Served, status: Status, bound: float | None, *, customer_price: FloatArray,
            steps: int) -> LocationAnswer:  # fmt: skip
    site_price = np.zeros(problem.sites)
    site_price[best.sites] = best.site_price
    cheapest = best.sites[np.argmin(problem.serving_cost[best.sites], axis=0)]
    return LocationAnswer(
        status, best.cost, bound,
        open_sites=tuple(best.sites.tolist()),
        assignment=None if problem.limited else cheapest,
        flows={"sites to customers": _flows(problem, best, cheapest)} if problem.limited else {},
        site_price=site_price if problem.limited else None,
        customer_price=customer_price,
        iterations=steps,
        method=METHOD,
    )  # fmt: skip


def _flows(problem: FacilityProblem, best: Served, cheapest: np.ndarray) -> FloatArray:
    """(site, customer, amount) rows; who wants nothing has a row of 0 from the cheapest site."""
    open_idx, customer = np.nonzero(best.amount)
    idle = np.flatnonzero(problem.demand == 0)
    amounts = best.amount[open_idx, customer]
    return np.vstack([
        np.column_stack([best.sites[open_idx], customer, amounts]),
        np.column_stack([cheapest[idle], idle, np.zeros(len(idle))]),
    ])  # fmt: skip
