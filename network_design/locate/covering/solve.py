"""Solve maximal covering: as much weight as possible within the radius of an open site."""

from __future__ import annotations

import numpy as np

from network_design.locate.answer import Deadline, OnProgress
from network_design.locate.covering.lists import cover_lists, cover_prices
from network_design.locate.distances import CountedAnswer, DistanceProblem, FloatArray, IntArray
from network_design.locate.pmedian.halting import Halt
from network_design.locate.pmedian.incumbent import Incumbent
from network_design.locate.pmedian.start import allowed_sites, nearest_two, seeded_sites
from network_design.locate.pmedian.work import Work
from retour.vocabulary import Status

METHOD = "swap search, Lagrangian bound by the volume algorithm, search tree"


def solve(
    problem: DistanceProblem, *, seed: int, budget_s: float, on_progress: OnProgress | None = None
) -> CountedAnswer:
    """Return sites that cover as much weight as found within `budget_s` seconds; cost and bound are what they leave.

    R. Church, C. ReVelle, The maximal covering location problem, Papers in Regional Science 32 (1974),
    10.1111/j.1435-5597.1974.tb00902.x. Raises `InfeasibleError` where the limits on sites contradict each other.
    """
    deadline = Deadline(budget_s)
    whole = bool((problem.weight == np.rint(problem.weight)).all())
    incumbent = Incumbent(whole=whole, started=deadline.started, on_progress=on_progress)
    with Halt(deadline) as halt:
        opened = seeded_sites(problem, allowed_sites(problem), np.random.default_rng(seed))
        work = cover(problem, incumbent, halt, radius=problem.radius, weight=problem.weight, begin=opened, seed=seed)
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


def cover(
    problem: DistanceProblem,
    incumbent: Incumbent,
    halt: Halt,
    *,
    radius: float,
    weight: FloatArray,
    begin: IntArray,
    seed: int,
) -> Work:
    """Leave as little `weight` (customers,) outside `radius` as possible, from the plan `begin`; return the work done.

    `incumbent` holds the plan and what is proven afterwards.
    """
    near = cover_lists(problem, radius=radius, weight=weight)

    def cost_of(sites: IntArray) -> float:
        return float(weight[nearest_two(problem, sites)[0] > radius].sum())

    incumbent.offer(begin, cost_of(begin))
    price = cover_prices(near, begin)
    work = Work(problem, near, incumbent, halt, price=price, cost_of=cost_of, seed=seed)
    work.run()
    return work
