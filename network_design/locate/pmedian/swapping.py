"""Swap search on a plan: arrays made once, compiled work on them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from network_design.locate.distances import IntArray
from network_design.locate.pmedian.halting import Halt
from network_design.locate.pmedian.near import Near
from network_design.locate.pmedian.swap_kernels import search

STRENGTH = 4  # at most so many swaps disturb a neighbourhood
MOST_UNDONE = 256
LISTED_PER_TRY = 12  # listed sites per customer for each site that is tried before the best of them opens
MOST_TRIES = 64
FAR = 4.0  # what being served by no site at all counts, in the largest listed cost
UNLISTED = 1.3  # what a site that is not listed counts, in the least that it costs: plans that need one are avoided


class Swapping:
    """Searches by swaps among the listed sites; sites in `stay` (shape: sites) never close.

    A customer none of whose listed sites is open is counted with a guess, so that a plan found may really cost more or
    less: `exact` says whether the last one does not.
    """

    def __init__(self, near: Near, stay: NDArray[np.bool_], *, seed: int, halt: Halt) -> None:
        sites, customers = near.sites, near.customers
        far = FAR * max(1.0, float(near.cost.max(initial=1.0)))
        unlisted = near.beyond if near.closed else np.where(np.isfinite(near.beyond), UNLISTED * near.beyond, far)
        self._lists = (
            near.start, near.site, near.cost, unlisted, near.by_site, near.customer, near.site_cost,
        )  # fmt: skip
        self._may_close, self._halt, self._closed = ~stay, halt, near.closed
        self._random = np.array([seed * 0x9E3779B97F4A7C15 % 2**64 | 1], dtype=np.uint64)
        self._batch = int(np.clip(len(near.site) / max(1, customers) / LISTED_PER_TRY, 1, MOST_TRIES))
        self._saved = np.zeros(sites, dtype=np.bool_)
        self._is_open = np.zeros(sites, dtype=np.bool_)
        self._served = (np.empty(customers, dtype=np.int64), np.empty(customers), np.empty(customers))
        self._work = (np.zeros(sites), np.zeros(sites), np.zeros(sites, dtype=np.int64))
        self._queue = (np.zeros(sites, dtype=np.int64), np.zeros(sites, dtype=np.bool_))
        self._undo = np.zeros((2, MOST_UNDONE), dtype=np.int64)

    def improve(self, open_sites: IntArray, *, kicks: int) -> tuple[IntArray, float]:
        """Return a plan no worse than the one given and its cost; `kicks` times a neighbourhood is disturbed."""
        self._is_open[:] = False
        self._is_open[open_sites] = True
        search(
            kicks, STRENGTH, self._batch, self._random, *self._lists, self._is_open, self._may_close, *self._served,
            *self._work, *self._queue, self._undo, self._saved, self._halt.flag,
        )  # fmt: skip
        return np.flatnonzero(self._is_open), float(self._served[1].sum())

    @property
    def exact(self) -> bool:
        """Whether the last cost is the true one: everybody is served from a listed site, or pays `beyond`."""
        return self._closed or bool((self._served[0] >= 0).all())
