"""Every admissible option of every planned return, flat: returns -> links -> collection and recovery options.

A link is a return with an entry: the hub its parcel reaches first, and when. Collection options (points) and recovery
options (sorting hub, process, working day) of a link combine freely, which keeps the arrays short: an option of a
return is any pair of one link, or KEEP.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retour.eligibility import PLANNED, eligibility
from retour.instance import Instance
from routing.decide.nearby import nearby_points
from routing.decide.rules import KEEP_RULES, Pairs, removed
from routing.decide.ways import Entries, Ways, all_entries, all_ways, kinds_of_returns

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Options:
    """Options of n planned returns: l links, m collection options (x), k recovery options (z).

    `return_idx` (n,) are positions in the returns table, ascending. Links of return i are
    `link_start[i]:link_start[i + 1]`; collection options of link j are `x_start[j]:x_start[j + 1]`, nearest first, its
    recovery options `z_start[j]:z_start[j + 1]`; neither is ever empty. `z_way` points into `ways`. `can_keep` (n,).
    `link_return`, `x_link` and `z_link` lead back to the owners.
    """

    return_idx: IntArray
    link_start: IntArray
    link_return: IntArray
    link_entry: IntArray
    x_start: IntArray
    x_link: IntArray
    x_point: IntArray
    x_road_m: FloatArray
    z_start: IntArray
    z_link: IntArray
    z_way: IntArray
    can_keep: BoolArray
    entries: Entries
    ways: Ways

    def __len__(self) -> int:
        """Return the number of planned returns."""
        return len(self.return_idx)

    @property
    def without_option(self) -> IntArray:
        """Planned returns (0..n-1) that have no option at all."""
        return np.flatnonzero((np.diff(self.link_start) == 0) & ~self.can_keep)

    def count(self) -> IntArray:
        """Return how many options each planned return has, shape (n,): the pairs of its links, and KEEP."""
        pairs = np.diff(self.x_start) * np.diff(self.z_start)
        return np.bincount(self.link_return, pairs, len(self)).astype(np.int64) + self.can_keep


def admissible_options(instance: Instance) -> Options:
    """Return what law, policy, compatibility and reach leave of every planned return's options."""
    planned = np.flatnonzero(eligibility(instance)["state"].to_numpy() == PLANNED)
    entries, kinds = all_entries(instance.indexed), kinds_of_returns(instance)
    pairs = nearby_points(instance, planned)
    key = kinds.of_profile[instance.indexed.returns.profile[pairs.r]] * len(entries) + entries.of_point[pairs.c]
    ways = all_ways(instance, entries, kinds, np.unique(key))
    block = np.searchsorted(ways.keys, key)
    led = np.flatnonzero(np.diff(ways.start)[block] > 0)
    can_keep = ~removed(KEEP_RULES, instance, planned)
    return linked(planned, Pairs(pairs.r[led], pairs.c[led], pairs.road_m[led]), block[led], can_keep, entries, ways)


def linked(
    planned: IntArray, pairs: Pairs, block: IntArray, can_keep: BoolArray, entries: Entries, ways: Ways
) -> Options:
    """Put pairs of one return and entry under one link, nearest first, and each link's ways beside them."""
    at = entries.of_point[pairs.c]
    order = np.lexsort((pairs.c, pairs.road_m, at, pairs.r))
    row, at, block = np.searchsorted(planned, pairs.r)[order], at[order], block[order]
    first = np.flatnonzero(np.diff(row, prepend=-1) | np.diff(at, prepend=-1))
    x_start = np.append(first, len(row))
    many = np.diff(ways.start)[block[first]]
    z_start = np.concatenate([[0], np.cumsum(many)]).astype(np.int64)
    z_link = np.repeat(np.arange(len(first)), many)
    return Options(
        return_idx=planned,
        link_start=np.searchsorted(row[first], np.arange(len(planned) + 1)),
        link_return=row[first],
        link_entry=at[first],
        x_start=x_start,
        x_link=np.repeat(np.arange(len(first)), np.diff(x_start)),
        x_point=pairs.c[order],
        x_road_m=pairs.road_m[order],
        z_start=z_start,
        z_link=z_link,
        z_way=ways.start[block[first]][z_link] + np.arange(len(z_link)) - z_start[z_link],
        can_keep=can_keep,
        entries=entries,
        ways=ways,
    )
