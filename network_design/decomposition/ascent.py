"""Prices that prove more and more: each moves by what its row lacks on the mean, in steps that fit the row.

Steps are those of Adam (Kingma and Ba 2015, arXiv:1412.6980): the mean of the last subgradients over the root of their
mean square, so that a row that lacks grams and one that lacks tonnes move alike, and shrink geometrically to the end of
the ascent. Besides a rising bound it keeps an average of what places do at the last prices: nearly a solution of the
relaxation in which all priced rows hold, so that its shares say what to open.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from network_design.decomposition.first_prices import first_prices
from network_design.decomposition.relaxation import Relaxation
from network_design.decomposition.units import units_of
from network_design.model.program import FloatArray

FIRST_STEP, LAST_STEP = 0.3, 0.003
"""Steps at the start and at the end of an ascent, in units of the rows' prices."""
MEAN, SQUARE = 0.9, 0.99
"""What stays of the means of subgradients and of their squares from round to round."""
LEAST_FRESH, MOST_FRESH = 0.001, 0.02
"""Share of the newest values in the average, after the first rounds."""
TINY = 1e-9


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
    """One ascent from its best prices to a moment of `time.perf_counter`, or for so many rounds."""

    def __init__(
        self, ascent: Ascent, *, until: float = np.inf, most_rounds: int, first_step: float = FIRST_STEP
    ) -> None:
        """Start with steps of `first_step`."""
        self.ascent = ascent
        self._begun, self._until = time.perf_counter(), until
        self._most, self._done, self._first = most_rounds, 0, first_step
        self._units = units_of(ascent.relaxation)
        self._prices = ascent.prices
        self._mean, self._square = np.zeros((2, len(ascent.prices)))
        self._activity = ascent.relaxation.activity(ascent.average)
        self._lacking = ascent.relaxation.missing(self._activity, ascent.prices)

    def climb(self, rounds: int | None = None) -> bool:
        """Go on for some rounds, else to the end; return whether any are left."""
        for _ in range(self._most if rounds is None else rounds):
            if self._done >= self._most or time.perf_counter() >= self._until:
                return False
            self._round()
        return True

    def _round(self) -> None:
        a = self.ascent
        step = self._first * (LAST_STEP / FIRST_STEP) ** self._progress()
        self._done += 1
        self._mean += (1 - MEAN) * (self._lacking - self._mean)
        self._square += (1 - SQUARE) * (self._lacking**2 - self._square)
        mean, square = self._mean / (1 - MEAN**self._done), self._square / (1 - SQUARE**self._done)
        self._prices = a.relaxation.allowed(self._prices + step * self._units * mean / (np.sqrt(square) + TINY))
        answer = a.relaxation.answer(self._prices)
        activity = a.relaxation.activity(answer.values)
        self._lacking = a.relaxation.missing(activity, self._prices)
        self._average(list(answer.values), activity)
        if answer.bound > a.bound:
            a.bound, a.prices = answer.bound, self._prices
        a.rounds += 1

    def _progress(self) -> float:
        """Return how much of the ascent is behind, by rounds or by time, 0 to 1."""
        spent = time.perf_counter() - self._begun
        return min(1.0, max(self._done / self._most, spent / max(TINY, self._until - self._begun)))

    def _average(self, values: list[FloatArray], activity: FloatArray) -> None:
        """Mix new values into the average by the share that makes it lack least (Barahona and Anbil 2000)."""
        a = self.ascent
        now = a.relaxation.missing(self._activity, a.prices)
        change = self._lacking - now
        best = -float(now @ change) / max(TINY, float(change @ change))
        fresh = float(np.clip(best, LEAST_FRESH, max(MOST_FRESH, 1.0 / (1 + a.rounds))))
        a.average = [(1 - fresh) * old + fresh * new for old, new in zip(a.average, values, strict=True)]
        self._activity = (1 - fresh) * self._activity + fresh * activity
