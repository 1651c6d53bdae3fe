"""What of the problem a solver needs to see: limits that can bind, and options that nothing cheaper replaces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from routing.decide.problem import Choice, Fits, Problem, used

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
ROUNDING = 1e-9
FINGERPRINT_SEED = 0


@dataclass(frozen=True)
class InPlay:
    """Positions of the options and limit rows in play, ascending."""

    x: IntArray
    z: IntArray
    keep: IntArray
    rows: IntArray

    def __len__(self) -> int:
        """Return the number of options in play."""
        return len(self.x) + len(self.z) + len(self.keep)

    def mask(self, problem: Problem) -> Fits:
        """Return the options in play as masks over all options."""
        fits = (np.zeros(len(m), dtype=bool) for m in (problem.fits.x, problem.fits.z, problem.fits.keep))
        x, z, keep = fits
        x[self.x], z[self.z], keep[self.keep] = True, True, True
        return Fits(x, z, keep)

    def only(self, *, x: BoolArray, z: BoolArray, keep: BoolArray) -> InPlay:
        """Return those in play for which the masks over all options hold."""
        return InPlay(self.x[x[self.x]], self.z[z[self.z]], self.keep[keep[self.keep]], self.rows)


def worth_a_look(problem: Problem) -> InPlay:
    """Return what an optimal plan may need: no limit that cannot bind, no option that a cheaper one replaces.

    An option is replaced by a cheaper one of the same link that uses the same limits alike, or none at all.
    """
    options, limits, priced = problem.options, problem.limits, problem.priced
    fits = problem.fits
    rows = np.flatnonzero(most_use(problem, fits) > limits.capacity + ROUNDING)
    x = _irreplaceable(limits.x[rows], np.where(fits.x, priced.x.cost_eur, np.inf), options.x_link)
    z = _irreplaceable(limits.z[rows], np.where(fits.z, priced.z.cost_eur, np.inf), options.z_link)
    return InPlay(np.flatnonzero(x & fits.x), np.flatnonzero(z & fits.z), np.flatnonzero(fits.keep), rows)


@dataclass(frozen=True)
class Settled:
    """What options in play leave open: `choice` of the returns with one option left (the others count as unplaced),
    options of the others with the limits that can still bind, and what is left of every limit (rows,)."""

    choice: Choice
    open: InPlay
    left: FloatArray

    @property
    def broken(self) -> BoolArray:
        """True for limits that the settled returns alone exceed."""
        return self.left < -ROUNDING


def settle(problem: Problem, play: InPlay) -> Settled:
    """Decide the returns that have a single option in play."""
    options, n = problem.options, len(problem.options)
    x_return, z_return = options.link_return[options.x_link], options.link_return[options.z_link]
    points, recoveries = np.bincount(x_return[play.x], minlength=n), np.bincount(z_return[play.z], minlength=n)
    done = (points + np.bincount(play.keep, minlength=n) == 1) & (recoveries == points)
    choice = Choice(np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64), ~done)
    x, z = play.x[done[x_return[play.x]]], play.z[done[z_return[play.z]]]
    choice.x[x_return[x]], choice.z[z_return[z]] = x, z
    rest = play.only(x=~done[x_return], z=~done[z_return], keep=~done)
    left = problem.limits.capacity - used(problem, choice)
    still = most_use(problem, rest.mask(problem)) > left + ROUNDING
    return Settled(choice, InPlay(rest.x, rest.z, rest.keep, rest.rows[still[rest.rows]]), left)


def most_use(problem: Problem, fits: Fits) -> FloatArray:
    """Return an upper limit of what all returns together can use of each limit by these options, shape (rows,)."""
    options, limits = problem.options, problem.limits
    x_return, z_return = options.link_return[options.x_link], options.link_return[options.z_link]
    uses = (
        (limits.x, fits.x, x_return), (limits.z, fits.z, z_return), (limits.keep, fits.keep, np.arange(len(options))),
    )  # fmt: skip
    return np.sum([_most_use(matrix, mask, owner, len(options)) for matrix, mask, owner in uses], axis=0)


def _most_use(matrix: sparse.csc_array, mask: BoolArray, owner: IntArray, owners: int) -> FloatArray:
    """Return the sum over owners of the greatest use among their options in `mask`, 0 at least, shape (rows,)."""
    entries = matrix.tocoo()
    kept = mask[entries.col]
    key = entries.row[kept].astype(np.int64) * owners + owner[entries.col[kept]]
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[order], prepend=-1))
    if not len(first):
        return np.zeros(matrix.shape[0])
    greatest = np.maximum.reduceat(entries.data[kept][order], first)
    return np.bincount(key[order][first] // owners, np.maximum(greatest, 0.0), matrix.shape[0]).astype(float)


def _irreplaceable(use: sparse.csc_array, cost_eur: FloatArray, link: IntArray) -> BoolArray:
    footprint = _fingerprint(use)
    order = np.lexsort((np.arange(len(cost_eur)), cost_eur, footprint, link))
    same = (np.diff(link[order], prepend=-1) == 0) & (np.diff(footprint[order], prepend=np.nan) == 0)
    best = np.zeros(len(cost_eur), dtype=bool)
    best[order[~same]] = True
    free = best & (np.diff(use.indptr) == 0)
    cheapest_free = np.full(int(link.max(initial=-1)) + 1, np.inf)
    cheapest_free[link[free]] = cost_eur[free]
    helps = use.minimum(0).sum(axis=0) < 0
    return best & (free | helps | (cost_eur < cheapest_free[link]))


def _fingerprint(use: sparse.csc_array) -> FloatArray:
    """Return a number per option that is equal for equal use and, but for chance, different for different use."""
    rng = np.random.default_rng(FINGERPRINT_SEED)
    return np.asarray(rng.random(use.shape[0]) @ use).ravel()
