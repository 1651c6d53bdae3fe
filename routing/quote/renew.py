"""Prices renewed while the night fills: the forecast night solved again for the room that is left.

Prices set once go stale as customers come otherwise than forecast; solving again what is left for who is still to
come keeps the loss small (Jasin and Kumar 2012, doi 10.1287/moor.1120.0537).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.instance import Instance
from retour.pricing import PickupEstimate
from routing.decide.deadline import Deadline
from routing.decide.infeasible import high_penalties
from routing.decide.problem import night_problem
from routing.decide.reduce import worth_a_look
from routing.decide.sifting import relax
from routing.quote.book import Book
from routing.quote.shelf import NAME, Shelf

FloatArray = NDArray[np.float64]
LEAST_SHARE = 0.02


class Forecast:
    """A night like tonight, whose returns stand for those still to come."""

    def __init__(self, forecast: Instance, pickup: PickupEstimate, shelf: Shelf) -> None:
        """Prepare the forecast night's problem; its places are those of the shelf's network."""
        self._problem = night_problem(forecast, pickup)
        mine = pd.MultiIndex.from_frame(self._problem.limits.table[NAME])
        theirs = pd.MultiIndex.from_frame(shelf.names[NAME])
        self._of_shelf, self._of_mine = theirs.get_indexer(mine), mine.get_indexer(theirs)

    def prices(self, book: Book, share_to_come: float, *, seed: int, budget_s: float) -> FloatArray:
        """Return prices (rows + 1,) for `Desk.set_prices`: what is left in the book, for the share still to come.

        The whole forecast night stands for the rest of this one, so its limits are what is left over that share.
        """
        limits, share = self._problem.limits, max(share_to_come, LEAST_SHARE)
        left = (book.stated - book.used)[self._of_shelf] / share
        hard = np.isinf(limits.excess_eur)
        known = np.where(hard, np.maximum(left, 0.0), left)
        capacity = np.where(self._of_shelf >= 0, known, limits.capacity)
        problem = replace(self._problem, limits=replace(limits, capacity=capacity))
        found = relax(
            problem, worth_a_look(problem), seed=seed, deadline=Deadline(budget_s), penalty_eur=high_penalties(problem)
        )
        return np.append(np.where(self._of_mine >= 0, found.prices[self._of_mine], 0.0), 0.0)
