"""A model taken apart at prices: what small places cost, and a program of large ones for some periods each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from network_design.bound import amounts_box
from network_design.decomposition.relaxation import Relaxation, of_bounds
from network_design.followed.relaxed import Prices, rows_replaced, tied_to_open
from network_design.followed.ways import Ways
from network_design.highs import ArrayProgram
from network_design.model.build import DesignModel
from network_design.model.program import FloatArray, IntArray
from network_design.model.sets import PAIR, Sets
from retour.design.lines import lines_of

MOST_COLUMNS = 12_000
"""Periods are pictured together up to so many columns, one by one at least."""


@dataclass(frozen=True)
class _Sent:
    """What origins send through small places to large ones in some periods, a column of a picture each.

    `pair` and `period` of each; `line` is its origin's row of what arises there, of which there are `rows`.
    """

    pair: IntArray
    period: IntArray
    line: IntArray
    rows: int


class Split:
    """A model at prices: which rows stay in which picture, which are priced, and what columns cost after that."""

    def __init__(self, model: DesignModel, ways: Ways, prices: Prices) -> None:
        self.model, self.ways, self.prices = model, ways, prices
        program = model.program
        self.matrix = program.matrix().tocsr()
        self.picture = _picture_of_columns(model, ways)
        self.number = int(self.picture.max()) + 1
        pattern = abs(self.matrix)
        self.touches = np.column_stack([pattern @ (self.picture == i).astype(float) > 0 for i in range(self.number)])
        outside = pattern @ (self.picture < 0).astype(float) > 0
        pictures = self.touches.sum(axis=1)
        self.onward = np.zeros(program.columns, dtype=bool)
        self.onward[model.variables.flow[np.unique(ways.leaves)]] = True
        self.replaced = rows_replaced(model, ways)
        mixed = (pattern @ self.onward.astype(float) > 0) & ~_receipts(model) & ~self.replaced
        self.kept = (pictures == 1) & ~outside & ~mixed
        self.priced = (pictures > 0) & ~self.kept
        least = np.where(np.isfinite(program.row_upper), -np.inf, 0.0)
        most = np.where(np.isfinite(program.row_lower), np.inf, 0.0)
        self.price = np.clip(prices.rows, least, most)
        self.reduced = program.cost - self.matrix.T @ np.where(self.priced, self.price, 0.0)

    def rest(self) -> float:
        """Return the least that small places cost at the prices, and what the priced rows are worth."""
        program, flow = self.model.program, self.model.variables.flow
        plain = Relaxation([self.model], [1.0]).priced[0]
        price = np.where(self.kept[plain.rows], 0.0, self.price[plain.rows])
        cost = program.cost.copy()
        cost[flow] += self.prices.followed
        pictured = self.picture >= 0
        cost[pictured] = (plain.transposed @ price)[pictured]  # the pictures count these
        small = Relaxation([self.model], [1.0], costs=[cost])
        beside = self.priced.copy()
        beside[plain.rows] = False
        worth = of_bounds(self.price[beside], program.row_lower[beside], program.row_upper[beside])
        return small.answer(price).bound + worth

    def programs(self) -> list[ArrayProgram]:
        """Return the program of each picture."""
        ways, v = self.ways, self.model.variables
        asked = self.reduced[v.flow[ways.leaves]] - self.prices.followed[ways.enters]
        least = np.full(ways.amount.shape, np.inf)
        np.minimum.at(least, ways.pair, asked)
        return [self._program(i, least) for i in range(self.number)]

    def _program(self, number: int, least: FloatArray) -> ArrayProgram:
        """Return a picture: its own columns and rows, then what every origin sends to every large place."""
        program, ways = self.model.program, self.ways
        own = np.flatnonzero((self.picture == number) & ~self.onward)
        rows = np.flatnonzero(self.kept & self.touches[:, number] & ~self.replaced)
        periods = np.unique(np.nonzero(self.picture[self.model.variables.flow] == number)[1])
        origins, origin = np.unique(ways.origin, return_inverse=True)
        pair, period = (grid.ravel() for grid in np.meshgrid(np.arange(len(ways.large)), periods, indexing="ij"))
        line = origin[pair] * len(periods) + np.searchsorted(periods, period)
        sent = _Sent(pair, period, line, len(origins) * len(periods))
        amount, arising = ways.amount[pair, period], np.zeros(sent.rows)
        arising[line] = amount
        position = np.full(program.columns, -1)
        position[own] = np.arange(len(own))
        beside, everything = self._beside(origins, periods, position, len(own))
        ties = self._ties(sent, amount, position, len(own))
        lower, upper = amounts_box(self.model)
        matrix = sparse.vstack([
            sparse.hstack([self.matrix[rows][:, own], self._received(rows, sent)]),
            sparse.hstack([beside, _selection(line, sent.rows).T]),
            ties,
        ]).tocsc()  # fmt: skip
        tied = ties.shape[0]
        return ArrayProgram(
            matrix,
            np.concatenate([self.reduced[own], least[pair, period]]),
            np.concatenate([lower[own], np.zeros(len(pair))]),
            np.concatenate([upper[own], amount]),
            np.concatenate([program.row_lower[rows], np.where(everything, arising, 0.0), np.full(tied, -np.inf)]),
            np.concatenate([program.row_upper[rows], arising, np.zeros(tied)]),
            np.concatenate([program.whole[own], np.zeros(len(pair), dtype=bool)]),
        )

    def _received(self, rows: IntArray, sent: _Sent) -> sparse.csr_matrix:
        """Return what is sent in the rows of what is received: a tonne counts the same by whatever arc it comes."""
        arc = np.zeros(len(self.ways.large), dtype=np.int64)
        arc[self.ways.pair] = self.ways.leaves
        return self.matrix[rows][:, self.model.variables.flow[arc[sent.pair], sent.period]]

    def _ties(self, sent: _Sent, amount: FloatArray, position: IntArray, width: int) -> sparse.csr_matrix:
        """Return the rows by which a large place takes at most what arises where it is open, nothing where not."""
        ways, v = self.ways, self.model.variables
        tied = np.flatnonzero(tied_to_open(self.model, ways)[sent.pair])
        place = ways.large[sent.pair[tied]]
        level = position[v.level[self.model.sets.first_level[place], sent.period[tied]]]
        opened = sparse.csr_matrix((-amount[tied], (np.arange(len(tied)), level)), shape=(len(tied), width))
        return sparse.hstack([opened, _selection(tied, len(sent.pair))]).tocsr()

    def _beside(
        self, origins: IntArray, periods: IntArray, position: IntArray, width: int
    ) -> tuple[sparse.csr_matrix, NDArray[np.bool_]]:
        """Return what origins send to large places on arcs of their own, and whether all they have goes one way or the
        other."""
        sets, v = self.model.sets, self.model.variables
        arcs = np.flatnonzero(np.isin(sets.given_on, origins) & ~self.ways.small[sets.place_line(sets.arcs["to_id"])])
        row = np.searchsorted(origins, sets.given_on[arcs])[:, None] * len(periods) + np.arange(len(periods))
        column = position[v.flow[arcs][:, periods]]
        used = column >= 0
        matrix = sparse.csr_matrix(
            (np.ones(used.sum()), (row[used], column[used])), shape=(len(origins) * len(periods), width)
        )  # fmt: skip
        return matrix, np.repeat(_all_sent(sets, origins) & _all_pictured(sets, self.ways, origins), len(periods))


def _selection(columns: IntArray, width: int) -> sparse.csr_matrix:
    """Return a matrix with a 1 in each row at its column, (len(columns), width)."""
    return sparse.csr_matrix((np.ones(len(columns)), (np.arange(len(columns)), columns)), shape=(len(columns), width))


def _receipts(model: DesignModel) -> NDArray[np.bool_]:
    """Say which rows balance what a place receives: there a tonne counts the same by whatever arc it comes, (rows,)."""
    rows = np.zeros(model.program.rows, dtype=bool)
    family = model.program.family("RECEIPT")
    if family is not None:
        rows[family.start : family.stop] = True
    return rows


def _all_sent(sets: Sets, origins: IntArray) -> NDArray[np.bool_]:
    """Say of which origins nothing is disposed of and nothing is lost, (origins,)."""
    other = np.zeros(len(sets.gives), dtype=bool)
    other[lines_of(sets.disposals[PAIR], sets.gives)] = True
    other[lines_of(sets.responding, sets.gives)] = True
    return ~other[origins]


def _all_pictured(sets: Sets, ways: Ways, origins: IntArray) -> NDArray[np.bool_]:
    """Say of which origins everything goes through small places or straight to pictured ones, (origins,)."""
    end = sets.place_line(sets.arcs["to_id"])
    astray = np.zeros(len(sets.gives), dtype=bool)
    astray[sets.given_on[~ways.small[end] & ~ways.beyond[end]]] = True
    return ~astray[origins]


def _picture_of_columns(model: DesignModel, ways: Ways) -> IntArray:
    """Return which picture each column of large places is in, -1 for all other columns."""
    sets, v = model.sets, model.variables
    period = np.full(model.program.columns, -1, dtype=np.int64)
    tables = {
        "processed": sets.runs, "sold": sets.sales, "disposed": sets.disposals, "stored": sets.stores,
        "level": sets.levels, "grows": sets.levels, "extra": sets.extras, "widened": sets.extras,
        "volume": sets.tiers, "reached": sets.tiers, "missing": sets.promised, "waiting": sets.waits,
    }  # fmt: skip
    places = {name: sets.place_line(table["place_id"]) for name, table in tables.items() if len(table)}
    for name, place in {**places, "flow": sets.place_line(sets.arcs["to_id"])}.items():
        period[getattr(v, name)[ways.beyond[place]]] = np.arange(sets.periods)[None, :]
    pictured = int((period >= 0).sum())
    columns = pictured - len(np.unique(ways.leaves)) * sets.periods + ways.amount.size
    return np.where(period >= 0, _together(sets.periods, columns)[np.maximum(period, 0)], -1)


def _together(periods: int, columns: int) -> IntArray:
    """Return the picture of each period, (T,): as few pictures as their size allows."""
    number = min(periods, max(1, -(-columns // MOST_COLUMNS)))
    parts: Sequence[IntArray] = np.array_split(np.arange(periods), number)
    return np.concatenate([np.full(len(part), i) for i, part in enumerate(parts)])
