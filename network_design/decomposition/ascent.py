"""Prices that prove more and more: the volume algorithm (Barahona and Anbil 2000), doi:10.1007/s101070050002.

Besides a rising bound it keeps the average of what places do at the prices tried: nearly a solution of the relaxation
in which all priced rows hold, so that its shares say what to open.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from network_design.decomposition.first_prices import first_prices
from network_design.decomposition.relaxation import Relaxation
from network_design.model.program import FloatArray

FIRST_STEP, LEAST_STEP, MOST_STEP = 0.5, 1e-4, 2.0
FIRST_MIX, LEAST_MIX = 0.1, 1e-3
PATIENCE, MIX_PATIENCE = 12, 100
ENOUGH = 1e-6
AHEAD = 0.03


@dataclass
class Ascent:
    """The best prices and their bound, and the average of the values, (columns,) of each model."""

    relaxation: Relaxation
    prices: FloatArray
    bound: float
    average: list[FloatArray]
    rounds: int = 0


def begin(relaxation: Relaxation) -> Ascent:
    """Return the start of an ascent: prices of the cheapest ways out."""
    prices = relaxation.allowed(np.concatenate([first_prices(p) for p in relaxation.priced]))
    answer = relaxation.answer(prices)
    return Ascent(relaxation, prices, answer.bound, list(answer.values))


class Climb:
    """One ascent, taken up again and again."""

    def __init__(self, ascent: Ascent) -> None:
        """Start with the values of the best prices as the average."""
        self.ascent = ascent
        self._activity = ascent.relaxation.activity(ascent.average)
        self._step, self._mix, self._weak = FIRST_STEP, FIRST_MIX, 0
        self._since, self._bound_then = 0, ascent.bound
        self._scale = max(1e-9, abs(ascent.bound), _money_moved(ascent))

    def climb(self, *, until: float, target: float | None = None, most_rounds: int = 10**9) -> bool:
        """Go on until a moment of `time.perf_counter`; False where the prices are as good as they get.

        `target` is the cost of a known design, which no bound exceeds.
        """
        for _ in range(most_rounds):
            if time.perf_counter() >= until:
                return True
            if not self._round(target):
                return False
        return True

    def _round(self, target: float | None) -> bool:
        a, r = self.ascent, self.ascent.relaxation
        lacking = r.missing(self._activity, a.prices)
        size = float(lacking @ lacking)
        aim = a.bound + AHEAD * self._scale
        aim = aim if target is None else min(aim, target)
        if size <= 0 or aim - a.bound <= ENOUGH * self._scale:
            return False
        prices = r.allowed(a.prices + self._step * (aim - a.bound) / size * lacking)
        answer = r.answer(prices)
        activity = r.activity(answer.values)
        self._judge(answer.bound, activity, lacking)
        self._average(list(answer.values), activity)
        if answer.bound > a.bound:
            a.bound, a.prices = answer.bound, prices
        a.rounds += 1
        return self._step > LEAST_STEP

    def _judge(self, bound: float, activity: FloatArray, lacking: FloatArray) -> None:
        """Step farther after a rise in a good direction, less far after several falls."""
        a = self.ascent
        if bound > a.bound:
            self._weak = 0
            ahead = float(a.relaxation.missing(activity, a.prices) @ lacking)
            if ahead >= 0:
                self._step = min(MOST_STEP, self._step * 1.1)
            return
        self._weak += 1
        if self._weak >= PATIENCE:
            self._step, self._weak = self._step * 0.66, 0

    def _average(self, values: list[FloatArray], activity: FloatArray) -> None:
        """Mix new values into the average by the share that makes it lack least."""
        a = self.ascent
        now = a.relaxation.missing(self._activity, a.prices)
        new = a.relaxation.missing(activity, a.prices)
        change = new - now
        best = -float(now @ change) / max(1e-12, float(change @ change))
        share = float(np.clip(best, self._mix / 10, self._mix))
        a.average = [(1 - share) * old + share * fresh for old, fresh in zip(a.average, values, strict=True)]
        self._activity = (1 - share) * self._activity + share * activity
        self._since += 1
        if self._since >= MIX_PATIENCE:
            if a.bound < self._bound_then + 0.01 * self._scale:
                self._mix = max(LEAST_MIX, self._mix / 2)
            self._since, self._bound_then = 0, a.bound


def _money_moved(ascent: Ascent) -> float:
    """Return costs and gains of the average, all counted positive: the scale of a bound that may itself be near 0."""
    priced = ascent.relaxation.priced
    return float(sum(np.abs(p.cost * v).sum() for p, v in zip(priced, ascent.average, strict=True)))
