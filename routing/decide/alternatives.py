"""Every way one return could go, priced, the night's shared limits at the prices a run stored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from retour.indexed import OUTCOMES, positions
from retour.instance import Instance
from retour.pricing import PickupEstimate
from retour.vocabulary import Outcome
from routing.decide.limit_rows import KEEP_SHARE
from routing.decide.limits import Limits, shared_limits
from routing.decide.open_options import FREE, OpenOptions, open_options
from routing.decide.option_table import every_pair
from routing.decide.options import Options
from routing.decide.priced import priced
from routing.decide.problem import ROUNDING

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Alternatives:
    """The n ways one return could go: pairs of a collection option `x` and a recovery option `z`, and KEEP (-1, -1).

    `cost_eur` has carbon priced in; `use` (rows, n) is what each uses of the shared limits, whose `prices` are (rows,).
    `rule` is FREE or the position in ALL_RULES of the one rule in its way; `shut` says that a limit without a price has
    no room for it.
    """

    opened: OpenOptions
    limits: Limits
    prices: FloatArray
    capacity: FloatArray
    x: IntArray
    z: IntArray
    cost_eur: FloatArray
    co2e_kg: FloatArray
    use: sparse.csc_array
    rule: IntArray
    shut: BoolArray

    @property
    def options(self) -> Options:
        """The options that x and z point into."""
        return self.opened.options

    @property
    def price_eur(self) -> FloatArray:
        """Cost with the use of shared limits paid for at their prices, shape (n,)."""
        return self.cost_eur + self.prices @ self.use

    @property
    def available(self) -> BoolArray:
        """Those without a rule in their way that a limit leaves room for, at a price perhaps."""
        return (self.rule == FREE) & ~self.shut

    @property
    def way(self) -> IntArray:
        """Position in `options.ways` of each one's way, -1 for KEEP."""
        return np.append(self.options.z_way, -1)[self.z]

    @property
    def point(self) -> IntArray:
        """Position of each one's point, -1 for KEEP."""
        return np.append(self.options.x_point, -1)[self.x]


def alternatives(instance: Instance, prices: pd.DataFrame, pickup: PickupEstimate) -> Alternatives:
    """Return the ways the only return of `instance` could go, shared limits at the prices of a `prices` table.

    A limit without a row has price 0. Of a full night only what binds is known here: a limit's room is that of its row.
    """
    opened = open_options(instance)
    options = opened.options
    cost = priced(instance, options, pickup)
    limits = shared_limits(instance, options, cost)
    price_eur, room = _stored(limits, prices)
    x, z = every_pair(options)
    rule = np.maximum(opened.x_rule[x], opened.z_rule[z])
    single = (opened.x_rule[x] == FREE) | (opened.z_rule[z] == FREE)
    x, z, rule = x[single], z[single], rule[single]
    use = limits.x[:, x] + limits.z[:, z]
    if options.can_keep[0]:
        x, z, rule = np.append(x, -1), np.append(z, -1), np.append(rule, opened.keep_rule)
        use = sparse.hstack([use, limits.keep])
    use = sparse.csc_array(use)
    return Alternatives(
        opened=opened,
        limits=limits,
        prices=price_eur,
        capacity=room,
        x=x,
        z=z,
        cost_eur=np.where(x < 0, cost.keep.cost_eur[0], _at(cost.x.cost_eur, x) + _at(cost.z.cost_eur, z)),
        co2e_kg=np.where(x < 0, cost.keep.co2e_kg[0], _at(cost.x.co2e_kg, x) + _at(cost.z.co2e_kg, z)),
        use=use,
        rule=rule,
        shut=_shut(limits, price_eur, room, use),
    )


def chosen_of(instance: Instance, found: Alternatives, decision: pd.Series) -> int:
    """Return the position of a row of the `decisions` table among the alternatives; KeyError when it is none."""
    if decision["outcome"] == Outcome.KEEP:
        here = found.x < 0
    else:
        ix, ways = instance.indexed, found.options.ways
        point, hub = _one(decision["point_id"], ix.points.ids), _one(decision["hub_id"], ix.hub_ids)
        process, day = _one(decision["process_id"], ix.processes.ids), int(decision["day"])
        same = (ways.hub_idx == hub) & (ways.process_idx == process) & (ways.day == day)
        here = (found.point == point) & np.append(same, False)[found.way]
    if not here.any():
        raise KeyError(f"{decision['return_id']}: its decision is not among the options of the stored night")
    return int(here.argmax())


def decide_alone(found: Alternatives) -> int:
    """Return the position of the cheapest available alternative at the prices; the first of equals."""
    return int(np.where(found.available, found.price_eur, np.inf).argmin())


def outcome_of(instance: Instance, found: Alternatives, a: int) -> Outcome:
    """Return the outcome of an alternative."""
    way = found.way[a]
    if way < 0:
        return Outcome.KEEP
    return OUTCOMES[instance.indexed.processes.outcome[found.options.ways.process_idx[way]]]


def _stored(limits: Limits, prices: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Return the price of every limit row and what there is of it, from the stored rows where there are any.

    A stored row says a contract's minimum as a positive number. What a limit without a row leaves for one return is
    what its own table says: on a whole night only limits with a row are scarce.
    """
    names = ["limit", "place_id", "detail"]
    stored = prices.assign(detail=prices["detail"].astype(object).where(prices["detail"].notna(), ""))
    row = positions(pd.MultiIndex.from_frame(limits.table[names]), pd.MultiIndex.from_frame(stored[names]))
    price_eur = np.append(stored["price_eur"].to_numpy(float), 0.0)[row]
    room = np.append(stored["capacity"].to_numpy(float), np.inf)[row]
    return np.clip(price_eur, 0.0, limits.excess_eur), np.where(row >= 0, room, limits.capacity)


def _shut(limits: Limits, prices: FloatArray, room: FloatArray, use: sparse.csc_array) -> BoolArray:
    """Return True where a hard limit has too little room for an alternative all by itself, and no price to say so."""
    full = np.isinf(limits.excess_eur) & (prices <= 0) & (limits.table["limit"] != KEEP_SHARE).to_numpy()
    entries = use.tocoo()
    beyond = full[entries.row] & (entries.data > room[entries.row] + ROUNDING)
    out = np.zeros(use.shape[1], dtype=bool)
    out[entries.col[beyond]] = True
    return out


def _at(values: FloatArray, position: IntArray) -> FloatArray:
    return np.append(values, 0.0)[position]


def _one(name: str, ids: NDArray[np.object_]) -> int:
    found = np.flatnonzero(ids == name)
    return int(found[0]) if len(found) else -1
