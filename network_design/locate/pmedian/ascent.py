"""The bound at the root: prices raised until they rise no more, and the sites that they open or shut for good."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from network_design.locate.distances import FloatArray
from network_design.locate.pmedian.ascent_kernels import FREE, cap_prices, fix, raise_bound
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
        self.rho, self.share = np.zeros(self.near.sites), np.zeros(self.near.sites)
        self._cap = np.empty(self.near.customers)
        cap_prices(self.near.start, self.near.site, self.near.cost, self.near.beyond, self.state, self._cap)

    @property
    def is_over(self) -> bool:
        """Whether steps have become so small that nothing more comes of them."""
        return self.factor < LEAST_FACTOR

    def climb(self, *, target: float, enough: float, iterations: int) -> None:
        """Raise the bound by so many steps towards `target`, the cost of a plan; stop when it is `enough`."""
        self.bound, self.worst_in, self.best_out, self.factor, done = raise_bound(
            *self.near.lists, self._cap, self.state, self.count, target, enough, iterations, self.factor, self.price,
            self.rho, self.share,
        )  # fmt: skip
        self.iterations += done

    def fixed(self, enough: float) -> NDArray[np.int8]:
        """Return the state of every site in any plan for which a bound of `enough` is too much."""
        state = self.state.copy()
        fix(self.bound, self.worst_in, self.best_out, enough, self.rho, state)
        return state

    def capped(self) -> NDArray[np.bool_]:
        """Whose price has run into the end of the list (shape: customers): longer lists would help."""
        return (self.price >= self._cap) & (self._cap >= self.near.beyond)

    def free(self) -> int:
        """Return how many sites are still free."""
        return int((self.state == FREE).sum())
