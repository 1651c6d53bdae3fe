"""The bound of a large design, proven while the design is found, in a thread of its own.

First prices climb, which guide the search too; then, where small places only pass goods on, what arises is followed
through them and the rest is pictured in programs that are solved whole: of several futures that one where places gain
most, with what they gain in the others at the prices.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import numpy as np

from network_design.decomposition.ascent import FIRST_STEP, Ascent, Climb, begin
from network_design.decomposition.one_of_several import one_of_several
from network_design.decomposition.relaxation import Relaxation
from network_design.followed.pictures import Pictures
from network_design.followed.relaxed import prices_when_followed
from network_design.followed.ways import Ways, ways_of
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray

ROUNDS_AT_ONCE = 10
POLL_S = 0.05
GUIDE_ROUNDS, GUIDE_SHARE = 1200, 0.2
"""Rounds that make good guides, and the most of the time they may take."""
FOLLOWED_SHARE, FOLLOWED_S = 0.5, 5e-4
"""At most so much of what is left then for the prices of what is followed, which take so many seconds per column."""
SEVERAL_SHARE = 0.4
"""Share of the time for prices of several futures before one of them is followed."""
PROOF_ROUNDS, FINE_STEP = 4000, 0.03
"""Rounds after which prices are as good as they get, and the first step of an ascent from good ones."""


class Proving:
    """Prices climbing beside everything else, and what they say of places meanwhile.

    The compiled kernels release the interpreter's lock, so another core does the work. Within `with`, so that it ends
    whatever happens beside it.
    """

    def __init__(
        self, models: Sequence[DesignModel], weights: Sequence[float], *, seed: int, deadline: float,
        only_guide: bool = False,
    ) -> None:  # fmt: skip
        """Start at once; models share what stands and are weighted by their probabilities.

        With `only_guide` prices climb until they are good guides, and no more is proven.
        """
        self._begun, self._deadline, self._seed = time.perf_counter(), deadline, seed
        self._only_guide = only_guide
        self._stopped = threading.Event()
        self._ready, self._guided = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._prove, args=(models, weights), daemon=True)
        self.relaxation: Relaxation | None = None  # while it is being built
        self._rounds, self._bound = 0, -np.inf
        self._pictures: Pictures | None = None
        self._others = 0.0  # what futures cost that are not pictured
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
        proven = self._bound if self._pictures is None else max(self._bound, self._pictures.bound + self._others)
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
            if self._only_guide:
                return
            self._picture(models[0], ways_of(models[0].sets))
        else:
            self._one_of_several(ascent)
        self._climb(ascent, until=self._deadline, most_rounds=PROOF_ROUNDS, first_step=FINE_STEP)

    def _one_of_several(self, ascent: Ascent) -> None:
        """Let prices climb, and picture one future, where there is time for it."""
        model, span_s = ascent.relaxation.priced[0].model, self._deadline - self._begun
        ways = ways_of(model.sets)
        followed = 0 if ways is None else len(ways.enters) * model.sets.periods
        needed_s = FOLLOWED_S * (model.program.columns + followed)
        if ways is None or needed_s > FOLLOWED_SHARE * (1 - SEVERAL_SHARE) * span_s:
            self._climb(ascent, until=self._deadline, most_rounds=PROOF_ROUNDS)
            return
        self._climb(ascent, until=self._begun + SEVERAL_SHARE * span_s, most_rounds=PROOF_ROUNDS)
        one = one_of_several(ascent)
        self._others = one.others
        self._picture(one.model, ways)

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

    def _picture(self, model: DesignModel, ways: Ways | None) -> None:
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
