"""One site only: every site is tried, which needs no list and no bound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from network_design.locate.answer import LocationProgress, OnProgress
from network_design.locate.distances import CountedAnswer, DistanceProblem, FloatArray
from retour.errors import InfeasibleError
from retour.vocabulary import Status

METHOD = "every site tried"
BLOCK_ENTRIES = 2_000_000


def solve_single(
    problem: DistanceProblem, allowed: NDArray[np.bool_], on_progress: OnProgress | None = None
) -> CountedAnswer:
    """Return the best single site of those allowed (shape: sites), the one that must be open if there is one.

    Raises `InfeasibleError` where no single site reaches every customer.
    """
    candidates = np.array(sorted(problem.must_open)) if problem.must_open else np.flatnonzero(allowed)
    cost = _costs(problem)[candidates]
    site, least = int(candidates[cost.argmin()]), float(cost.min())
    if np.isinf(least):
        raise InfeasibleError("No single site that may open reaches every customer; open at least 2.")
    if on_progress is not None:
        on_progress(LocationProgress(0.0, least, least))
    return CountedAnswer(
        status=Status.OPTIMAL,
        cost=least,
        bound=least,
        open_sites=(site,),
        assignment=np.full(problem.customers, site, dtype=np.int64),
        iterations=len(candidates),
        method=METHOD,
    )


def _costs(problem: DistanceProblem) -> FloatArray:
    """What each site costs when it serves everybody (shape: sites)."""
    cost, step = np.zeros(problem.sites), max(1, BLOCK_ENTRIES // problem.sites)
    for first in range(0, problem.customers, step):
        block = slice(first, first + step)
        cost += problem.weight[block] @ problem.distances.between(customers=block, sites=slice(None))
    return np.where(np.isnan(cost), np.inf, cost)  # whoever weighs nothing must be reached too
