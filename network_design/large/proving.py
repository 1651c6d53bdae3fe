"""The bound of a large design, proven while the design is found: an ascent of prices in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import numpy as np

from network_design.decomposition.ascent import Climb, begin
from network_design.decomposition.relaxation import Relaxation
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray

ROUNDS_AT_ONCE = 10
POLL_S = 0.05
ENOUGH = 2e-5
"""Least share by which an ascent must have raised the bound for another one from its end."""


class Proving:
    """Prices climbing beside everything else, and what they say of places meanwhile.

    The compiled kernels release the interpreter's lock, so another core does the work. Within `with`, so that it ends
    whatever happens beside it.
    """

    def __init__(self, models: Sequence[DesignModel], weights: Sequence[float], *, deadline: float) -> None:
        """Start at once; models share what stands and are weighted by their probabilities."""
        self._deadline = deadline
        self._target: float | None = None
        self._stopped = threading.Event()
        self._ready = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._climb, args=(models, weights), daemon=True)
        self.relaxation: Relaxation | None = None  # while it is being built
        self._rounds, self._bound = 0, -np.inf
        self._prices, self._average = np.zeros(0), [np.zeros(model.program.columns) for model in models]
        self._thread.start()

    def __enter__(self) -> Proving:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._stopped.set()
        self._thread.join()

    def wait(self, *, rounds: int, until: float) -> bool:
        """Wait for so many rounds, or for the end of the ascent, at most until a moment; False where not even a first
        bound was there by then."""
        while time.perf_counter() < until and self._thread.is_alive() and self._rounds < rounds:
            time.sleep(POLL_S)
        return self._ready.is_set()

    def aim(self, cost: float) -> None:
        """Tell the cost of a known design."""
        self._target = cost

    def prices(self) -> FloatArray:
        """Return the best prices so far, none where no bound is there yet."""
        with self._lock:
            return self._prices.copy()

    def average(self) -> list[FloatArray]:
        """Return the mean of what places do at the prices tried, columns of each model; zeros before the first."""
        with self._lock:
            return [values.copy() for values in self._average]

    @property
    def bound(self) -> float | None:
        """The best bound so far."""
        return float(self._bound) if np.isfinite(self._bound) else None

    def finish(self, *, until: float) -> float | None:
        """Let it climb until a moment, or its end, and return the bound."""
        self._thread.join(max(0.0, until - time.perf_counter()))
        self._stopped.set()
        self._thread.join()
        return self.bound

    def _climb(self, models: Sequence[DesignModel], weights: Sequence[float]) -> None:
        self.relaxation = Relaxation(models, weights)
        ascent = begin(self.relaxation)
        climb, began_at, more = Climb(ascent), -np.inf, True
        while more and not self._stopped.is_set() and time.perf_counter() < self._deadline:
            with self._lock:
                self._bound, self._rounds = ascent.bound, ascent.rounds
                self._prices, self._average = ascent.prices, ascent.average
            self._ready.set()
            if not climb.climb(until=self._deadline, target=self._target, most_rounds=ROUNDS_AT_ONCE):
                more = ascent.bound > began_at + ENOUGH * abs(ascent.bound)  # long steps once more
                climb, began_at = Climb(ascent), ascent.bound
        self._bound = ascent.bound
