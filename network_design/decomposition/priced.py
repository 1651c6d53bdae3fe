"""A model whose places are tied by prices only: which rows are priced, and what is left of each column.

Rows of one place alone stay what they are, in the knapsacks and shortest paths of the places; all other rows are
priced, whatever they say, so that a row nobody thought of here only makes the bound weaker, never wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from network_design.bound import amounts_box
from network_design.decomposition.items import Items, items_of
from network_design.decomposition.states import States, sizes_of
from network_design.model.build import DesignModel
from network_design.model.linking import available
from network_design.model.program import FloatArray, IntArray
from network_design.model.sets import PAIR
from retour.design.lines import lines_of

OF_ONE_PLACE = {"CAPACITY", "NESTED", "GROWTH", "RANGE", "WIDENING", "KEPT", "OPEN", "STORE_OPEN"}
OF_CONTRACTS = {"VOLUME", "TIER", "CONTRACT"}


@dataclass(frozen=True)
class Priced:
    """A model, weighted, and its rows that are priced; `order` of its items is kept from one evaluation to the next.

    `unweighted` is what its columns cost before the weight.
    """

    model: DesignModel
    weight: float
    states: States
    unweighted: FloatArray

    @cached_property
    def items(self) -> Items:
        """What its places may take in or carry out."""
        return items_of(self.model)

    @cached_property
    def order(self) -> IntArray:
        """Items of each place by gain, (items, T): rewritten by every evaluation."""
        items = self.items
        return np.repeat(np.arange(len(items.first))[:, None], items.use.shape[1], axis=1)

    @cached_property
    def sizes(self) -> FloatArray:
        """Size of each state, (states,)."""
        return sizes_of(self.states, self.model.sets)

    @cached_property
    def cost(self) -> FloatArray:
        """Weighted cost of each column."""
        return self.weight * self.unweighted

    @cached_property
    def rows(self) -> IntArray:
        """The rows that are priced."""
        program, priced = self.model.program, np.ones(self.model.program.rows, dtype=bool)
        for family in program.families:
            span = slice(family.start, family.stop)
            if family.kind in OF_ONE_PLACE:
                priced[span] = False
            elif family.kind == "RECEIPT":
                priced[span] = ~self.items.local
            elif family.kind in OF_CONTRACTS:
                priced[span] = ~self.contracted[self.model.sets.place_line(family.keys["place_id"])]
        return np.flatnonzero(priced)

    @cached_property
    def matrix(self) -> sparse.csr_matrix:
        """Coefficients of the priced rows."""
        return self.model.program.matrix().tocsr()[self.rows]

    @cached_property
    def transposed(self) -> sparse.csr_matrix:
        """The same by column."""
        return self.matrix.T.tocsr()

    @cached_property
    def row_lower(self) -> FloatArray:
        """Lower bounds of the priced rows."""
        return self.model.program.row_lower[self.rows]

    @cached_property
    def row_upper(self) -> FloatArray:
        """Upper bounds of the priced rows."""
        return self.model.program.row_upper[self.rows]

    @cached_property
    def contracted(self) -> NDArray[np.bool_]:
        """Which places have a contract that their knapsacks count: all they do is process, tonne for tonne."""
        sets, items = self.model.sets, self.items
        place = np.repeat(np.arange(len(sets.places)), np.diff(items.start))
        processed = np.isin(
            np.where(items.second >= 0, items.second, items.first), self.model.variables.processed[:, 0]
        )
        exact = processed & (items.use == 1).all(axis=1) & ((items.second < 0) | (items.ratio == 1).all(axis=1))
        plain = np.ones(len(sets.places), dtype=bool)
        plain[place[~exact]] = False
        has = np.zeros(len(sets.places), dtype=bool)
        has[sets.place_line(sets.tiers["place_id"])] = True
        has[sets.place_line(sets.promised["place_id"])] = True
        return plain & has

    @cached_property
    def contracts(self) -> tuple[IntArray, IntArray, FloatArray, FloatArray, FloatArray, FloatArray]:
        """First tier and number of tiers of each place, where tiers begin, their prices, minimum and its shortfall."""
        sets, v = self.model.sets, self.model.variables
        place = sets.place_line(sets.tiers["place_id"])
        tiers = np.where(self.contracted, np.bincount(place, minlength=len(sets.places)), 0)
        first = np.zeros(len(sets.places), dtype=np.int64)
        first[place[::-1]] = np.arange(len(place))[::-1]
        promised = sets.place_line(sets.promised["place_id"])
        minimum, shortfall = np.zeros((2, len(sets.places), sets.periods))
        minimum[promised] = sets.over_time("contracts", sets.promised, "minimum_t")
        shortfall[promised] = self.cost[v.missing]
        minimum[~self.contracted] = shortfall[~self.contracted] = 0.0
        begins = sets.tiers["from_t"].to_numpy(float)
        return first, tiers.astype(np.int64), begins, self.cost[v.volume], minimum, shortfall

    @cached_property
    def boxed(self) -> IntArray:
        """Columns that no knapsack or path decides: what they cost at these prices decides at which end they are."""
        v, items, sets = self.model.variables, self.items, self.model.sets
        free = np.ones(self.model.program.columns, dtype=bool)
        steps = np.arange(sets.periods)
        free[items.first[:, None] + steps] = False
        free[items.second[items.second >= 0][:, None] + steps] = False
        for columns in (v.level, v.grows, v.extra, v.widened):
            free[columns] = False
        tiers = self.contracted[sets.place_line(sets.tiers["place_id"])]
        free[v.volume[tiers]] = free[v.reached[tiers]] = False
        free[v.missing[self.contracted[sets.place_line(sets.promised["place_id"])]]] = False
        return np.flatnonzero(free)

    @cached_property
    def box(self) -> tuple[FloatArray, FloatArray]:
        """Least and most of the boxed columns."""
        sets, v = self.model.sets, self.model.variables
        lower, upper = amounts_box(self.model)
        given = lines_of(sets.disposals[PAIR], sets.gives)
        upper[v.disposed] = np.minimum(upper[v.disposed], available(sets)[given])
        return lower[self.boxed], upper[self.boxed]

    def at_ends(self, reduced: FloatArray) -> FloatArray:
        """Return the boxed columns at the end that costs less, (boxed,), at what is left of the cost of all columns."""
        lower, upper = self.box
        return np.where(reduced[self.boxed] > 0, lower, upper)
