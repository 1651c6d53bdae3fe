"""What each return would choose if every shared limit had a price: the problem falls apart, and the sum is a bound.

Lagrangian relaxation (Geoffrion 1974, doi 10.1007/BFb0120690): for any prices >= 0 of the limits, at most what their
excess is sold for, the cheapest options at these prices less prices x capacities cost no more than any plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.decide.limit_rows import CO2E_BUDGET, SPEND_BUDGET
from routing.decide.problem import Problem

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Response:
    """At given prices: the bound, each return's cheapest option (n,), and what every option costs more than it.

    `x_extra` (m,) is for the best pair with that collection option, `z_extra` (k,) with that recovery option,
    `keep_extra` (n,) for KEEP (inf where not admissible); all are >= 0 up to rounding. A plan that uses an option
    costs at least `bound_eur` plus its extra.
    """

    bound_eur: float
    value_eur: FloatArray
    x_extra: FloatArray
    z_extra: FloatArray
    keep_extra: FloatArray


def respond(problem: Problem, prices: FloatArray) -> Response:
    """Return the best response to `prices`, one per limit row. Every return needs an option that fits."""
    options, limits = problem.options, problem.limits
    prices = np.clip(prices, 0.0, limits.excess_eur)
    x, z, keep = at_prices(problem, prices)
    x_best, z_best = segment_min(x, options.x_start), segment_min(z, options.z_start)
    value = best_values(problem, x, z, keep)
    of_link = value[options.link_return]
    return Response(
        bound_eur=float(value.sum() - prices @ limits.capacity),
        value_eur=value,
        x_extra=x + (z_best - of_link)[options.x_link],
        z_extra=z + (x_best - of_link)[options.z_link],
        keep_extra=keep - value,
    )


def at_prices(problem: Problem, prices: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return every collection, recovery and KEEP option's cost with its use of limits paid for; inf: it never fits."""
    priced, limits, fits = problem.priced, problem.limits, problem.fits
    return (
        np.where(fits.x, priced.x.cost_eur + prices @ limits.x, np.inf),
        np.where(fits.z, priced.z.cost_eur + prices @ limits.z, np.inf),
        np.where(fits.keep, priced.keep.cost_eur + prices @ limits.keep, np.inf),
    )


def bound_without_pickup(problem: Problem, prices: FloatArray) -> float:
    """Return a bound on the cost of any plan with the pickup estimate left out, by weak duality at `prices`.

    Budgets count the estimate too, so they are left out of this bound.
    """
    limits = problem.limits
    estimated = limits.table["limit"].isin((CO2E_BUDGET, SPEND_BUDGET)).to_numpy(bool)
    prices = np.where(estimated, 0.0, np.clip(prices, 0.0, limits.excess_eur))
    x, z, keep = at_prices(problem, prices)
    value = best_values(problem, x - problem.priced.pickup_eur, z, keep)
    return float(value.sum() - prices @ limits.capacity)


def best_values(problem: Problem, x: FloatArray, z: FloatArray, keep: FloatArray) -> FloatArray:
    """Return what each return's cheapest option costs, shape (n,), given the cost of every option; inf: none fits."""
    options = problem.options
    pair = segment_min(x, options.x_start) + segment_min(z, options.z_start)
    return np.minimum(segment_min(pair, options.link_start), keep)


def segment_min(values: FloatArray, start: IntArray) -> FloatArray:
    """Return the minimum of each `values[start[i]:start[i + 1]]`, inf where it is empty."""
    full = np.flatnonzero(np.diff(start) > 0)
    out = np.full(len(start) - 1, np.inf)
    if len(full):
        out[full] = np.minimum.reduceat(values, start[:-1][full])
    return out


def segment_best(values: FloatArray, start: IntArray) -> tuple[FloatArray, IntArray]:
    """Return the minimum of each segment and its first position; inf and -1 where a segment is empty or all inf."""
    least = segment_min(values, start)
    owner = np.repeat(np.arange(len(start) - 1), np.diff(start))
    hits = np.flatnonzero((values == least[owner]) & np.isfinite(values))
    first = hits[np.diff(owner[hits], prepend=-1) != 0]
    position = np.full(len(least), -1, dtype=np.int64)
    position[owner[first]] = first
    return least, position
