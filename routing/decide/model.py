"""The joint model of the night, as arrays for any LP or MIP solver.

Sets: planned returns r, their links (r, entry), points c, recoveries w = (sorting hub, process, day), limits i.
Variables: x[r, c] handed over at c, z[r, w] recovered by w, keep[r] kept by the customer, all 0 or 1; excess[i] >= 0
bought beyond limit i, whole where the limit counts things.

    minimise    sum cost x + sum cost z + sum cost keep + sum price excess
    subject to  sum_c x[r, c] + keep[r] = 1                            every return is decided once
                sum_c x[r, c] = sum_w z[r, w]         per link (r, e)  what is handed over is recovered from its entry
                sum use x + sum use z + sum use keep - excess[i] <= capacity[i]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from routing.decide.problem import Choice, Problem, used
from routing.decide.reduce import InPlay

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
THINGS = ("parcel", "item", "return")


@dataclass(frozen=True)
class Model:
    """Minimise `cost` v with `row_lower` <= `matrix` v <= `row_upper`, 0 <= v <= `upper`, v whole where `whole`."""

    cost: FloatArray
    upper: FloatArray
    matrix: sparse.csc_array
    row_lower: FloatArray
    row_upper: FloatArray
    whole: BoolArray


def joint_model(problem: Problem, play: InPlay, *, excess_eur: FloatArray, capacity: FloatArray | None = None) -> Model:
    """Return the model over the options in play, for the returns that have some.

    `excess_eur` (rows,) prices excess of every limit, inf: none is sold; `capacity` (rows,) is what there is of each
    limit, unless given all of it.
    """
    excess_eur = excess_eur[play.rows]
    capacity = (problem.limits.capacity if capacity is None else capacity)[play.rows]
    parts = (decide_each_once(problem, play), recover_what_is_collected(problem, play), respect_limits(problem, play))
    sold = np.flatnonzero(np.isfinite(excess_eur))
    excess = sparse.eye_array(len(play.rows), format="csc")[:, sold]
    empty = [sparse.csc_array((part.shape[0], len(sold))) for part in parts[:2]]
    once, nothing = np.ones(parts[0].shape[0]), np.zeros(parts[1].shape[0])
    return Model(
        cost=np.concatenate([_cost(problem, play), excess_eur[sold]]),
        upper=np.concatenate([np.ones(len(play)), np.full(len(sold), np.inf)]),
        matrix=sparse.block_array([[p, e] for p, e in zip(parts, [*empty, -excess], strict=True)], format="csc"),
        row_lower=np.concatenate([once, nothing, np.full(len(capacity), -np.inf)]),
        row_upper=np.concatenate([once, nothing, capacity]),
        whole=np.concatenate([np.ones(len(play), dtype=bool), counts_things(problem)[play.rows][sold]]),
    )


def decide_each_once(problem: Problem, play: InPlay) -> sparse.csc_array:
    """Every return is handed over at one point, or kept; shape (returns in play, options)."""
    options = problem.options
    owner = options.link_return[options.x_link[play.x]]
    returns = np.union1d(owner, play.keep)
    x, keep = (_ones(np.searchsorted(returns, r), len(returns)) for r in (owner, play.keep))
    return sparse.hstack([x, sparse.csc_array((len(returns), len(play.z))), keep], format="csc")


def recover_what_is_collected(problem: Problem, play: InPlay) -> sparse.csc_array:
    """What is handed over into an entry is recovered from there; shape (links in play, options)."""
    owners = (problem.options.x_link[play.x], problem.options.z_link[play.z])
    links = np.union1d(*owners)
    x, z = (_ones(np.searchsorted(links, j), len(links)) for j in owners)
    return sparse.hstack([x, -z, sparse.csc_array((len(links), len(play.keep)))], format="csc")


def respect_limits(problem: Problem, play: InPlay) -> sparse.csc_array:
    """What is used of every limit; shape (rows in play, options)."""
    limits = problem.limits
    used = [limits.x[:, play.x], limits.z[:, play.z], limits.keep[:, play.keep]]
    return sparse.hstack([matrix[play.rows] for matrix in used], format="csc")


def counts_things(problem: Problem) -> BoolArray:
    """Return which limits count parcels, items or returns, shape (rows,); the others measure hours, kg or EUR."""
    return problem.limits.table["unit"].isin(THINGS).to_numpy(bool)


def prices_of_limits(problem: Problem, play: InPlay, row_duals: FloatArray) -> FloatArray:
    """Return the price of every limit, shape (rows,), from the model's row duals (of a minimisation, <= 0)."""
    prices = np.zeros(len(problem.limits))
    prices[play.rows] = np.maximum(0.0, -row_duals[len(row_duals) - len(play.rows) :])
    return prices


def chosen(problem: Problem, play: InPlay, values: FloatArray, rest: Choice) -> Choice:
    """Return the options whose variables are 1, and `rest` for the returns that are not in play."""
    options, on = problem.options, values > 0.5
    x = play.x[on[: len(play.x)]]
    z = play.z[on[len(play.x) : len(play.x) + len(play.z)]]
    choice = Choice(rest.x.copy(), rest.z.copy(), np.zeros(len(options), dtype=bool))
    choice.x[options.link_return[options.x_link[x]]] = x
    choice.z[options.link_return[options.z_link[z]]] = z
    return choice


def as_values(problem: Problem, play: InPlay, choice: Choice) -> FloatArray:
    """Return the variables of a plan within hard limits that takes options in play, sold excess included."""
    moves = choice.moves
    on = (np.isin(play.x, choice.x[moves]), np.isin(play.z, choice.z[moves]), choice.keeps[play.keep])
    excess = np.maximum(0.0, used(problem, choice) - problem.limits.capacity)[play.rows]
    return np.concatenate([*on, excess[np.isfinite(problem.limits.excess_eur[play.rows])]]).astype(float)


def _cost(problem: Problem, play: InPlay) -> FloatArray:
    priced = problem.priced
    return np.concatenate([priced.x.cost_eur[play.x], priced.z.cost_eur[play.z], priced.keep.cost_eur[play.keep]])


def _ones(row: IntArray, rows: int) -> sparse.csc_array:
    return sparse.csc_array((np.ones(len(row)), row, np.arange(len(row) + 1)), shape=(rows, len(row)))
