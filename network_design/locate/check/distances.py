"""Independent checker of p-median, p-centre and covering answers: priced anew from coordinates, edges or the matrix.

It reads the problem's figures only: distances are worked out here again, from the open sites outwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from network_design.locate.answer import LocationAnswer
from network_design.locate.check.checked import LocationChecked
from network_design.locate.distances import DistanceProblem, Graph, Matrix, Points

FloatArray = NDArray[np.float64]


def check(problem: DistanceProblem, answer: LocationAnswer) -> LocationChecked:
    """Return the cost by the file's figures and every broken rule.

    The cost is the weighted sum of distances (pmedian), the largest distance (pcentre), or the weight left uncovered
    (mclp); each customer counts with the site the answer gives it.
    """
    broken = list(_unknown(problem, answer))
    if broken or answer.cost is None or answer.assignment is None:
        return LocationChecked(None, {}, tuple(broken))
    sites = [int(site) for site in answer.open_sites]
    nearest, given = _distances(problem, sites, np.asarray(answer.assignment, dtype=np.int64))
    broken += [*_counts(problem, sites), *_served(problem, sites, answer, nearest=nearest, given=given)]
    cost, parts = _priced(problem, given)
    return LocationChecked(cost, parts, tuple(broken))


def _unknown(problem: DistanceProblem, answer: LocationAnswer) -> Iterator[dict[str, Any]]:
    assigned = () if answer.assignment is None else answer.assignment
    for site in sorted({int(site) for site in [*answer.open_sites, *assigned]}):
        if not 0 <= site < problem.sites:
            message = f"Site {site + 1} does not exist; they go from 1 to {problem.sites}."
            yield _violation("known_site", (site,), found=site + 1, limit=problem.sites, unit="site", message=message)
    if answer.assignment is not None and len(answer.assignment) != problem.customers:
        message = f"{len(answer.assignment)} customers are assigned; the file has {problem.customers}."
        found, limit = len(answer.assignment), problem.customers
        yield _violation("every_customer", (), found=found, limit=limit, unit="customers", message=message)


def _counts(problem: DistanceProblem, sites: list[int]) -> Iterator[dict[str, Any]]:
    count = len(set(sites))
    if count != len(sites):
        message = f"{len(sites)} open sites are listed, but only {count} different ones."
        yield _violation("once", (), found=len(sites), limit=count, unit="sites", message=message)
    if not problem.least_sites <= count <= problem.most_sites:
        limit = problem.most_sites if count > problem.most_sites else problem.least_sites
        message = f"{count} sites are open; {problem.least_sites} to {problem.most_sites} may be."
        yield _violation("site_count", (), found=count, limit=limit, unit="sites", message=message)
    for site in sorted(problem.must_open - set(sites)):
        message = f"Site {site + 1} is closed, and it must be open."
        yield _violation("must_open", (site,), found=0, limit=1, unit="sites", message=message)
    for site in sorted(problem.must_close & set(sites)):
        message = f"Site {site + 1} is open, and it must be closed."
        yield _violation("must_close", (site,), found=1, limit=0, unit="sites", message=message)


def _served(
    problem: DistanceProblem, sites: list[int], answer: LocationAnswer, *, nearest: FloatArray, given: FloatArray
) -> Iterator[dict[str, Any]]:
    assigned = np.asarray(answer.assignment)
    for customer in np.flatnonzero(~np.isin(assigned, sites)).tolist():
        message = f"Customer {customer + 1} is served from site {assigned[customer] + 1}, which is closed."
        yield _violation("from_open", (customer,), found=0, limit=1, unit="sites", message=message)
    for customer in np.flatnonzero(np.isinf(given)).tolist():
        message = f"Customer {customer + 1} cannot be reached from site {assigned[customer] + 1}."
        yield _violation("reachable", (customer,), found=0, limit=1, unit="sites", message=message)
    for customer in np.flatnonzero(np.isfinite(given) & (given > nearest + 1e-9)).tolist():
        found, limit = float(given[customer]), float(nearest[customer])
        message = f"Customer {customer + 1} is served from {found:g} away; an open site is {limit:g} away."
        yield _violation("nearest", (customer,), found=found, limit=limit, unit="distance", message=message)


def _priced(problem: DistanceProblem, given: FloatArray) -> tuple[float | None, dict[str, float]]:
    if problem.kind == "mclp":
        covered = float(problem.weight[given <= problem.radius].sum())
        left = float(problem.weight[given > problem.radius].sum())
        return left, {"covered": covered, "not_covered": left}
    if np.isinf(given).any():
        return None, {}
    total, farthest = float(problem.weight @ given), float(given.max())
    mean = total / float(problem.weight.sum()) if problem.weight.any() else 0.0
    cost = total if problem.kind == "pmedian" else farthest
    return cost, {"total_distance": total, "mean_distance": mean, "largest_distance": farthest}


def _distances(
    problem: DistanceProblem, sites: list[int], assigned: NDArray[np.int64]
) -> tuple[FloatArray, FloatArray]:
    """Per customer the distance of the nearest open site, and of the site it is given."""
    nearest, given = np.full(problem.customers, np.inf), np.full(problem.customers, np.inf)
    is_open = set(sites)
    for site in np.unique([*sites, *assigned]):
        far = _from_site(problem, int(site))
        if site in is_open:
            np.minimum(nearest, far, out=nearest)
        theirs = assigned == site
        given[theirs] = far[theirs]
    return nearest, given


def _from_site(problem: DistanceProblem, site: int) -> FloatArray:
    """Distances from a site to every customer."""
    known = problem.distances
    if isinstance(known, Points):
        aside, up = (known.xy[site] - known.xy).T
        far = np.sqrt(aside * aside + up * up)
        return np.floor(far) if known.whole else far
    if isinstance(known, Graph):
        return _along_edges(known, site)
    if isinstance(known, Matrix):
        return known.values[:, site]
    raise TypeError(f"no prices for {type(known).__name__}")


def _along_edges(graph: Graph, site: int) -> FloatArray:
    """Lengths of the shortest paths from a node (E. W. Dijkstra, 1959, 10.1007/BF01386390)."""
    from scipy.sparse import coo_array  # half a second, which points need not wait for
    from scipy.sparse.csgraph import dijkstra

    i, j = graph.ends.T
    edges = coo_array((graph.length, (i, j)), shape=(graph.nodes, graph.nodes)).tocsr()
    return dijkstra(edges, directed=False, indices=site)


def _violation(
    rule: str, where: tuple[int, ...], *, found: float, limit: float, unit: str, message: str
) -> dict[str, Any]:
    ids = tuple(str(int(idx) + 1) for idx in where)
    return {"rule": rule, "ids": ids, "found": found, "limit": limit, "unit": unit, "message": message}
