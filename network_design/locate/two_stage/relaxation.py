"""A two-stage problem as the compiled bound wants it; sites are the plants, then the satellites."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from network_design.locate.facility.compiling import Flags, FloatArray
from network_design.locate.facility.lagrangian import settle_sites
from network_design.locate.facility.relaxation import ROUNDING, WHOLE_SLACK, Bounded, Node, capacity_unit
from network_design.locate.two_stage.prices import ascend_two, two_bounds
from network_design.locate.two_stage.standing import Sites
from network_design.locate.two_stage_problem import TwoStageProblem


@dataclass(frozen=True)
class TwoStageRelaxation:
    """The arrays of the bound."""

    problem: TwoStageProblem
    fixed: FloatArray
    capacity: FloatArray
    unit: FloatArray

    @classmethod
    def of(cls, problem: TwoStageProblem) -> TwoStageRelaxation:
        """Return the relaxation of a problem."""
        return cls(
            problem=problem,
            fixed=np.concatenate([problem.plant_cost, problem.satellite_cost]).astype(np.float64),
            capacity=np.concatenate([problem.plant_capacity, problem.satellite_capacity]).astype(np.float64),
            unit=np.array([capacity_unit(problem.plant_capacity), capacity_unit(problem.satellite_capacity)]),
        )

    @property
    def need(self) -> float:
        """All demand, in units."""
        return float(self.problem.demand.sum())

    @cached_property
    def sites(self) -> Sites:
        """The problem as the kernels of flows read it."""
        problem = self.problem
        supply, serving, demand = (
            np.ascontiguousarray(values, dtype=np.float64)
            for values in (problem.supply_cost, problem.serving_cost, problem.demand)
        )
        rent = self.fixed / np.maximum(self.capacity, 1e-9)
        mean = np.array([rent[part].mean() for part in self.echelons])
        return Sites(supply, serving, demand, self.fixed, self.capacity, mean)

    @property
    def echelons(self) -> tuple[slice, slice]:
        """Where the plants are among all sites, and where the satellites."""
        plants, sites = self.problem.plants, len(self.fixed)
        return slice(0, plants), slice(plants, sites)

    def root(self) -> Node:
        """Return the node where nothing is decided, at the prices of sites filled to the brim."""
        problem = self.problem
        brim = self.fixed / np.maximum(np.minimum(self.capacity, self.need), 1e-9)
        goods = (problem.supply_cost + brim[: problem.plants, None]).min(axis=0)
        wanted = (problem.serving_cost + (goods + brim[problem.plants :])[:, None]).min(axis=0)
        return Node(-np.inf, np.zeros(len(self.fixed), dtype=np.int8), np.concatenate([goods, wanted]))

    def bound(self, node: Node, *, cutoff: float, steps: int) -> Bounded:
        """Raise the node's bound by up to `steps` steps, then decide the sites that a plan below `cutoff` decides."""
        problem, state, prices = self.problem, node.state.copy(), node.prices.copy()
        average, chosen = np.zeros(len(state)), np.zeros(len(state), dtype=np.bool_)
        found, done = ascend_two(
            prices, cutoff, steps, problem.supply_cost, problem.serving_cost, problem.demand, self.fixed,
            self.capacity, state, self.unit, average, chosen,
        )  # fmt: skip
        found -= ROUNDING * abs(found) if np.isfinite(found) else 0.0
        if found < cutoff < np.inf:
            self._settle(prices, state, cutoff)
        return Bounded(Node(max(node.bound, found), state, prices), chosen, average, done)

    def _settle(self, prices: FloatArray, state: np.ndarray, cutoff: float) -> None:
        problem, opening = self.problem, np.empty(len(state))
        chosen, lack = np.zeros(len(state), dtype=np.bool_), np.empty(len(prices))
        bound = two_bounds(
            prices, problem.supply_cost, problem.serving_cost, problem.demand, self.fixed, self.capacity, state,
            self.unit, opening, chosen, lack,
        )  # fmt: skip
        for number, part in enumerate(self.echelons):
            rest = bound - opening[part][chosen[part]].sum() - ROUNDING * abs(bound)
            settle_sites(rest, cutoff, opening[part], self.capacity[part], self.need, self.unit[number], state[part])

    def allows(self, opened: Flags) -> bool:
        """Whether these sites hold all demand, at both stages."""
        room = min(self.capacity[part][opened[part]].sum() for part in self.echelons)
        return bool(room >= self.need * (1.0 - ROUNDING))

    def cutoff(self, cost: float) -> float:
        """Return the bound from which on nothing better than `cost` is left; whole costs are better by 1."""
        return cost - 1.0 + WHOLE_SLACK if self.problem.whole_costs else cost - ROUNDING * abs(cost)

    def proven(self, bound: float) -> float:
        """Return the bound as it may be told: rounded up where costs are whole."""
        return float(np.ceil(bound - WHOLE_SLACK)) if self.problem.whole_costs else bound
