"""A rough picture of a large network: one mean period, neighbouring origins together, small places only passed through.

What the many small places cost is in the ways through them, at the prices that the decomposition has found. The picture
is small enough to be solved well, and says which of the few large places are worth opening.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from network_design.decomposition.priced import Priced
from network_design.followed.ways import only_pass_on, small_places
from network_design.model.program import FloatArray, IntArray
from network_design.model.sets import Sets
from retour.design import DesignInstance
from retour.tables.design import DESIGN_TABLES
from retour.vocabulary import PlaceKind, PlaceStatus

ORIGINS = 220
FAR = 400.0
"""Money per tonne beyond which one detour is as good as another when origins are put together."""
DROPPED = (
    "storage", "links", "scenarios", "scenario_supply", "return_curves", "periods", "lanes", "supply", "service_bands",
    "response",
)  # fmt: skip
WAY = "ROUGH"


@dataclass(frozen=True)
class _Ways:
    """Ways from origins (place, product) through small places to large ones: cost per tonne, (origins, large, T), inf
    where there is none; tonnes arising (origins, T)."""

    place: NDArray[np.object_]
    product: NDArray[np.object_]
    large: IntArray
    cost: FloatArray
    amount: FloatArray

    @cached_property
    def paid(self) -> FloatArray:
        """What all that arises costs by each way, over all periods, (origins, large)."""
        total: FloatArray = (self.cost * self.amount[:, None, :]).sum(axis=2)
        return total


def rough_instance(priced: Priced, prices: FloatArray, *, seed: int) -> DesignInstance | None:
    """Return the rough picture at prices of the priced rows; None where small places do more than pass goods on."""
    sets = priced.model.sets
    small = small_places(sets)
    if not small.any() or not only_pass_on(sets, small):
        return None
    ways = _ways(priced, prices, small)
    if len(ways.large) == 0:
        return None
    return _pictured(sets, small, ways, _together(ways, seed=seed))


def _ways(priced: Priced, prices: FloatArray, small: NDArray[np.bool_]) -> _Ways:
    """Return the cheapest ways; a small place asks what the prices leave it for the tonne besides its own cost."""
    sets, v = priced.model.sets, priced.model.variables
    arriving, asked = _arriving(priced, prices, small)
    leaving = _leaving(priced, small)
    paths = arriving.merge(leaving, on=["through", "product_id"])
    amount = sets.over_time("supply", sets.gives, "amount_t")
    arises = sets.gives.assign(origin=np.cumsum(amount.sum(axis=1) > 0) - 1)[amount.sum(axis=1) > 0]
    paths = paths.merge(arises.rename(columns={"place_id": "from_id"}), on=["from_id", "product_id"])
    large, column = np.unique(paths["to"].to_numpy(np.int64), return_inverse=True)
    cost = np.full((len(arises), len(large), sets.periods), np.inf)
    of_path = asked[paths["item"].to_numpy()] + priced.cost[v.flow[paths["arc"].to_numpy()]]
    np.minimum.at(cost, (paths["origin"].to_numpy(), column), of_path)
    place, product = (arises[name].to_numpy(object) for name in ("place_id", "product_id"))
    return _Ways(place, product, large, cost, amount[arises.index])


def _arriving(priced: Priced, prices: FloatArray, small: NDArray[np.bool_]) -> tuple[pd.DataFrame, FloatArray]:
    """Return from_id, product_id, through (a small place) and item of flows to small places, and what each asks."""
    sets, items = priced.model.sets, priced.items
    position = {column: line for line, column in enumerate(priced.model.variables.flow[:, 0])}
    place = np.repeat(np.arange(len(sets.places)), np.diff(items.start))
    mine = np.flatnonzero(small[place] & (items.second >= 0))
    line = np.array([position[column] for column in items.first[mine]], dtype=np.int64)
    frame = sets.arcs.iloc[line][["from_id", "product_id"]].assign(through=place[mine], item=np.arange(len(mine)))
    reduced, steps = priced.cost - priced.transposed @ prices, np.arange(sets.periods)
    own, left = (
        figures[items.first[mine][:, None] + steps] + items.ratio[mine] * figures[items.second[mine][:, None] + steps]
        for figures in (priced.cost, reduced)
    )
    return frame, own + np.maximum(0.0, -left)


def _leaving(priced: Priced, small: NDArray[np.bool_]) -> pd.DataFrame:
    """Return through (a small place), product_id, to (a large place) and arc of flows from small places."""
    sets = priced.model.sets
    origin, target = sets.place_line(sets.arcs["from_id"]), sets.place_line(sets.arcs["to_id"])
    arc = np.flatnonzero(small[origin] & ~small[target])
    product = sets.arcs["product_id"].iloc[arc].to_numpy(object)
    return pd.DataFrame({"through": origin[arc], "product_id": product, "to": target[arc], "arc": arc})


def _together(ways: _Ways, *, seed: int) -> IntArray:
    """Return the group of each origin: one product, much the same detours by the same ways."""
    mean = ways.paid / ways.amount.sum(axis=1)[:, None]
    detour = np.minimum(mean - mean.min(axis=1, keepdims=True), FAR)
    group, found = np.zeros(len(mean), dtype=np.int64), 0
    for product in dict.fromkeys(ways.product):
        mine = np.flatnonzero(ways.product == product)
        number = max(1, ORIGINS * len(mine) // len(mean))
        own = np.arange(len(mine))
        if number < len(mine):
            own = kmeans2(detour[mine], number, seed=seed, minit="++")[1]
        group[mine] = found + np.unique(own, return_inverse=True)[1]
        found += int(group[mine].max()) - found + 1
    return _split_apart(group, np.isfinite(mean))


def _split_apart(group: IntArray, reached: NDArray[np.bool_]) -> IntArray:
    """Let every origin of a group go alone where no large place is reached by all of them."""
    out, last = group.copy(), int(group.max())
    for number in range(last + 1):
        mine = np.flatnonzero(group == number)
        if len(mine) > 1 and not reached[mine].all(axis=0).any():
            out[mine] = last + 1 + np.arange(len(mine))
            last += len(mine)
    return np.unique(out, return_inverse=True)[1].astype(np.int64)


def _pictured(sets: Sets, small: NDArray[np.bool_], ways: _Ways, group: IntArray) -> DesignInstance:
    """Return the picture as tables: groups of origins with ways of their own, large places, and all that follows."""
    instance = sets.instance
    years = float(instance.discount.sum())
    groups = int(group.max()) + 1
    names = np.array([f"group {i}" for i in range(groups)], dtype=object)
    arising = np.zeros(groups)
    np.add.at(arising, group, ways.amount.mean(axis=1))
    product = pd.Series(ways.product).groupby(group).first().to_numpy(object)
    gone = set(sets.places.loc[small, "place_id"]) | set(ways.place)
    tables = {name: _mean_period(instance, name, gone) for name in instance.tables}
    tables |= {name: instance.tables[name].iloc[:0] for name in DROPPED}
    tables["periods"] = _table("periods", {"period": [1], "opening_allowed": [True]})
    tables["places"] = pd.concat([tables["places"], _table("places", {
        "place_id": names, "kind": [PlaceKind.ZONE] * groups, "status": [PlaceStatus.ALWAYS] * groups,
    })], ignore_index=True)  # fmt: skip
    tables["supply"] = _table("supply", {"place_id": names, "product_id": product, "amount_t": arising})
    peak = ways.amount.sum(axis=0).max() / ways.amount.sum(axis=0).mean()
    sizes = _by_year(tables["capacities"], "opening_cost", years)
    tables["capacities"] = sizes.assign(size_t=sizes["size_t"] / peak)  # what is enough in the fullest period
    tables["place_costs"] = _by_year(tables["place_costs"], "closing_cost", years)
    tables["lanes"] = pd.concat([_rough_lanes(sets, ways, group, names), _other_lanes(sets, gone)], ignore_index=True)
    tables["transport"] = pd.concat([tables["transport"], _table("transport", {
        "product_id": list(dict.fromkeys(product)), "mode": [WAY] * len(set(product)),
    })], ignore_index=True)  # fmt: skip
    settings = instance.settings.model_copy(update={"discount_rate": 0.0})
    return instance.replace(settings=settings, **tables)


def _mean_period(instance: DesignInstance, name: str, gone: set[str]) -> pd.DataFrame:
    """Return a table with one row per key for all periods, figures the mean, without the places that are gone."""
    table = instance.tables[name]
    place = next((c for c in ("place_id", "from_id") if c in table), None)
    if "period" in table and name != "periods" and len(table):
        keys = [k for k in DESIGN_TABLES[name].key if k != "period"]
        series = instance.series(name)
        how = {c: "mean" if c in series.select_dtypes("number") else "first" for c in series if c not in keys}
        table = series.groupby(keys, as_index=False).agg(how)[list(table.columns)].assign(period=0)
    return table if place is None else table[~table[place].isin(gone)]


def _by_year(table: pd.DataFrame, column: str, years: float) -> pd.DataFrame:
    """Return a table in which what is paid once is paid in equal parts, one in each period."""
    return table.assign(**{column: table[column] / years})


def _rough_lanes(sets: Sets, ways: _Ways, group: IntArray, names: NDArray[np.object_]) -> pd.DataFrame:
    """Return the ways of each group that all its origins have, at their mean cost, discounted as the money is."""
    weight = ways.amount.mean(axis=1)
    per_t = ways.paid / (ways.amount @ sets.instance.discount)[:, None]
    total = np.zeros((len(names), len(ways.large)))
    np.add.at(total, group, per_t * weight[:, None])
    mean = total / np.bincount(group, weights=weight)[:, None]
    start, end = np.nonzero(np.isfinite(mean))
    target = sets.places["place_id"].to_numpy(object)[ways.large[end]]
    return _table("lanes", {
        "from_id": names[start], "to_id": target, "mode": [WAY] * len(start), "distance_km": np.zeros(len(start)),
        "cost_per_t": mean[start, end],
    })  # fmt: skip


def _other_lanes(sets: Sets, gone: set[str]) -> pd.DataFrame:
    kept = sets.arcs[~sets.arcs["from_id"].isin(gone) & ~sets.arcs["to_id"].isin(gone)]
    names = ["from_id", "to_id", "mode", "distance_km", "cost_per_t", "capacity_t", "days"]
    return kept[names].drop_duplicates(["from_id", "to_id", "mode"])


def _table(name: str, columns: dict[str, object]) -> pd.DataFrame:
    """Return a table with its declared columns, those that are not told as the gate would fill them."""
    declared = DESIGN_TABLES[name]
    rows = pd.DataFrame(columns)
    filled = {c.name: rows[c.name] if c.name in rows else [c.default] * len(rows) for c in declared.columns}
    return pd.DataFrame(filled)
