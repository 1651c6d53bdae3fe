"""Covering as a p-median: a customer costs nothing when a site within the radius is open, else its weight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from network_design.locate.distances import DistanceProblem, FloatArray, IntArray
from network_design.locate.pmedian.near import Near, near_sites
from network_design.locate.pmedian.start import allowed_sites


def cover_lists(problem: DistanceProblem, *, radius: float, weight: FloatArray) -> Near:
    """Return the sites that cover each customer, at no cost; whoever nobody covers costs `weight` (customers,)."""
    near = near_sites(problem, np.full(problem.customers, radius), allowed_sites(problem))
    nothing = np.zeros(len(near.cost))
    return replace(near, cost=nothing, site_cost=nothing, beyond=weight, closed=True)


def cover_prices(near: Near, sites: IntArray) -> FloatArray:
    """Return a price per customer to begin with: its weight, halved by every open site that covers it."""
    is_open = np.zeros(near.sites, dtype=np.bool_)
    is_open[sites] = True
    covers = np.concatenate([[0], np.cumsum(is_open[near.site])])[near.start]
    return near.beyond * 0.5 ** np.diff(covers)
