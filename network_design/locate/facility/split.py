"""Sites for customers whose demand may be split, with capacities or without: bound, plans, and branch and bound."""

from __future__ import annotations

import numpy as np

from network_design.locate.answer import Deadline, LocationAnswer, OnProgress
from network_design.locate.facility.compiling import FloatArray
from network_design.locate.facility.neighbours import improve_choice
from network_design.locate.facility.possible import cheapest_choice
from network_design.locate.facility.relaxation import CLOSED, OPEN, UNDECIDED, Bounded, Relaxation
from network_design.locate.facility.search import SiteSearch
from network_design.locate.facility.serving import Served, SplitPlanner
from network_design.locate.facility_problem import FacilityProblem
from retour.vocabulary import Status

SEARCH_SHARE = 0.1  # of the time left, for exchanging sites before any branching
METHOD = "Lagrangian bound with knapsacks per site, transport plans, branch and bound on sites"


def solve_split(problem: FacilityProblem, *, deadline: Deadline, on_progress: OnProgress) -> LocationAnswer:
    """Return the best plan found with its bound."""
    relaxation = Relaxation.of(problem)
    planner = SplitPlanner(relaxation)
    search = SiteSearch(relaxation, planner, deadline=deadline, on_progress=on_progress)
    _open_all(planner)
    root = search.first_bound()
    planner.visit(root)
    _open_allowed(planner, 1.0 - root.average)
    _exchange_sites(planner, root, deadline)
    root = search.raise_root(root)
    search.branch(deadline.is_over)
    return _answer(search, planner, customer_price=root.node.prices[: problem.customers])


def _open_all(planner: SplitPlanner) -> None:
    """Open whatever may be, or under limits on counts what holds all demand."""
    planner.cost(planner.relaxation.root().state != CLOSED)
    if planner.best is None:
        _open_allowed(planner, np.zeros(planner.relaxation.problem.sites))


def _open_allowed(planner: SplitPlanner, price: FloatArray) -> None:
    """Under limits on counts few choices are allowed: price the cheapest of them."""
    if len(planner.relaxation.member):
        opened = cheapest_choice(planner.relaxation, price)
        if opened is not None:
            planner.cost(opened)


def _exchange_sites(planner: SplitPlanner, root: Bounded, deadline: Deadline) -> None:
    """Open, close and exchange single sites around the best plan, the likeliest first."""
    if planner.best is None:
        return
    until = deadline.spent_s() + SEARCH_SHARE * deadline.left_s()
    opened = np.isin(np.arange(len(root.average)), planner.best.sites)
    likely = np.flatnonzero((root.node.state == UNDECIDED) | (opened != (root.node.state == OPEN)))
    order = likely[np.argsort(-root.average[likely], kind="stable")]
    improve_choice(opened, order, planner.cost, is_over=lambda: deadline.spent_s() >= until)


def _answer(search: SiteSearch, planner: SplitPlanner, *, customer_price: FloatArray) -> LocationAnswer:
    problem, best, steps = planner.relaxation.problem, planner.best, search.tree.steps
    if best is None:
        note = "No choice of sites that respects every limit was found in the time given."
        return LocationAnswer(Status.FAILED, None, search.proven_bound, iterations=steps, method=METHOD, note=note)
    site_price = np.zeros(problem.sites)
    site_price[best.sites] = best.site_price
    cheapest = best.sites[np.argmin(problem.serving_cost[best.sites], axis=0)]
    return LocationAnswer(
        search.status, best.cost, search.proven_bound,
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
