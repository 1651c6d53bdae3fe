"""A facility problem as the compiled bound wants it, and the bound's answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from network_design.locate.facility.compiling import Flags, FloatArray, States
from network_design.locate.facility.lagrangian import ascend, constant_part, settle_sites, site_prices
from network_design.locate.facility_problem import FacilityProblem

OPEN, CLOSED, UNDECIDED = 1, -1, 0
ROUNDING = 1e-9  # relative: what a bound is lowered by, since sums are rounded
WHOLE_SLACK = 1e-6  # absolute: what a whole cost may miss


@dataclass(frozen=True)
class Node:
    """Which sites are decided (`state`), the prices to begin with, and the bound known so far."""

    bound: float
    state: States
    prices: FloatArray


@dataclass(frozen=True)
class Bounded:
    """A node after its ascent: better bound and prices, what the relaxation would open, and how often it was tried."""

    node: Node
    chosen: Flags
    average: FloatArray
    steps: int
    tries: int = 0

    @property
    def undecided(self) -> np.ndarray:
        """Indices of the sites that are neither open nor closed."""
        return np.flatnonzero(self.node.state == UNDECIDED)


@dataclass(frozen=True)
class Relaxation:
    """The arrays of the bound: sites, customers, and the groups whose open sites are counted."""

    problem: FacilityProblem
    need: float
    unit: float
    member: FloatArray
    low: FloatArray
    high: FloatArray
    capacity: FloatArray = field(repr=False)

    @classmethod
    def of(cls, problem: FacilityProblem) -> Relaxation:
        """Return the relaxation of a problem; sites without limits hold any demand."""
        capacity = problem.capacity if problem.limited else np.full(problem.sites, np.inf)
        member = np.zeros((len(problem.limits), problem.sites))
        for row, limit in zip(member, problem.limits, strict=True):
            row[list(limit.sites)] = 1.0
        finite = bool(np.isfinite(capacity).all())
        return cls(
            problem=problem,
            need=float(problem.demand.sum()) if finite else 0.0,
            unit=capacity_unit(capacity) if finite else 0.0,
            member=member,
            low=np.array([float(limit.low) for limit in problem.limits]),
            high=np.array([float(limit.most) for limit in problem.limits]),
            capacity=np.ascontiguousarray(capacity, dtype=np.float64),
        )

    def root(self) -> Node:
        """Return the node where only what must be is decided, at the prices of a site filled to the brim."""
        problem = self.problem
        state = np.zeros(problem.sites, dtype=np.int8)
        state[list(problem.must_open)] = OPEN
        state[list(problem.must_close)] = CLOSED
        brim = np.minimum(self.capacity, max(1.0, problem.demand.sum()))
        full = problem.serving_cost + np.outer(problem.fixed_cost / np.maximum(brim, 1e-9), problem.demand)
        first = full[state != CLOSED].min(axis=0)
        return Node(-np.inf, state, np.append(first, np.zeros(len(self.low))))

    def bound(self, node: Node, *, cutoff: float, steps: int) -> Bounded:
        """Raise the node's bound by up to `steps` steps, then decide the sites that a plan below `cutoff` decides."""
        problem, state, prices = self.problem, node.state.copy(), node.prices.copy()
        average, chosen = np.zeros(problem.sites), np.zeros(problem.sites, dtype=np.bool_)
        found, done = ascend(
            prices, cutoff, steps, problem.serving_cost, problem.demand, problem.fixed_cost, self.capacity, self.need,
            self.unit, state, self.member, self.low, self.high, problem.single_source, average, chosen,
        )  # fmt: skip
        found -= ROUNDING * abs(found) if np.isfinite(found) else 0.0
        if found < cutoff:
            opening, _ = self.at_prices(prices, state)
            fixed_part = constant_part(prices, problem.customers, self.low, self.high) - ROUNDING * abs(found)
            settle_sites(fixed_part, cutoff, opening, self.capacity, self.need, self.unit, state)
        return Bounded(Node(max(node.bound, found), state, prices), chosen, average, done)

    def at_prices(self, prices: FloatArray, state: States) -> tuple[FloatArray, FloatArray]:
        """Return what each site costs at the prices (inf where closed), and the share of each customer it takes."""
        problem = self.problem
        opening, shares = np.empty(problem.sites), np.zeros(problem.serving_cost.shape)
        site_prices(
            prices, problem.serving_cost, problem.demand, problem.fixed_cost, self.capacity, state, self.member,
            problem.single_source, opening, shares,
        )  # fmt: skip
        return opening, shares

    def allows(self, opened: Flags) -> bool:
        """Whether these sites may be open together: what must be is, counts hold, and all demand fits."""
        problem, counts = self.problem, self.member @ opened
        return bool(
            opened.any()
            and opened[list(problem.must_open)].all()
            and not opened[list(problem.must_close)].any()
            and (counts >= self.low).all()
            and (counts <= self.high).all()
            and self.capacity[opened].sum() >= self.need * (1.0 - ROUNDING)
        )

    def cutoff(self, cost: float) -> float:
        """Return the bound from which on nothing better than `cost` is left; whole costs are better by 1."""
        return cost - 1.0 + WHOLE_SLACK if self.problem.whole_costs else cost - ROUNDING * abs(cost)

    def proven(self, bound: float) -> float:
        """Return the bound as it may be told: rounded up where costs are whole."""
        return float(np.ceil(bound - WHOLE_SLACK)) if self.problem.whole_costs else bound


class Bounding(Protocol):
    """What branch and bound asks of a relaxation; `Relaxation` is the one-stage answer."""

    def root(self) -> Node:
        """Return the node to begin with."""
        ...

    def bound(self, node: Node, *, cutoff: float, steps: int) -> Bounded:
        """Return the node with a better bound, its sites decided where a plan below `cutoff` decides them."""
        ...

    def cutoff(self, cost: float) -> float:
        """Return the bound from which on nothing better than `cost` is left."""
        ...

    def proven(self, bound: float) -> float:
        """Return the bound as it may be told."""
        ...


def capacity_unit(capacity: FloatArray) -> float:
    """Return the number that all capacities are multiples of; 0 where they are not whole."""
    whole = np.rint(capacity)
    if (whole != capacity).any() or capacity.max(initial=0.0) > 2**53:
        return 0.0
    return float(np.gcd.reduce(whole.astype(np.int64)))
