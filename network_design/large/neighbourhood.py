"""Neighbourhoods of a design: places near each other whose opening is looked at again, and all that depends on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from network_design.model.build import DesignModel
from network_design.model.program import FloatArray
from network_design.model.sets import Sets
from retour.pickup_estimate import unit_sphere

Lines = NDArray[np.int64]


@dataclass(frozen=True)
class Neighbourhoods:
    """What is near what, and what flows where, for one model; places are lines of its `places`."""

    model: DesignModel

    @property
    def sets(self) -> Sets:
        """The sets of the model."""
        return self.model.sets

    @cached_property
    def origin(self) -> Lines:
        """Where each arc begins."""
        return self.sets.place_line(self.sets.arcs["from_id"])

    @cached_property
    def target(self) -> Lines:
        """Where each arc ends."""
        return self.sets.place_line(self.sets.arcs["to_id"])

    @cached_property
    def decided(self) -> Lines:
        """Places whose opening or size is decided."""
        return np.flatnonzero(self.sets.first_level >= 0)

    @cached_property
    def kinds(self) -> list[Lines]:
        """The decided places by kind, the most numerous first."""
        kind = self.sets.places["kind"].to_numpy()[self.decided]
        groups = [self.decided[kind == k] for k in dict.fromkeys(kind)]
        return sorted(groups, key=len, reverse=True)

    def near(self, centre: int, among: Lines, number: int) -> Lines:
        """Return the places nearest to one among others of its kind; those next in line where it is not known."""
        if np.isnan(self._sphere[[*among, centre]]).any():
            start = int(np.searchsorted(among, centre))
            return np.take(among, np.arange(start, start + min(number, len(among))), mode="wrap")
        _, found = cKDTree(self._sphere[among]).query(self._sphere[centre], k=min(number, len(among)))
        return among[np.atleast_1d(found)]

    def free_columns(self, chosen: Lines) -> Lines:
        """Return the columns that may change when the chosen places are looked at again.

        Their levels and sizes; all that goes to them, and wherever else its origins send it; and all that follows of
        that downstream.
        """
        origins = np.unique(self.origin[np.isin(self.target, chosen)])
        moved = np.isin(self.origin, origins)
        reached = self._downstream(np.union1d(chosen, self.target[moved]))
        arcs = np.flatnonzero(moved | np.isin(self.origin, reached))
        places = self.sets.places["place_id"].to_numpy(object)
        return self.columns_of(places[chosen], arcs, places[np.union1d(reached, origins)])

    def columns_of(self, sized: NDArray[np.object_], arcs: Lines, places: NDArray[np.object_]) -> Lines:
        """Return the columns of the sizes of some places, of arcs, and of all that goes on at other places."""
        return np.unique(np.concatenate([self._sizes(sized), self._amounts(arcs, places)]))

    @cached_property
    def _sphere(self) -> FloatArray:
        return unit_sphere(self.sets.places["lat"].to_numpy(float), self.sets.places["lon"].to_numpy(float))

    @cached_property
    def _graph(self) -> sparse.csr_matrix:
        size = len(self.sets.places)
        return sparse.csr_matrix((np.ones(len(self.origin)), (self.origin, self.target)), shape=(size, size))

    def _downstream(self, places: Lines) -> Lines:
        """Return these places and all that can be reached from them."""
        reached = np.zeros(len(self.sets.places), dtype=bool)
        reached[places] = True
        while True:
            further = reached | (self._graph.T @ reached.astype(float) > 0)
            if np.array_equal(further, reached):
                return np.flatnonzero(reached)
            reached = further

    def _sizes(self, places: NDArray[np.object_]) -> Lines:
        sets, v = self.sets, self.model.variables
        levels, extras = _of(sets.levels, places), _of(sets.extras, places)
        return _columns((v.level, levels), (v.grows, levels), (v.extra, extras), (v.widened, extras))

    def _amounts(self, arcs: Lines, places: NDArray[np.object_]) -> Lines:
        sets, v = self.sets, self.model.variables
        tiers = _of(sets.tiers, places)
        return _columns(
            (v.flow, arcs), (v.processed, _of(sets.runs, places)), (v.sold, _of(sets.sales, places)),
            (v.disposed, _of(sets.disposals, places)), (v.stored, _of(sets.stores, places)), (v.volume, tiers),
            (v.reached, tiers), (v.missing, _of(sets.promised, places)), (v.near, _of(sets.bands, places)),
            (v.lost, _of(sets.responding, places)), (v.waiting, _of(sets.waits, places)),
        )  # fmt: skip


def _of(keys: pd.DataFrame, places: NDArray[np.object_]) -> Lines:
    return np.flatnonzero(keys["place_id"].isin(places).to_numpy())


def _columns(*blocks: tuple[Lines, Lines]) -> Lines:
    return np.concatenate([columns[lines].ravel() for columns, lines in blocks])
