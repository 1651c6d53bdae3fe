"""Solve a p-median: a plan by swaps, a bound by prices, and a search tree for what lies between."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from network_design.locate.answer import Deadline, OnProgress
from network_design.locate.distances import CountedAnswer, DistanceProblem
from network_design.locate.pmedian.halting import Halt
from network_design.locate.pmedian.incumbent import Incumbent
from network_design.locate.pmedian.near import Near, near_sites
from network_design.locate.pmedian.reachable import NOBODY_FOUND, require_reachable, too_few_sites
from network_design.locate.pmedian.single import solve_single
from network_design.locate.pmedian.start import first_prices, nearest_two, plan_cost, seeded_sites, stay_open
from network_design.locate.pmedian.swapping import Swapping
from network_design.locate.pmedian.work import Work
from retour.vocabulary import Status

METHOD = "swap search, Lagrangian bound by the volume algorithm, search tree"
FIRST_REACH = 1.5  # times the distance of the second nearest site of a plan drawn at random
REACH = 1.4  # times that of a plan no swap improves


def solve(
    problem: DistanceProblem, *, seed: int, budget_s: float, on_progress: OnProgress | None = None
) -> CountedAnswer:
    """Return the best plan found within `budget_s` seconds with its bound; OPTIMAL where they meet.

    Raises `InfeasibleError` where limits contradict each other or so few sites do not reach every customer.
    """
    deadline = Deadline(budget_s)
    allowed = require_reachable(problem)
    if problem.open_count == 1:
        return solve_single(problem, allowed, on_progress)
    incumbent = Incumbent(whole=problem.costs_are_whole, started=deadline.started, on_progress=on_progress)
    with Halt(deadline) as halt:
        near = _first_plans(problem, allowed, incumbent, seed=seed, halt=halt)
        price = first_prices(problem, incumbent.open_sites)
        work = Work(problem, near, incumbent, halt, price=price, cost_of=partial(plan_cost, problem), seed=seed)
        work.run()
    return _answer(problem, incumbent, work)


def _first_plans(
    problem: DistanceProblem, allowed: NDArray[np.bool_], incumbent: Incumbent, *, seed: int, halt: Halt
) -> Near:
    """Offer a plan no swap improves, and return lists long enough for better ones."""
    opened = seeded_sites(problem, allowed, np.random.default_rng(seed))
    incumbent.offer(opened, plan_cost(problem, opened))
    near = near_sites(problem, FIRST_REACH * nearest_two(problem, opened)[1], allowed)
    better, _ = Swapping(near, stay_open(problem), seed=seed, halt=halt).improve(opened, kicks=0)
    incumbent.offer(better, plan_cost(problem, better))
    return near_sites(problem, REACH * nearest_two(problem, incumbent.open_sites)[1], allowed)


def _answer(problem: DistanceProblem, incumbent: Incumbent, work: Work) -> CountedAnswer:
    if np.isinf(incumbent.cost):
        if work.tree is not None and work.tree.is_done:
            raise too_few_sites(problem)
        return CountedAnswer(Status.FAILED, None, None, method=METHOD, note=NOBODY_FOUND)
    _, _, assignment = nearest_two(problem, incumbent.open_sites)
    return CountedAnswer(
        status=Status.OPTIMAL if incumbent.is_proven else Status.FEASIBLE,
        cost=incumbent.cost,
        bound=incumbent.bound,
        open_sites=tuple(int(site) for site in incumbent.open_sites),
        assignment=assignment,
        customer_price=work.root.price,
        iterations=work.steps,
        method=METHOD,
        one_more_site_saves=work.root.one_more_saves(incumbent.cost),
    )
