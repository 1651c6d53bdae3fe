"""Sites for customers who are each served by one site: bound, annealed plans, branch and bound, exact leaves."""

from __future__ import annotations

import numpy as np

from network_design.locate.answer import Deadline, LocationAnswer, OnProgress
from network_design.locate.facility.neighbours import improve_choice
from network_design.locate.facility.possible import cheapest_choice
from network_design.locate.facility.relaxation import OPEN, UNDECIDED, Bounded, Relaxation
from network_design.locate.facility.search import SiteSearch
from network_design.locate.facility.single_planner import LONG_MOVES, QUICK_MOVES, SinglePlanner
from network_design.locate.facility_problem import FacilityProblem
from retour.vocabulary import Status

SEARCH_SHARE = 0.1  # of the time left, for exchanging sites before any branching
METHOD = "Lagrangian bound with 0-1 knapsacks per site, annealed assignments, branch and bound on sites, exact leaves"


def solve_single(problem: FacilityProblem, *, seed: int, deadline: Deadline, on_progress: OnProgress) -> LocationAnswer:
    """Return the best plan found with its bound."""
    relaxation = Relaxation.of(problem)
    planner = SinglePlanner(relaxation, seed=seed, left_s=deadline.left_s)
    search = SiteSearch(relaxation, planner, deadline=deadline, on_progress=on_progress)
    root = search.first_bound()
    _first_plans(planner, root)
    root = search.raise_root(root)
    _exchange_sites(planner, root, deadline)
    search.branch(deadline.is_over)
    return _answer(search, planner, root)


def _first_plans(planner: SinglePlanner, root: Bounded) -> None:
    """Anneal what the relaxation opens, with all that it opens often, and what the limits on counts allow."""
    planner.anneal(root.chosen, LONG_MOVES)
    for least in (0.5, 0.2, 0.05):
        planner.anneal(root.average > least, LONG_MOVES)
    if planner.best is None or len(planner.relaxation.member):
        opened = cheapest_choice(planner.relaxation, 1.0 - root.average)
        if opened is not None:
            planner.anneal(opened, LONG_MOVES)


def _exchange_sites(planner: SinglePlanner, root: Bounded, deadline: Deadline) -> None:
    """Open, close and exchange single sites around the best plan, the likeliest first."""
    if planner.best is None:
        return
    until = deadline.spent_s() + SEARCH_SHARE * deadline.left_s()
    opened = np.isin(np.arange(len(root.average)), planner.best.sites)
    likely = np.flatnonzero((root.node.state == UNDECIDED) | (opened != (root.node.state == OPEN)))
    order = likely[np.argsort(-root.average[likely], kind="stable")]
    improve_choice(
        opened, order, lambda choice: planner.anneal(choice, QUICK_MOVES), is_over=lambda: deadline.spent_s() >= until
    )


def _answer(search: SiteSearch, planner: SinglePlanner, root: Bounded) -> LocationAnswer:
    best, steps = planner.best, search.tree.steps
    if best is None:
        note = "No plan that respects every limit was found in the time given."
        return LocationAnswer(Status.FAILED, None, search.proven_bound, iterations=steps, method=METHOD, note=note)
    return LocationAnswer(
        search.status,
        best.cost,
        search.proven_bound,
        open_sites=tuple(best.sites.tolist()),
        assignment=best.site_of,
        customer_price=root.node.prices[: planner.relaxation.problem.customers],
        iterations=steps,
        method=METHOD,
    )
