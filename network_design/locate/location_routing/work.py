"""Scratch memory of one searcher, and the customers that a step has taken out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from network_design.locate.location_routing.compiling import compiled
from network_design.locate.location_routing.plans import Ground

STEP, ABSENT_MANY, TOUCHED_MANY = 0, 1, 2  # of `counts`


class Work(NamedTuple):
    """`absent` customers of this step, with a `key` each to sort by; routes `touched` by it, told by `touched_in`.

    `random` is the state of the random numbers.
    """

    absent: np.ndarray
    key: np.ndarray
    touched: np.ndarray
    touched_in: np.ndarray
    counts: np.ndarray
    random: np.ndarray


def new_work(ground: Ground, routes: int, *, seed: tuple[int, ...]) -> Work:
    """Return memory for plans of so many routes; the numbers of the seed decide all random numbers."""
    customers = len(ground.demand)
    return Work(
        absent=np.zeros(customers, dtype=np.int32),
        key=np.zeros(customers),
        touched=np.zeros(routes, dtype=np.int32),
        touched_in=np.zeros(routes, dtype=np.int64),
        counts=np.zeros(3, dtype=np.int64),
        random=np.random.SeedSequence(seed).generate_state(1, dtype=np.uint64) | np.uint64(1),
    )


@compiled
def begin_step(work: Work) -> None:
    """Forget what the last step did."""
    work.counts[STEP] += 1
    work.counts[ABSENT_MANY] = 0
    work.counts[TOUCHED_MANY] = 0


@compiled
def touch(work: Work, route: int) -> None:
    """Note that this step changes the route."""
    if work.touched_in[route] != work.counts[STEP]:
        work.touched_in[route] = work.counts[STEP]
        work.touched[work.counts[TOUCHED_MANY]] = route
        work.counts[TOUCHED_MANY] += 1


@compiled
def note_absent(work: Work, stop: int) -> None:
    """Note that the customer is out of its route."""
    work.absent[work.counts[ABSENT_MANY]] = stop
    work.counts[ABSENT_MANY] += 1
