"""The facility location problem: which sites to open, and who serves whom at what cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from retour.errors import InputError, Issue

FloatArray = NDArray[np.float64]
Size = tuple[float, float]  # capacity and fixed cost of one way to build a site


class Service(StrEnum):
    """How a customer is served: sites without limits, demand that may be split, or one site per customer."""

    UNLIMITED = "ufl"
    SPLIT = "cflp"
    SINGLE_SOURCE = "sscflp"


@dataclass(frozen=True)
class CountLimit:
    """Of these sites at least `low` and at most `high` are open."""

    sites: tuple[int, ...]
    low: int = 0
    high: int | None = None

    @property
    def most(self) -> int:
        """The highest number allowed; all of them where none is given."""
        return len(self.sites) if self.high is None else self.high


@dataclass(frozen=True)
class FacilityProblem:
    """Sites and customers, numbered from 0.

    Opening a site costs `fixed_cost` (sites,); an open site serves at most `capacity` (sites,) of the `demand`
    (customers,), unless service is UNLIMITED. `serving_cost` (sites, customers) is what serving the WHOLE customer
    from a site costs; a share of the customer costs that share of it. Sites in `must_open` are open and those in
    `must_close` are not; whatever is in neither is a candidate. `limits` bound how many sites of a group are open.
    Raises `InputError` with every figure that makes no sense.
    """

    name: str
    service: Service
    fixed_cost: FloatArray
    capacity: FloatArray
    demand: FloatArray
    serving_cost: FloatArray
    must_open: tuple[int, ...] = ()
    must_close: tuple[int, ...] = ()
    limits: tuple[CountLimit, ...] = ()

    def __post_init__(self) -> None:
        issues = [*_shape_issues(self)] or [*_value_issues(self), *_site_issues(self)]
        if issues:
            raise InputError(issues)

    @property
    def sites(self) -> int:
        """How many sites there are."""
        return len(self.fixed_cost)

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return len(self.demand)

    @property
    def single_source(self) -> bool:
        """Whether each customer is served by one site only."""
        return self.service is Service.SINGLE_SOURCE

    @property
    def limited(self) -> bool:
        """Whether capacities count."""
        return self.service is not Service.UNLIMITED

    @property
    def whole_costs(self) -> bool:
        """Whether every plan worth having costs a whole number."""
        costs = (self.fixed_cost, self.serving_cost)
        return self.service is not Service.SPLIT and all(bool((cost == np.rint(cost)).all()) for cost in costs)


def with_sizes(problem: FacilityProblem, sizes: Mapping[int, Sequence[Size]]) -> FacilityProblem:
    """The problem with further sizes for some sites: one site more per size, of which one at most is built.

    `sizes` holds (capacity, fixed cost) per site; the new sites are numbered on from the last, in the order given.
    A site that must open may then open in any of its sizes; one that must close stays closed in all of them.
    """
    base = [site for site, more in sizes.items() for _ in more]
    new = iter(range(problem.sites, problem.sites + len(base)))
    group = {site: (site, *(next(new) for _ in more)) for site, more in sizes.items()}
    added = np.array([size for more in sizes.values() for size in more], dtype=np.float64).reshape(-1, 2)
    required = set(problem.must_open)
    one_of = [CountLimit(sites, low=int(site in required), high=1) for site, sites in group.items()]
    closed = [site for old in problem.must_close for site in group.get(old, (old,))]
    return replace(
        problem,
        fixed_cost=np.append(problem.fixed_cost, added[:, 1]),
        capacity=np.append(problem.capacity, added[:, 0]),
        serving_cost=np.vstack([problem.serving_cost, problem.serving_cost[base]]),
        must_open=tuple(site for site in problem.must_open if site not in group),
        must_close=tuple(closed),
        limits=(*(_spread(limit, group) for limit in problem.limits), *one_of),
    )


def _spread(limit: CountLimit, group: Mapping[int, tuple[int, ...]]) -> CountLimit:
    """The same limit, all sizes of its sites counted."""
    return replace(
        limit, sites=tuple(size for site in limit.sites for size in group.get(site, (site,))), high=limit.most
    )


def _shape_issues(problem: FacilityProblem) -> Iterator[Issue]:
    sites, customers = problem.sites, problem.customers
    expected = {
        "fixed_cost": (sites,),
        "capacity": (sites,),
        "demand": (customers,),
        "serving_cost": (sites, customers),
    }
    for field, shape in expected.items():
        found = np.shape(getattr(problem, field))
        if found != shape or 0 in shape:
            message = f"has the shape {found}; {sites} sites and {customers} customers need {shape}, none of them 0."
            yield Issue(problem.name, None, field, message)


def _value_issues(problem: FacilityProblem) -> Iterator[Issue]:
    for field in ("fixed_cost", "capacity", "demand", "serving_cost"):
        values = getattr(problem, field)
        low = -np.inf if field == "fixed_cost" else 0.0
        bad = np.isnan(values) | (values < low) | (np.isinf(values) if field != "capacity" else False)
        for place in np.argwhere(bad)[:5]:
            numbers = ", ".join(str(idx + 1) for idx in place)
            message = f"entry {numbers} is {values[tuple(place)]:g}; give a number of 0 or more."
            yield Issue(problem.name, None, field, message)


def _site_issues(problem: FacilityProblem) -> Iterator[Issue]:
    lists = {"must_open": problem.must_open, "must_close": problem.must_close}
    lists |= {f"limits[{number}]": limit.sites for number, limit in enumerate(problem.limits)}
    for field, listed in lists.items():
        for site in sorted({site for site in listed if not 0 <= site < problem.sites}):
            message = f"site {site} does not exist; they are numbered from 0 to {problem.sites - 1}."
            yield Issue(problem.name, None, field, message)
    for site in sorted(set(problem.must_open) & set(problem.must_close)):
        message = f"site {site} must open and must close; take it off one of the lists."
        yield Issue(problem.name, None, "must_open", message)
