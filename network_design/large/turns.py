"""Small places region by region and large ones neighbourhood by neighbourhood, in turns."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from network_design.followed.ways import small_places
from network_design.large.improving import improve
from network_design.large.regional import improve_regions
from network_design.large.together import Together
from network_design.model.program import FloatArray


@dataclass(frozen=True)
class Turns:
    """At most so many turns: rounds of regions in each, and the share of what is left that large places get then."""

    most: int
    rounds: int
    large_share: float
    threads: int


def improve_in_turns(
    together: Together, values: FloatArray, turns: Turns, *, seed: int, deadline: float, tell: Callable[[float], None]
) -> FloatArray:
    """Return values at most as dear, when time is over or a turn brings nothing; each better cost is told."""
    small = small_places(together.models[0].sets)
    for turn in range(turns.most):
        before = values
        values = improve_regions(
            together, values, seed=seed + turn, deadline=deadline, listener=tell, threads=turns.threads,
            rounds=turns.rounds,
        )  # fmt: skip
        until = time.perf_counter() + turns.large_share * (deadline - time.perf_counter())
        values = improve(
            together, values, seed=seed + turn, deadline=until, listener=lambda p: tell(p.best_eur or 0.0), leave=small
        )  # fmt: skip
        if time.perf_counter() >= deadline or values is before:
            break
    return values
