"""What each place may take in or carry out by itself, tonne by tonne: the items of its knapsacks.

A product that only one process takes, or only one sale, is not told apart from it: the tonne that arrives is the tonne
that is processed. Any other flow, process or sale is an item of its own, and what ties them is priced.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from network_design.model.build import DesignModel
from network_design.model.flow_constraints import most_in_all
from network_design.model.linking import amounts_on_arcs, most_processed, use_of_size
from network_design.model.program import FloatArray, IntArray
from network_design.model.sets import PAIR, Sets
from retour.design.lines import lines_of
from retour.vocabulary import Role

NONE = -1


@dataclass(frozen=True)
class Items:
    """Items in the order of their places, those of place p at `start[p]` to `start[p + 1]`; T periods.

    `first` and `second` are the columns, in the first period, of the flow and of what it is fused with (`NONE`), of
    which a tonne of the item makes `ratio` tonnes (items, T). `use` is how much of the place's size a tonne takes up
    and `most` how many there can be, both (items, T). `loose` ones may be there though the place is closed. `local`
    says which RECEIPT rows hold by fusing, (takes, T) raveled.
    """

    start: IntArray
    first: IntArray
    second: IntArray
    ratio: FloatArray
    use: FloatArray
    most: FloatArray
    loose: NDArray[np.bool_]
    local: NDArray[np.bool_]


@dataclass(frozen=True)
class _Part:
    place: IntArray
    first: IntArray
    second: IntArray
    ratio: FloatArray
    use: FloatArray
    most: FloatArray


def items_of(model: DesignModel) -> Items:
    """Return the items of a model; amounts that nothing limits are limited by all there is."""
    sets = model.sets
    fused, option, ratio, use = _fused(model)
    parts = [_arriving(model, fused, option, ratio, use), _running(model, fused), _selling(model, fused)]
    joined = [np.concatenate([getattr(part, name) for part in parts]) for name in _Part.__dataclass_fields__]
    place, first, second, ratio, use, most = joined
    order = np.argsort(place, kind="stable")
    start = np.searchsorted(place[order], np.arange(len(sets.places) + 1))
    loose = (use == 0).any(axis=1) & ~(_linked(model, first) & np.isfinite(most).all(axis=1))
    most = np.minimum(most, most_in_all(sets))
    most = np.minimum(most, model.program.upper[over_periods(first, sets.periods)])
    local = np.repeat(fused, sets.periods)
    return Items(
        start, first[order], second[order], ratio[order], use[order], most[order], loose[order], local
    )  # fmt: skip


def over_periods(first: IntArray, periods: int) -> IntArray:
    """Return the columns of lines whose first period has column `first`, (lines, periods)."""
    return first[:, None] + np.arange(periods)[None, :]


def _linked(model: DesignModel, first: IntArray) -> NDArray[np.bool_]:
    """Say which items are flows that rows of the model keep away from closed places."""
    return np.isin(first, model.variables.flow[:, 0]) & (model.program.family("OPEN") is not None)


def _fused(model: DesignModel) -> tuple[NDArray[np.bool_], IntArray, FloatArray, FloatArray]:
    """Say of each line of `takes` whether it has one use only, that column, tonnes of it per tonne, its use of size."""
    sets, v, periods = model.sets, model.variables, model.sets.periods
    count = np.zeros(len(sets.takes), dtype=np.int64)
    option = np.full(len(sets.takes), NONE, dtype=np.int64)
    ratio, use = np.ones((len(sets.takes), periods)), np.ones((len(sets.takes), periods))
    fed, run, share, single = _inputs(sets)
    np.add.at(count, fed, np.where(single, 1, 2))  # a mix is never fused
    good = single & (share > 0).all(axis=1)
    count[fed[~good]] += 1
    option[fed[good]] = v.processed[run[good], 0]
    with np.errstate(divide="ignore"):
        ratio[fed[good]] = 1.0 / share[good]
    use[fed[good]] = use_of_size(sets)[run[good]] / share[good]
    sold, unlimited = lines_of(sets.sales[PAIR], sets.takes), _unlimited(model)
    np.add.at(count, sold, np.where(unlimited, 1, 2))
    option[sold] = v.sold[:, 0]
    ratio[sold] = use[sold] = 1.0
    count[lines_of(sets.stores[PAIR], sets.takes)] += 2
    return count == 1, option, ratio, use


def _inputs(sets: Sets) -> tuple[IntArray, IntArray, FloatArray, NDArray[np.bool_]]:
    """Return of every input of a run: its line in `takes`, the run, its share, whether it is the only one."""
    number = sets.mixes.groupby("process_id")["product_id"].transform("size").to_numpy(np.int64)
    mix = sets.mixes.assign(line=np.arange(len(sets.mixes)), number=number)
    both = sets.runs.reset_index(names="run").merge(mix, on="process_id")
    line = both["line"].to_numpy(np.int64)
    share = sets.shares(Role.INPUT)[line]
    single = (both["number"] == 1).to_numpy()
    return lines_of(both[PAIR], sets.takes), both["run"].to_numpy(np.int64), share, single


def _unlimited(model: DesignModel) -> NDArray[np.bool_]:
    """Say which sales take anything, or nothing, period by period."""
    lower, upper = model.program.lower[model.variables.sold], model.program.upper[model.variables.sold]
    return ((lower == 0) & ((upper == 0) | np.isinf(upper))).all(axis=1)


def _arriving(
    model: DesignModel, fused: NDArray[np.bool_], option: IntArray, ratio: FloatArray, use: FloatArray
) -> _Part:
    sets = model.sets
    line = sets.taken_on
    alone = ~fused[line]
    second = np.where(alone, NONE, option[line])
    most = amounts_on_arcs(sets)
    sold = np.isin(second, model.variables.sold[:, 0])
    shut = over_periods(np.where(sold, second, 0), sets.periods)
    most = np.where(sold[:, None] & (model.program.upper[shut] == 0), 0.0, most)
    size = np.where(alone[:, None], 0.0, use[line])
    return _Part(
        sets.place_line(sets.arcs["to_id"]), model.variables.flow[:, 0], second,
        np.where(alone[:, None], 0.0, ratio[line]), size, most,
    )  # fmt: skip


def _running(model: DesignModel, fused: NDArray[np.bool_]) -> _Part:
    """Processes that take a mix, or share what arrives with others."""
    sets, v = model.sets, model.variables
    fed, run, _, _ = _inputs(sets)
    bound = np.zeros(len(sets.runs), dtype=bool)
    bound[run[fused[fed]]] = True
    free = np.flatnonzero(~bound)
    return _Part(
        sets.place_line(sets.runs["place_id"])[free], v.processed[free, 0], np.full(len(free), NONE),
        np.zeros((len(free), sets.periods)), use_of_size(sets)[free], most_processed(sets)[free],
    )  # fmt: skip


def _selling(model: DesignModel, fused: NDArray[np.bool_]) -> _Part:
    """Sales that are limited, or share what arrives with others."""
    sets, v = model.sets, model.variables
    free = np.flatnonzero(~fused[lines_of(sets.sales[PAIR], sets.takes)])
    return _Part(
        sets.place_line(sets.sales["place_id"])[free], v.sold[free, 0], np.full(len(free), NONE),
        np.zeros((len(free), sets.periods)), np.ones((len(free), sets.periods)),
        model.program.upper[v.sold[free]],
    )  # fmt: skip
