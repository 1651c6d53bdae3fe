"""One night's decision problem for any solver, and one answer to it: arrays in, positions out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from retour.instance import Instance
from retour.pricing import PickupEstimate, carbon_eur_per_kg, total, waiting_parts
from routing.decide.limits import Limits, shared_limits
from routing.decide.options import Options, admissible_options
from routing.decide.priced import Priced, priced

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
ROUNDING = 1e-9


@dataclass(frozen=True)
class Fits:
    """Which collection (m,), recovery (k,) and KEEP options (n,) no hard limit shuts out all by itself."""

    x: BoolArray
    z: BoolArray
    keep: BoolArray


@dataclass(frozen=True)
class Problem:
    """Options of the planned returns, their prices, the limits they share, and which options fit them alone.

    `waiting_eur` and `waiting_kg` (n,) price a return that finds no room (comparators only).
    """

    options: Options
    priced: Priced
    limits: Limits
    fits: Fits
    waiting_eur: FloatArray
    waiting_kg: FloatArray


@dataclass(frozen=True)
class Choice:
    """One option per planned return, shape (n,): positions of its collection and recovery options.

    x and z are -1 where the customer keeps the item, and where the return is `unplaced`.
    """

    x: IntArray
    z: IntArray
    unplaced: BoolArray

    @property
    def keeps(self) -> BoolArray:
        """True where the customer keeps the item."""
        return (self.x < 0) & ~self.unplaced

    @property
    def moves(self) -> BoolArray:
        """True where goods move."""
        return self.x >= 0


def night_problem(instance: Instance, pickup: PickupEstimate) -> Problem:
    """Return the decision problem of an instance at these planning prices of pickup."""
    options = admissible_options(instance)
    prices = priced(instance, options, pickup)
    waiting_eur, waiting_kg = total(
        waiting_parts(instance, options.return_idx), carbon_eur_per_kg=carbon_eur_per_kg(instance)
    )
    limits = shared_limits(instance, options, prices)
    fits = Fits(*(_fits_alone(limits, use) for use in (limits.x, limits.z, limits.keep)))
    return Problem(options, prices, limits, Fits(fits.x, fits.z, fits.keep & options.can_keep), waiting_eur, waiting_kg)


def shut_by(limits: Limits, use: sparse.csc_array) -> IntArray:
    """Return per option the entry of `use` that breaks a hard limit by itself, -1 where none does, shape (options,)."""
    option = np.repeat(np.arange(use.shape[1]), np.diff(use.indptr))
    hard = np.isinf(limits.excess_eur[use.indices])
    breaks = np.flatnonzero(hard & (use.data > limits.capacity[use.indices] + ROUNDING))[::-1]
    entry = np.full(use.shape[1], -1, dtype=np.int64)
    entry[option[breaks]] = breaks
    return entry


def _fits_alone(limits: Limits, use: sparse.csc_array) -> BoolArray:
    return shut_by(limits, use) < 0


def each_cost(problem: Problem, choice: Choice) -> FloatArray:
    """Return what each planned return costs, carbon priced in, shape (n,)."""
    priced = problem.priced
    moved = _at(priced.x.cost_eur, choice.x) + _at(priced.z.cost_eur, choice.z)
    return np.where(choice.moves, moved, np.where(choice.keeps, priced.keep.cost_eur, problem.waiting_eur))


def each_co2e(problem: Problem, choice: Choice) -> FloatArray:
    """Return what each planned return emits in kg, shape (n,)."""
    priced = problem.priced
    moved = _at(priced.x.co2e_kg, choice.x) + _at(priced.z.co2e_kg, choice.z)
    return np.where(choice.moves, moved, np.where(choice.keeps, priced.keep.co2e_kg, problem.waiting_kg))


def used(problem: Problem, choice: Choice) -> FloatArray:
    """Return how much of every limit the choice uses, shape (rows,)."""
    limits, moves, keeps = problem.limits, choice.moves, np.flatnonzero(choice.keeps)
    x, z = limits.x[:, choice.x[moves]], limits.z[:, choice.z[moves]]
    return np.asarray(x.sum(axis=1) + z.sum(axis=1) + limits.keep[:, keeps].sum(axis=1)).ravel()


def shortfall_eur(problem: Problem, choice: Choice) -> float:
    """Return what contract minimums that are missed cost."""
    limits = problem.limits
    excess = np.maximum(0.0, used(problem, choice) - limits.capacity)
    sold = np.isfinite(limits.excess_eur)
    return float(excess[sold] @ limits.excess_eur[sold])


def objective_eur(problem: Problem, choice: Choice) -> float:
    """Return the cost of all planned returns and of missed contract minimums."""
    return float(each_cost(problem, choice).sum()) + shortfall_eur(problem, choice)


def _at(values: FloatArray, position: IntArray) -> FloatArray:
    return np.append(values, 0.0)[position]
