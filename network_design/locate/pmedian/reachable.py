"""Whether every customer can be served at all, said in plain words where not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from network_design.locate.distances import DistanceProblem, Points
from network_design.locate.pmedian.start import allowed_sites
from retour.errors import InfeasibleError

NOBODY_FOUND = "No plan that serves every customer was found in time; allow more sites to open, or more time."
MOST_NAMED = 5


def require_reachable(problem: DistanceProblem) -> NDArray[np.bool_]:
    """Return which sites may open (shape: sites).

    Raises `InfeasibleError` where limits contradict each other, a customer is reached from no such site, or there are
    more parts without a way between them than sites to open.
    """
    allowed = allowed_sites(problem)
    count = problem.open_count
    if not isinstance(problem.distances, Points):
        _require_ways(problem, allowed, count)
    return allowed


def too_few_sites(problem: DistanceProblem) -> InfeasibleError:
    """What to say where every choice of sites leaves out a customer."""
    return InfeasibleError(f"No {problem.open_count} sites reach every customer together; open more.")


def _require_ways(problem: DistanceProblem, allowed: NDArray[np.bool_], count: int) -> None:
    sites = np.flatnonzero(allowed)
    is_way = np.isfinite(problem.distances.between(customers=slice(None), sites=sites))
    lost = np.flatnonzero(~is_way.any(axis=1))
    if len(lost):
        named = ", ".join(str(customer + 1) for customer in lost[:MOST_NAMED])
        more = f" and {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else ""
        raise InfeasibleError(f"No site that may open reaches customers {named}{more}; allow one that does.")
    if is_way.all():
        return
    parts = _parts(is_way)
    if parts > count:
        raise InfeasibleError(
            f"Customers fall into {parts} parts without a way between them, but only {count} sites may open; "
            f"open at least {parts}."
        )


def _parts(is_way: NDArray[np.bool_]) -> int:
    """How many groups of customers (rows) have no site (columns) in common with the others."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows, columns = np.nonzero(is_way)
    customers, sites = is_way.shape
    ways = coo_array((np.ones(len(rows)), (rows, customers + columns)), shape=(customers + sites,) * 2)
    return len(np.unique(connected_components(ways, directed=False)[1][:customers]))
