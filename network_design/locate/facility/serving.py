"""What a choice of open sites costs when demand may be split: each choice is priced once."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

import numpy as np

from network_design.locate.facility.compiling import Flags, FloatArray
from network_design.locate.facility.relaxation import OPEN, Bounded, Relaxation
from network_design.locate.facility.transport import serve_nearest, serve_split


@dataclass(frozen=True)
class Served:
    """Open sites, the amount (open, customers) each serves, what one more unit of its capacity saves, and the cost."""

    cost: float
    sites: np.ndarray
    amount: FloatArray
    site_price: FloatArray


def serve(relaxation: Relaxation, opened: Flags) -> Served:
    """Serve everyone from the open sites at least cost; the cost is inf where these sites may not be open together."""
    problem, sites = relaxation.problem, np.flatnonzero(opened)
    amount, price = np.zeros((len(sites), problem.customers)), np.zeros(len(sites))
    if not relaxation.allows(opened):
        return Served(np.inf, sites, amount, price)
    cost = np.ascontiguousarray(problem.serving_cost[sites])
    if problem.limited:
        serving = serve_split(cost, problem.demand, relaxation.capacity[sites], amount, price)
    else:
        serving = serve_nearest(cost, amount, problem.demand)
    return Served(float(serving + problem.fixed_cost[sites].sum()), sites, amount, price)


class SplitPlanner:
    """The best plan among all choices of sites asked for so far; none is priced twice."""

    def __init__(self, relaxation: Relaxation) -> None:
        self.relaxation = relaxation
        self.best: Served | None = None
        self.costs: dict[bytes, float] = {}
        self.lock = Lock()

    @property
    def best_cost(self) -> float:
        """The best cost so far; inf without a plan."""
        return np.inf if self.best is None else self.best.cost

    def cost(self, opened: Flags) -> float:
        """Return the cost of opening these sites; remembers the best plan."""
        key = np.packbits(opened).tobytes()
        if key not in self.costs:
            served = serve(self.relaxation, opened)
            with self.lock:
                self.costs[key] = served.cost
                if served.cost < self.best_cost:
                    self.best = served
        return self.costs[key]

    def visit(self, bounded: Bounded) -> None:
        """Price what the relaxation opens, at its best prices and on average."""
        self.cost(bounded.chosen)
        self.cost(bounded.average > 0.5)

    def finish(self, leaf: Bounded, cutoff: float) -> None:
        """Price the leaf's one choice exactly; nothing is left of it."""
        self.cost(leaf.node.state == OPEN)
