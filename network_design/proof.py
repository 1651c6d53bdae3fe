"""The bound of a large design, proven while the design is improved: the strong relaxation, its rows added as needed."""

from __future__ import annotations

import threading
import time

import numpy as np
from numpy.typing import NDArray

from network_design.bound import dual_bound
from network_design.highs import solve_linear
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray

BROKEN = 1e-4
"""Share of the largest amount by which a row must be broken to be added."""
ROUNDS = 6
STOP_S = 1.0


class Proof:
    """Solves the strong relaxation beside everything else; most of its rows hold by themselves and never come in."""

    def __init__(self, model: DesignModel, relaxed: FloatArray, *, seed: int, deadline: float) -> None:
        """Start from a solution of the relaxation without the strong rows; there is no bound without one."""
        self._model, self._seed, self._deadline = model, seed, deadline
        self._best: float | None = None
        self._thread = threading.Thread(target=self._solve, args=(relaxed,), daemon=True)
        if len(relaxed):
            self._thread.start()

    def bound(self) -> float | None:
        """Return the best bound, waiting for a better one until the deadline; None where none came."""
        if self._thread.is_alive():
            self._thread.join(max(0.0, self._deadline - time.perf_counter()))
        return self._best

    def _solve(self, values: FloatArray) -> None:
        program, strong = self._model.program, self._model.program.family("OPEN")
        rows = np.ones(program.rows, dtype=bool)
        if strong is not None:
            rows[strong.start : strong.stop] = False
        for _ in range(ROUNDS):
            added = self._broken(values) & ~rows
            left_s = self._deadline - time.perf_counter() - STOP_S
            if not added.any() or left_s <= 0:
                return
            rows |= added
            found = solve_linear(program, seed=self._seed, budget_s=left_s, prices_only=True, rows=rows)
            if not len(found.row_price) or not np.isfinite(found.row_price).all():
                return
            self._best = max(dual_bound(self._model, found.row_price), self._best or -np.inf)
            values = found.values

    def _broken(self, values: FloatArray) -> NDArray[np.bool_]:
        """Say which rows the values break."""
        program = self._model.program
        beyond: NDArray[np.bool_] = program.matrix() @ values - program.row_upper > BROKEN * np.abs(values).max()
        return beyond
