"""Location problems that know distances only: customers, sites, and how many sites may open."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from network_design.locate.answer import LocationAnswer
from retour.errors import InfeasibleError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Distances(Protocol):
    """How far every customer is from every site."""

    @property
    def sites(self) -> int:
        """How many sites there are."""
        ...

    @property
    def customers(self) -> int:
        """How many customers there are."""
        ...

    @property
    def are_whole(self) -> bool:
        """Whether every distance is a whole number."""
        ...

    def between(self, *, customers: slice | IntArray, sites: slice | IntArray) -> FloatArray:
        """Return the distances of these customers (rows) from these sites (columns)."""
        ...


@dataclass(frozen=True)
class Points:
    """Places in the plane, each a customer and a site; a distance is Euclidean, rounded down where `whole`."""

    xy: FloatArray
    whole: bool = True

    @property
    def sites(self) -> int:
        """How many places there are."""
        return len(self.xy)

    @property
    def customers(self) -> int:
        """How many places there are."""
        return len(self.xy)

    @property
    def are_whole(self) -> bool:
        """Whether distances are rounded down."""
        return self.whole

    def between(self, *, customers: slice | IntArray, sites: slice | IntArray) -> FloatArray:
        """Return the distances of these customers (rows) from these sites (columns)."""
        x, y = self.xy.T
        squared = np.subtract.outer(x[customers], x[sites]) ** 2
        squared += np.subtract.outer(y[customers], y[sites]) ** 2
        distance = np.sqrt(squared, out=squared)
        return np.floor(distance, out=distance) if self.whole else distance


@dataclass(frozen=True)
class Graph:
    """Nodes, each a customer and a site, joined by edges; a distance is the length of a shortest path.

    `ends` holds the two nodes of each edge, numbered from 0 (shape: edges, 2), `length` its length.
    """

    nodes: int
    ends: IntArray
    length: FloatArray

    @property
    def sites(self) -> int:
        """How many nodes there are."""
        return self.nodes

    @property
    def customers(self) -> int:
        """How many nodes there are."""
        return self.nodes

    @property
    def are_whole(self) -> bool:
        """Whether every edge has a whole length."""
        return bool((self.length == np.rint(self.length)).all())

    def between(self, *, customers: slice | IntArray, sites: slice | IntArray) -> FloatArray:
        """Return the distances of these customers (rows) from these sites (columns)."""
        return self._shortest[customers][:, sites]

    @cached_property
    def _shortest(self) -> FloatArray:
        from scipy.sparse import csr_array  # half a second, which points need not wait for
        from scipy.sparse.csgraph import dijkstra

        i, j = self.ends.T
        network = csr_array((self.length, (i, j)), shape=(self.nodes, self.nodes))
        return dijkstra(network, directed=False)


@dataclass(frozen=True)
class Matrix:
    """Distances as given, a row per customer and a column per site; infinite where a customer cannot be served."""

    values: FloatArray

    @property
    def sites(self) -> int:
        """How many columns there are."""
        return self.values.shape[1]

    @property
    def customers(self) -> int:
        """How many rows there are."""
        return self.values.shape[0]

    @cached_property
    def are_whole(self) -> bool:
        """Whether every distance is a whole number."""
        return bool((self.values == np.rint(self.values)).all())

    def between(self, *, customers: slice | IntArray, sites: slice | IntArray) -> FloatArray:
        """Return the distances of these customers (rows) from these sites (columns)."""
        return self.values[customers][:, sites]


@dataclass(frozen=True)
class DistanceProblem:
    """What is asked: `kind` is pmedian, pcentre or mclp.

    From `least_sites` to `most_sites` sites may be open, those that must be open among them, none of those that must
    be closed (numbered from 0). `weight` (customers,) counts what a customer sends; `radius` is how far a site covers
    (mclp only), in the unit of the distances.
    """

    name: str
    kind: str
    distances: Distances
    weight: FloatArray
    least_sites: int
    most_sites: int
    must_open: frozenset[int] = field(default_factory=frozenset)
    must_close: frozenset[int] = field(default_factory=frozenset)
    radius: float = math.inf

    def replace(self, **changes: object) -> DistanceProblem:
        """Return a variant with other values."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def expanding(self, *, existing: Iterable[int], new: int) -> DistanceProblem:
        """Return the variant in which the existing sites stay open and up to `new` more may be opened."""
        stay = frozenset(existing)
        return self.replace(must_open=self.must_open | stay, most_sites=len(self.must_open | stay) + new)

    @property
    def sites(self) -> int:
        """How many sites there are to choose from."""
        return self.distances.sites

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return self.distances.customers

    @cached_property
    def costs_are_whole(self) -> bool:
        """Whether every cost is a whole number, so that a bound may be rounded up."""
        return self.distances.are_whole and bool((self.weight == np.rint(self.weight)).all())

    @cached_property
    def open_count(self) -> int:
        """How many sites a best plan opens, for one more never makes a plan worse.

        Raises `InfeasibleError` where the limits on sites contradict each other.
        """
        if reasons := list(_contradictions(self)):
            raise InfeasibleError(reasons)
        return min(self.most_sites, self.sites - len(self.must_close))


def _contradictions(problem: DistanceProblem) -> Iterable[str]:
    both = sorted(site + 1 for site in problem.must_open & problem.must_close)
    if both:
        yield f"Site {both[0]} must be open and must be closed; drop one of the two."
    if len(problem.must_open) > problem.most_sites:
        yield (
            f"{len(problem.must_open)} sites must be open but at most {problem.most_sites} may be; "
            "raise the number of sites or let some of them close."
        )
    allowed = problem.sites - len(problem.must_close)
    if problem.least_sites > min(allowed, problem.most_sites):
        yield (
            f"At least {problem.least_sites} sites must be open but only {min(allowed, problem.most_sites)} may be; "
            "ask for fewer or allow more."
        )
    if problem.most_sites < 1 or allowed < 1:
        yield "No site may be open; allow at least one."


@dataclass(frozen=True)
class CountedAnswer(LocationAnswer):
    """An answer to a problem with a limited number of sites.

    `one_more_site_saves` is what the prices say one more site would save at most, in the unit of the cost; None where
    nothing is known.
    """

    one_more_site_saves: float | None = None
