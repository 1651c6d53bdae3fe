"""The linear relaxation in which what arises is followed: no large place takes more of an origin than it is open.

Flow by flow the usual relaxation lets a hub that is open by half take all that comes through a point, because the
point could have had twice as much. Followed from its origin, at most half of what arises there goes to that hub: the
disaggregated formulation of multicommodity location, over two echelons (Hinojosa, Puerto and Fernandez 2000,
doi:10.1016/S0377-2217(99)00141-2).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from network_design.followed.ways import Ways
from network_design.highs import solve_linear
from network_design.model.build import DesignModel
from network_design.model.flow_constraints import term
from network_design.model.linking import use_of_arcs
from network_design.model.program import FloatArray, IntArray, Program
from retour.vocabulary import Status


@dataclass(frozen=True)
class Prices:
    """Prices of all rows of a model, and what a tonne on an arc to a small place is asked for being followed, (arcs,
    T)."""

    rows: FloatArray
    followed: FloatArray


def prices_when_followed(
    model: DesignModel, ways: Ways, *, seed: int, budget_s: float, stopped: threading.Event | None = None
) -> Prices | None:
    """Return the prices of the relaxation; None where it is not solved in time, or stopped."""
    program, sets, v = model.program.copied(), model.sets, model.variables
    width = sets.periods
    carried = program.add_columns((len(ways.enters), width))
    enters = _same_as_flow(program, "ENTERS", carried, ways.enters, v.flow)
    _same_as_flow(program, "LEAVES", carried, ways.leaves, v.flow)
    tied = np.flatnonzero(tied_to_open(model, ways))
    line = np.full(len(ways.large), -1)
    line[tied] = np.arange(len(tied))
    level = v.level[sets.first_level[ways.large[tied]]]
    terms = [term(line[ways.pair], carried), term(np.arange(len(tied)), level, -ways.amount[tied])]
    program.add_rows("FOLLOWED", _numbered(len(tied) * width), terms, upper=0.0)
    rows = np.ones(program.rows, dtype=bool)
    rows[: model.program.rows] = ~rows_replaced(model, ways)
    found = solve_linear(program, seed=seed, budget_s=budget_s, prices_only=True, rows=rows, stopped=stopped)
    if found.status is not Status.OPTIMAL or not len(found.row_price):
        return None
    family = program.family("ENTERS")
    followed = np.zeros(v.flow.shape)
    if family is not None:
        followed[enters] = found.row_price[family.start : family.stop].reshape(-1, width)
    return Prices(found.row_price[: model.program.rows], followed)


def tied_to_open(model: DesignModel, ways: Ways) -> NDArray[np.bool_]:
    """Say of which pairs the large place takes nothing while it is closed, (pairs,)."""
    sets = model.sets
    sized = sets.first_level[ways.large] >= 0
    if model.program.family("OPEN") is not None:
        return sized
    bound = np.ones(len(ways.large), dtype=bool)
    np.logical_and.at(bound, ways.pair, use_of_arcs(sets)[ways.leaves] > 0)
    return sized & bound


def rows_replaced(model: DesignModel, ways: Ways) -> NDArray[np.bool_]:
    """Say which rows tie flows from small places to open large ones, (rows,): following says it better."""
    program, replaced = model.program, np.zeros(model.program.rows, dtype=bool)
    family = program.family("OPEN")
    if family is not None:
        rows = program.matrix().tocsr()[family.start : family.stop]
        touched = np.zeros(program.columns)
        touched[model.variables.flow[np.unique(ways.leaves)]] = 1.0
        replaced[family.start : family.stop] = abs(rows) @ touched > 0
    return replaced


def _same_as_flow(program: Program, kind: str, carried: IntArray, arcs: IntArray, flow: IntArray) -> IntArray:
    """Add rows by which what ways carry on an arc is all that flows there; return these arcs."""
    used, line = np.unique(arcs, return_inverse=True)
    terms = [term(line, carried), term(np.arange(len(used)), flow[used], -1.0)]
    program.add_rows(kind, _numbered(len(used) * flow.shape[1]), terms, lower=0.0, upper=0.0)
    return used


def _numbered(count: int) -> pd.DataFrame:
    return pd.DataFrame({"row": np.arange(count)})
