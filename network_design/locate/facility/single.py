"""Sites for customers who are each served by one site: bound, annealed plans, branch and bound, exact leaves."""

from __future__ import annotations

import numpy as np

from network_design.locate.answer import Deadline, LocationAnswer, OnProgress
from network_design.locate.facility.possible import cheapest_choice
from network_design.locate.facility.relaxation import UNDECIDED, Bounded, Relaxation
from network_design.locate.facility.search import SiteSearch
from network_design.locate.facility.single_planner import LONG_MOVES, SinglePlanner
from network_design.locate.facility_problem import FacilityProblem
from retour.errors import InfeasibleError
from retour.vocabulary import Status

SEARCH_SHARE = 0.2  # of the time left, for bettering the first plans before any branching
BRANCH_SHARE, PACK_SHARE = 0.1, 0.3  # of the time left, where nothing fits at first
LIKELY = 0.01  # how often the bound opens a site that is worth a try
NOTHING_FITS = (
    "No plan fits: whichever sites open, their loads cannot serve each customer from one site. "
    "Add capacity, split customers, or let demand be split (kind cflp)."
)
METHOD = "Lagrangian bound with 0-1 knapsacks per site, annealed assignments, branch and bound on sites, exact leaves"


def solve_single(problem: FacilityProblem, *, seed: int, deadline: Deadline, on_progress: OnProgress) -> LocationAnswer:
    """Return the best plan found with its bound; raises `InfeasibleError` where it is proven that there is none."""
    relaxation = Relaxation.of(problem)
    planner = SinglePlanner(relaxation, seed=seed, left_s=deadline.left_s)
    search = SiteSearch(relaxation, planner, deadline=deadline, on_progress=on_progress)
    root = search.first_bound()
    _first_plans(planner, root)
    root = search.raise_root(root)
    if planner.best is None:
        _find_any(search, planner, deadline)
    _polish_best(planner, root, deadline)
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


def _find_any(search: SiteSearch, planner: SinglePlanner, deadline: Deadline) -> None:
    """Branch a while, which finds a plan or that there is none; then pack the most room there may be."""
    patience = (1.0 - BRANCH_SHARE) * deadline.left_s()
    search.branch(lambda: planner.best is not None or deadline.left_s() <= patience)
    if planner.best is None and not search.is_exhausted:
        opened = cheapest_choice(planner.relaxation, -planner.relaxation.capacity)
        if opened is not None:
            planner.pack(opened, until_s=(1.0 - PACK_SHARE) * deadline.left_s())


def _polish_best(planner: SinglePlanner, root: Bounded, deadline: Deadline) -> None:
    """Better the best plan group by group; what the bound left undecided or opens at times may open in exchange."""
    if planner.best is not None:
        candidates = np.flatnonzero((root.node.state == UNDECIDED) | (root.average > LIKELY))
        planner.polish(planner.best, candidates, until_s=(1.0 - SEARCH_SHARE) * deadline.left_s())


def _answer(search: SiteSearch, planner: SinglePlanner, root: Bounded) -> LocationAnswer:
    best, steps = planner.best, search.tree.steps
    if best is None and search.is_exhausted:
        raise InfeasibleError(NOTHING_FITS)
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
