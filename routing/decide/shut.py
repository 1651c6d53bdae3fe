"""What room would be worth where there is none at all: prices of limits that shut an option out by itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from routing.decide.problem import Problem, shut_by
from routing.decide.response import at_prices, respond, segment_min

FloatArray = NDArray[np.float64]


def with_shut_limits(problem: Problem, prices: FloatArray) -> FloatArray:
    """Return prices (rows,) raised where a limit shuts options out: to what its best user would save by them.

    A solver never sees such options, so it cannot price the limit; at this price nobody would want them.
    """
    options, priced, limits = problem.options, problem.priced, problem.limits
    x, z, _ = at_prices(problem, prices)
    value = respond(problem, prices).value_eur
    x_best, z_best = segment_min(x, options.x_start), segment_min(z, options.z_start)
    open_x, open_z = priced.x.cost_eur + prices @ limits.x, priced.z.cost_eur + prices @ limits.z
    open_keep = np.where(options.can_keep, priced.keep.cost_eur + prices @ limits.keep, np.inf)
    saved_x = value[options.link_return[options.x_link]] - open_x - z_best[options.x_link]
    saved_z = value[options.link_return[options.z_link]] - open_z - x_best[options.z_link]
    raised = prices.copy()
    for use, saved in ((limits.x, saved_x), (limits.z, saved_z), (limits.keep, value - open_keep)):
        _raise(raised, problem, use, saved)
    return raised


def _raise(prices: FloatArray, problem: Problem, use: sparse.csc_array, saved_eur: FloatArray) -> None:
    """Raise, in place, the price of the first limit that shuts each option out to what it would save per unit."""
    entry = shut_by(problem.limits, use)
    wanted = np.flatnonzero((entry >= 0) & (saved_eur > 0))
    np.maximum.at(prices, use.indices[entry[wanted]], saved_eur[wanted] / use.data[entry[wanted]])
