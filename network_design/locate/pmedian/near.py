"""Who is near whom: for every customer the sites within its reach, nearest first, and the same by site.

A plan in which nobody goes far needs no other distances: n customers and p sites give some n x n / p entries instead of
n x n. Whatever is not listed costs at least `beyond`, which keeps bounds valid.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from network_design.locate.distances import DistanceProblem, FloatArray, IntArray
from network_design.locate.pmedian.compiling import compiled

ShortArray = NDArray[np.int32]
BLOCK_ENTRIES = 1_000_000
THREADS = 2


@dataclass(frozen=True)
class Near:
    """The listed sites of customer j are `site[start[j]:start[j + 1]]`, cheapest first, at `cost` (weight x distance).

    `by_site`, `customer` and `site_cost` hold the same entries by site. A site that is not listed for customer j costs
    it `beyond[j]` or more (infinite: all sites that may open are listed); exactly that where the lists are `closed`.
    """

    start: ShortArray
    site: ShortArray
    cost: FloatArray
    beyond: FloatArray
    by_site: ShortArray
    customer: ShortArray
    site_cost: FloatArray
    closed: bool = False

    @property
    def sites(self) -> int:
        """How many sites there are, listed or not."""
        return len(self.by_site) - 1

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return len(self.start) - 1

    @property
    def lists(self) -> tuple[ShortArray, ShortArray, FloatArray, ShortArray, ShortArray, FloatArray]:
        """The entries by customer, then by site, as compiled code takes them."""
        return self.start, self.site, self.cost, self.by_site, self.customer, self.site_cost

    def only(self, allowed: NDArray[np.bool_]) -> Near:
        """Return the lists without the sites that are not allowed (shape: sites); `beyond` stays."""
        keep = allowed[self.site]
        start = np.concatenate([[0], np.cumsum(keep)])[self.start].astype(np.int32)
        lists = _both_ways(start, self.site[keep], self.cost[keep], self.beyond, sites=self.sites)
        return replace(lists, closed=self.closed)


def near_sites(problem: DistanceProblem, reach: FloatArray, allowed: NDArray[np.bool_]) -> Near:
    """Return the allowed sites within `reach` (customers,) of every customer, in the unit of the distances."""
    columns = np.flatnonzero(allowed)
    step = max(1, BLOCK_ENTRIES // max(1, len(columns)))
    blocks = [slice(first, first + step) for first in range(0, problem.customers, step)]
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda block: _block_of(problem, block, reach, columns), blocks))
    start = np.concatenate([[0], np.cumsum(np.concatenate([counts for counts, *_ in found]))]).astype(np.int32)
    site, cost, beyond = (np.concatenate([part[k] for part in found]) for k in (1, 2, 3))
    return _both_ways(start, site, cost, beyond, sites=problem.sites)


def _block_of(
    problem: DistanceProblem, block: slice, reach: FloatArray, columns: IntArray
) -> tuple[IntArray, ShortArray, FloatArray, FloatArray]:
    distance = problem.distances.between(customers=block, sites=columns)
    is_near = (distance <= reach[block, None]) & (distance < np.inf)
    rows, cols = np.nonzero(is_near)
    far = distance[rows, cols]
    order = np.lexsort((far, rows))
    weight = problem.weight[block]
    np.putmask(distance, is_near, np.inf)
    beyond = distance.min(axis=1, initial=np.inf)
    beyond[np.isfinite(beyond)] *= weight[np.isfinite(beyond)]
    return is_near.sum(axis=1), columns[cols[order]].astype(np.int32), (far * weight[rows])[order], beyond


def _both_ways(start: ShortArray, site: ShortArray, cost: FloatArray, beyond: FloatArray, *, sites: int) -> Near:
    by_site, customer, site_cost = turned(start, site, cost, sites)
    return Near(start, site, cost, beyond, by_site, customer, site_cost)


@compiled
def turned(
    start: ShortArray, site: ShortArray, cost: FloatArray, sites: int
) -> tuple[ShortArray, ShortArray, FloatArray]:
    """Return the entries by site: (start per site, customer, cost)."""
    by_site = np.zeros(sites + 1, np.int32)
    for k in range(len(site)):
        by_site[site[k] + 1] += 1
    for i in range(sites):
        by_site[i + 1] += by_site[i]
    place = by_site[:-1].copy()
    customer, site_cost = np.empty(len(site), np.int32), np.empty(len(site))
    for j in range(len(start) - 1):
        for k in range(start[j], start[j + 1]):
            at = place[site[k]]
            place[site[k]] += 1
            customer[at], site_cost[at] = j, cost[k]
    return by_site, customer, site_cost
