"""What choices of plants and satellites cost: each is priced once by its cheapest flow, and the best is kept."""

from __future__ import annotations

from threading import Lock

import numpy as np

from network_design.locate.facility.compiling import Flags
from network_design.locate.facility.relaxation import OPEN, Bounded
from network_design.locate.two_stage.relaxation import TwoStageRelaxation
from network_design.locate.two_stage.standing import Standing, standing_of


class TwoStagePlanner:
    """The best plan among all choices of sites asked for so far; none is priced twice."""

    def __init__(self, relaxation: TwoStageRelaxation) -> None:
        self.relaxation = relaxation
        self.best: Standing | None = None
        self.seen: set[bytes] = set()
        self.lock = Lock()

    @property
    def best_cost(self) -> float:
        """The best cost so far; inf without a plan."""
        return np.inf if self.best is None else self.best.cost

    def try_choice(self, opened: Flags) -> None:
        """Price a choice of sites unless it was priced before."""
        key = np.packbits(opened).tobytes()
        with self.lock:
            known = key in self.seen
            self.seen.add(key)
        if not known and self.relaxation.allows(opened):
            self.remember(standing_of(opened, self.relaxation.sites))

    def remember(self, standing: Standing) -> None:
        """Keep what is better than the best."""
        with self.lock:
            if standing.cost < self.best_cost:
                self.best = standing

    def visit(self, bounded: Bounded) -> None:
        """Price what the relaxation opens, at its best prices and on average."""
        self.try_choice(bounded.chosen)
        self.try_choice(bounded.average > 0.5)

    def finish(self, leaf: Bounded, cutoff: float) -> None:
        """Price the leaf's one choice exactly; nothing is left of it."""
        self.try_choice(leaf.node.state == OPEN)
