"""Prices of the limits on ways: Newton's method on the softened dual, ever less soft.

The Lagrangian dual of the decisions is concave and, with so many returns, almost smooth; softening every return's
minimum by a temperature makes it so (Nesterov 2005, doi 10.1007/s10107-004-0552-5). Its curvature is a small matrix,
one row per limit, so each temperature takes a handful of passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.decide.deadline import Deadline
from routing.decide.scale.live import Prices
from routing.decide.scale.worker import Softened

FloatArray = NDArray[np.float64]
Response = Callable[[Prices, float, int], Softened]
MOST_STEPS = 10
MOST_TRIES = 12
ENOUGH, ENOUGH_ON_THE_WAY = 1e-9, 1e-6
FIRST_DAMPING, LEAST_DAMPING = 1e-3, 1e-6


@dataclass(frozen=True)
class Stage:
    """Passes at one temperature (EUR), over every `step`-th return."""

    temperature: float
    step: int


@dataclass(frozen=True)
class Bounds:
    """Of the limits on ways and KEEP, (rows + KEEP,): capacity, the highest price, what an option usually uses."""

    capacity: FloatArray
    most_eur: FloatArray
    usual: FloatArray


@dataclass(frozen=True)
class _Point:
    """The softened dual at some prices (rows + KEEP,): value, slope (use beyond capacity), curvature, spread."""

    price: FloatArray
    value: float
    slope: FloatArray
    curvature: FloatArray
    spread: FloatArray


def ascend(
    respond: Response, start: Prices, bounds: Bounds, stages: Sequence[Stage], *, deadline: Deadline,
) -> Prices:  # fmt: skip
    """Return prices of limits and KEEP within bounds that nearly maximise the dual.

    `respond` is the soft response of every step-th return, summed over partitions.
    """
    price, damping = np.append(start.limit, start.keep), FIRST_DAMPING
    for stage in stages:
        if deadline.left_s <= 0:
            break
        enough = ENOUGH if stage is stages[-1] else ENOUGH_ON_THE_WAY
        price, damping = _climb(respond, start, price, bounds, stage, damping, enough, deadline)
    return replace(start, limit=price[:-1], keep=float(price[-1]))


def _climb(
    respond: Response, start: Prices, price: FloatArray, bounds: Bounds, stage: Stage, damping: float, enough: float,
    deadline: Deadline,
) -> tuple[FloatArray, float]:  # fmt: skip
    def look(price: FloatArray) -> _Point:
        soft = respond(replace(start, limit=price[:-1], keep=float(price[-1])), stage.temperature, stage.step)
        slope = soft.use * stage.step - bounds.capacity
        value = soft.value_eur * stage.step - float(price @ bounds.capacity)
        # Where a price is so high that nobody asks, the curvature shows nothing of who would ask at a lower one.
        spread = np.maximum(soft.spread * stage.step, bounds.usual * np.abs(bounds.capacity))
        return _Point(price, value, slope, soft.curvature * stage.step, spread / stage.temperature)

    here = look(price)
    for _ in range(MOST_STEPS):
        for _ in range(MOST_TRIES):
            aim = np.clip(here.price + _step(here, bounds.most_eur, damping), 0.0, bounds.most_eur)
            if float(here.slope @ (aim - here.price)) <= enough * abs(here.value):
                return here.price, min(damping, 1.0)
            there = look(aim)
            if there.value >= here.value or deadline.left_s <= 0:
                break
            damping = max(damping, 1e-4) * 8
        if there.value < here.value:
            break
        here, damping = there, max(damping / 5, LEAST_DAMPING)
        if deadline.left_s <= 0:
            break
    return here.price, min(damping, 1.0)


def _step(here: _Point, most_eur: FloatArray, damping: float) -> FloatArray:
    """Return Newton's step among the prices that may move; damped by what the curvature could be at most."""
    stuck = ((here.price <= 0) & (here.slope <= 0)) | ((here.price >= most_eur) & (here.slope >= 0))
    free = np.flatnonzero(~stuck)
    step = np.zeros(len(here.price))
    matrix = here.curvature[np.ix_(free, free)] + np.diag(damping * here.spread[free] + ENOUGH)
    step[free] = np.linalg.solve(matrix, here.slope[free])
    return step
