"""What a choice of plants and satellites costs: each choice is priced once by its cheapest flow."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

import numpy as np

from network_design.locate.facility.compiling import Flags, FloatArray
from network_design.locate.facility.relaxation import OPEN, Bounded
from network_design.locate.two_stage.flows import cheapest_flow
from network_design.locate.two_stage.relaxation import TwoStageRelaxation


@dataclass(frozen=True)
class Flow:
    """Open sites (plants, then satellites), what plants send (open plants, open satellites), what customers get."""

    cost: float
    opened: Flags
    supplied: FloatArray
    served: FloatArray


class TwoStagePlanner:
    """The best plan among all choices of sites asked for so far; none is priced twice."""

    def __init__(self, relaxation: TwoStageRelaxation) -> None:
        self.relaxation = relaxation
        self.best: Flow | None = None
        self.costs: dict[bytes, float] = {}
        self.lock = Lock()

    @property
    def best_cost(self) -> float:
        """The best cost so far; inf without a plan."""
        return np.inf if self.best is None else self.best.cost

    def cost(self, opened: Flags) -> float:
        """Return the cost of opening these sites, inf where they hold too little; remembers the best plan."""
        key = np.packbits(opened).tobytes()
        if key not in self.costs:
            flow = self._flow(opened) if self.relaxation.allows(opened) else None
            with self.lock:
                self.costs[key] = np.inf if flow is None else flow.cost
                if flow is not None and flow.cost < self.best_cost:
                    self.best = flow
        return self.costs[key]

    def visit(self, bounded: Bounded) -> None:
        """Price what the relaxation opens, at its best prices and on average."""
        self.cost(bounded.chosen)
        self.cost(bounded.average > 0.5)

    def finish(self, leaf: Bounded, cutoff: float) -> None:
        """Price the leaf's one choice exactly; nothing is left of it."""
        self.cost(leaf.node.state == OPEN)

    def _flow(self, opened: Flags) -> Flow:
        problem, plants = self.relaxation.problem, self.relaxation.problem.plants
        at, sat = np.flatnonzero(opened[:plants]), np.flatnonzero(opened[plants:])
        supplied, served = np.zeros((len(at), len(sat))), np.zeros((len(sat), problem.customers))
        cost = cheapest_flow(
            np.ascontiguousarray(problem.supply_cost[np.ix_(at, sat)]),
            np.ascontiguousarray(problem.serving_cost[sat]),
            problem.demand, problem.plant_capacity[at], problem.satellite_capacity[sat], supplied, served,
        )  # fmt: skip
        return Flow(float(cost + self.relaxation.fixed[opened].sum()), opened.copy(), supplied, served)
