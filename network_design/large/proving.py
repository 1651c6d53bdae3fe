"""The bound of a large design, proven while the design is found, in a thread of its own.

First prices climb, which guide the search too; then, where small places only pass goods on, what arises is followed
through them and the rest is pictured in programs that are solved whole.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import numpy as np

from network_design.decomposition.ascent import FIRST_STEP, Ascent, Climb, begin
from network_design.decomposition.relaxation import Relaxation
from network_design.followed.pictures import Pictures
from network_design.followed.relaxed import prices_when_followed
from network_design.followed.ways import ways_of
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray

ROUNDS_AT_ONCE = 10
POLL_S = 0.05
GUIDE_ROUNDS, GUIDE_SHARE = 1200, 0.2
"""Rounds that make good guides, and the most of the time they may take."""
FOLLOWED_SHARE = 0.5
"""At most so much of what is left then for the prices of what is followed."""
PROOF_ROUNDS, FINE_STEP = 4000, 0.03
"""Rounds after which prices are as good as they get, and the first step of an ascent from good ones."""


class Proving:
    """Prices climbing beside everything else, and what they say of places meanwhile.

    The compiled kernels release the interpreter's lock, so another core does the work. Within `with`, so that it ends
    whatever happens beside it.
    """

    def __init__(self, models: Sequence[DesignModel], weights: Sequence[float], *, seed: int, deadline: float) -> None:
        """Start at once; models share what stands and are weighted by their probabilities."""
        self._begun, self._deadline, self._seed = time.perf_counter(), deadline, seed
        self._stopped = threading.Event()
        self._ready, self._guided = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._prove, args=(models, weights), daemon=True)
        self.relaxation: Relaxation | None = None  # while it is being built
        self._rounds, self._bound = 0, -np.inf
        self._pictures: Pictures | None = None
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
        """Wait for so many rounds, or for good guides, at most until a moment; False where not even a first bound was
        there by then."""
        while time.perf_counter() < until and not self._guided.is_set() and self._rounds < rounds:
            self._thread.join(POLL_S)
            if not self._thread.is_alive():
                break
        return self._ready.is_set()

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
        proven = self._bound if self._pictures is None else max(self._bound, self._pictures.bound)
        return float(proven) if np.isfinite(proven) else None

    def finish(self, *, until: float) -> float | None:
        """Help it until a moment, or its end, and return the bound."""
        while self._thread.is_alive() and time.perf_counter() < until:
            if self._pictures is not None:
                self._pictures.work(until=until, stopped=self._stopped)
            self._thread.join(min(POLL_S, max(0.0, until - time.perf_counter())))
        self._stopped.set()
        self._thread.join()
        return self.bound

    def _prove(self, models: Sequence[DesignModel], weights: Sequence[float]) -> None:
        self.relaxation = Relaxation(models, weights)
        ascent = begin(self.relaxation)
        if len(models) == 1:
            guided = self._begun + GUIDE_SHARE * (self._deadline - self._begun)
            self._climb(ascent, until=guided, most_rounds=GUIDE_ROUNDS)
            self._guided.set()
            self._picture(models[0])
            self._climb(ascent, until=self._deadline, most_rounds=PROOF_ROUNDS, first_step=FINE_STEP)
        else:
            self._climb(ascent, until=self._deadline, most_rounds=PROOF_ROUNDS)

    def _climb(self, ascent: Ascent, *, until: float, most_rounds: int, first_step: float = FIRST_STEP) -> None:
        climb, more = Climb(ascent, until=until, most_rounds=most_rounds, first_step=first_step), True
        while more and not self._stopped.is_set():
            self._tell(ascent)
            more = climb.climb(ROUNDS_AT_ONCE)
        self._tell(ascent)

    def _tell(self, ascent: Ascent) -> None:
        with self._lock:
            self._bound, self._rounds = ascent.bound, ascent.rounds
            self._prices, self._average = ascent.prices, ascent.average
        self._ready.set()

    def _picture(self, model: DesignModel) -> None:
        ways = ways_of(model.sets)
        left_s = self._deadline - time.perf_counter()
        if ways is None or left_s <= 0 or self._stopped.is_set():
            return
        prices = prices_when_followed(
            model, ways, seed=self._seed, budget_s=FOLLOWED_SHARE * left_s, stopped=self._stopped
        )  # fmt: skip
        if prices is not None and not self._stopped.is_set():
            pictures = Pictures(model, ways, prices, seed=self._seed)
            self._pictures = pictures
            pictures.work(until=self._deadline, stopped=self._stopped)
