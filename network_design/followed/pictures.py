"""Pictures that prove: what arises goes straight to large places, at what prices ask for the way, a few periods each.

At prices of all rows that tie small places to large ones, and periods to each other, small places are independent of
the rest, and the rest falls into periods. Of some periods it is a program of its own, small enough to be solved whole:
which large places are open, with all that arises assigned to them. No design costs less than all parts together, for
any prices (Geoffrion 1974, doi:10.1007/BFb0120690).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

import numpy as np

from network_design.followed.relaxed import Prices
from network_design.followed.split import Split
from network_design.followed.ways import Ways
from network_design.highs import ArrayProgram, Solution, solve_arrays
from network_design.model.build import DesignModel
from retour.vocabulary import Status

GAP = 1e-4
WORTH = 1.2
"""A picture is solved again if it gets so many times as long."""


@dataclass
class Picture:
    """The program of some periods, the best bound of it so far, how long it was solved at most, and whether that is
    all there is to prove."""

    program: ArrayProgram
    bound: float
    given_s: float = 0.0
    done: bool = False
    taken: bool = False


class Pictures:
    """All pictures of a model at some prices; several threads may work on them."""

    def __init__(self, model: DesignModel, ways: Ways, prices: Prices, *, seed: int) -> None:
        """Split the model and bound every picture by its linear relaxation."""
        self._seed, self._lock, self._workers = seed, threading.Lock(), 0
        split = Split(model, ways, prices)
        self._rest = split.rest()
        self.pictures = [Picture(p, _linear_bound(p, seed)) for p in split.programs()]

    @property
    def bound(self) -> float:
        """What no design costs less than."""
        return self._rest + sum(picture.bound for picture in self.pictures)

    def work(self, *, until: float, stopped: threading.Event) -> None:
        """Solve pictures until a moment, or until nothing is left to prove, each for its share of the time."""
        with self._lock:
            self._workers += 1
        while not stopped.is_set():
            picture, seconds = self._take(until)
            if picture is None:
                break
            found = solve_arrays(picture.program, seed=self._seed, budget_s=seconds, relative_gap=GAP, stopped=stopped)
            self._keep(picture, found)
        with self._lock:
            self._workers -= 1

    def _take(self, until: float) -> tuple[Picture | None, float]:
        with self._lock:
            waiting = [p for p in self.pictures if not p.done and not p.taken]
            if not waiting:
                return None, 0.0
            picture = min(waiting, key=lambda p: p.given_s)
            untried = sum(p.given_s == 0 for p in waiting)
            left_s = until - time.perf_counter()
            seconds = min(left_s, left_s * self._workers / max(1, untried or len(waiting)))
            if seconds < 1.0 or seconds < WORTH * picture.given_s:
                return None, 0.0
            picture.taken, picture.given_s = True, seconds
            return picture, seconds

    def _keep(self, picture: Picture, found: Solution) -> None:
        with self._lock:
            picture.taken = False
            if found.bound is not None:
                picture.bound = max(picture.bound, found.bound)
            picture.done = found.bound is None or found.status is Status.OPTIMAL


def _linear_bound(program: ArrayProgram, seed: int) -> float:
    relaxed = replace(program, whole=np.zeros(len(program.whole), dtype=bool))
    found = solve_arrays(relaxed, seed=seed, budget_s=np.inf, relative_gap=GAP)
    return -np.inf if found.bound is None else found.bound
