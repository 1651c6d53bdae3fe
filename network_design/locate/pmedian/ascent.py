"""The bound at the root: prices raised until they rise no more, and the sites that they open or shut for good."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from network_design.locate.distances import FloatArray, IntArray
from network_design.locate.pmedian.ascent_kernels import OPEN, SHUT, cap_prices, fix, raise_bound
from network_design.locate.pmedian.halting import Halt
from network_design.locate.pmedian.near import Near

FIRST_FACTOR = 0.5
LEAST_FACTOR = 2e-3


@dataclass
class Ascent:
    """Prices of the customers, what they bound, and how often each site was chosen on average (`share`).

    `state` (sites,) holds what is given: OPEN, SHUT or FREE. `worst_in` and `best_out` are the worth of the worst site
    chosen and of the best left out; `rho` (sites,) the worth of every site at these prices.
    """

    near: Near
    state: NDArray[np.int8]
    count: int
    price: FloatArray
    bound: float = 0.0
    worst_in: float = 0.0
    best_out: float = 0.0
    factor: float = FIRST_FACTOR
    iterations: int = 0
    rho: FloatArray = field(default_factory=lambda: np.empty(0))
    share: FloatArray = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        """Make room for what is found."""
        self.rho, self.share = np.zeros(self.near.sites), np.full(self.near.sites, -1.0)
        self._cap = np.empty(self.near.customers)
        cap_prices(self.near.start, self.near.site, self.near.cost, self.near.beyond, self.state, self._cap)

    @property
    def is_over(self) -> bool:
        """Whether steps have become so small that nothing more comes of them."""
        return self.factor < LEAST_FACTOR

    def climb(self, *, target: float, enough: float, iterations: int, halt: Halt) -> None:
        """Raise the bound by so many steps towards `target`, the cost of a plan; stop when it is `enough`."""
        self.bound, self.worst_in, self.best_out, self.factor, done = raise_bound(
            *self.near.lists, self._cap, self.state, self.count, target, enough, iterations, self.factor, self.price,
            self.rho, self.share, halt.flag,
        )  # fmt: skip
        self.iterations += done

    def fixed(self, enough: float) -> NDArray[np.int8]:
        """Return the state of every site in any plan for which a bound of `enough` is too much."""
        state = self.state.copy()
        fix(self.bound, self.worst_in, self.best_out, enough, self.rho, state)
        return state

    def most_chosen(self, noise: FloatArray | float = 0.0) -> IntArray:
        """Return as many sites as may open, those chosen most often (plus `noise` per site), the given among them."""
        rank = self.share + noise + 10.0 * (self.state == OPEN) - 10.0 * (self.state == SHUT)
        return np.sort(np.argpartition(-rank, self.count - 1)[: self.count])

    def one_more_saves(self, cost: float) -> float:
        """Return what one more site saves at most, compared with a plan of this cost, by the same prices."""
        return 0.0 if np.isinf(self.best_out) else max(0.0, cost - self.bound - self.best_out)
