"""Small places, and the ways of what arises through one of them each to large places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from network_design.model.program import FloatArray, IntArray
from network_design.model.sets import PAIR, Sets
from retour.design.lines import lines_of
from retour.vocabulary import Role

MANY = 150
"""From so many decided places of a kind on, they are small ones."""


@dataclass(frozen=True)
class Ways:
    """Ways go in to a small place on the arcs `enters` and on from it on the arcs `leaves`, (ways,) each.

    `pair` says which origin and large place a way joins, (ways,): `origin` is a line of `gives`, `large` a place,
    (pairs,), and `amount` what arises at the origin, (pairs, T). `small` and `beyond` say which places are small, and
    which neither are nor send anything to them, (places,).
    """

    enters: IntArray
    leaves: IntArray
    pair: IntArray
    origin: IntArray
    large: IntArray
    amount: FloatArray
    small: NDArray[np.bool_]
    beyond: NDArray[np.bool_]


def small_places(sets: Sets) -> NDArray[np.bool_]:
    """Say which places are small: of a kind with very many whose opening is decided; none where no kind has."""
    kind = sets.places["kind"].to_numpy()
    counts = pd.Series(kind[sets.first_level >= 0]).value_counts()
    many = counts[counts >= MANY]
    return np.isin(kind, many.index[:1])


def only_pass_on(sets: Sets, small: NDArray[np.bool_]) -> bool:
    """Say whether every small place hands on what it receives, tonne for tonne, and does nothing else."""
    names = sets.places.loc[small, "place_id"]
    used = sets.instance.tables["recipes"].merge(
        sets.runs.loc[sets.runs["place_id"].isin(names), ["process_id"]].drop_duplicates(), on="process_id"
    )
    sides = [
        used[used["role"] == role].groupby("process_id")["product_id"].agg(set) for role in (Role.INPUT, Role.OUTPUT)
    ]
    same = len(sides[0]) > 0 and sides[0].equals(sides[1]) and (sides[0].map(len) == 1).all()
    others = (sets.instance.tables[t]["place_id"] for t in ("supply", "sales", "storage", "disposal", "return_curves"))
    return bool(same and (used["t_per_t"] == 1).all() and not any(o.isin(names).any() for o in others))


def ways_of(sets: Sets) -> Ways | None:
    """Return the ways of a network; None where small places do more than pass goods on from where they arise."""
    small = small_places(sets)
    start, end = sets.place_line(sets.arcs["from_id"]), sets.place_line(sets.arcs["to_id"])
    entering, leaving = np.flatnonzero(small[end]), np.flatnonzero(small[start])
    sends = np.zeros(len(small), dtype=bool)
    sends[start[entering]] = True
    beyond = ~small & ~sends
    if not small.any() or not only_pass_on(sets, small) or not beyond[end[leaving]].all():
        return None
    if not _only_send(sets, sends) or len(entering) == 0:
        return None
    into = sets.arcs.iloc[entering][["product_id"]].assign(through=end[entering], enters=entering)
    onward = sets.arcs.iloc[leaving][["product_id"]].assign(through=start[leaving], leaves=leaving)
    paths = into.merge(onward, on=["through", "product_id"])
    enters, leaves = paths["enters"].to_numpy(np.int64), paths["leaves"].to_numpy(np.int64)
    ends = np.column_stack([sets.given_on[enters], end[leaves]])
    pairs, pair = np.unique(ends, axis=0, return_inverse=True)
    amount = sets.over_time("supply", sets.gives, "amount_t")[pairs[:, 0]]
    return Ways(enters, leaves, pair.ravel().astype(np.int64), pairs[:, 0], pairs[:, 1], amount, small, beyond)


def _only_send(sets: Sets, sends: NDArray[np.bool_]) -> bool:
    """Say whether nothing arrives or is done at places that send to small ones, and all that arises there is known."""
    names = sets.places.loc[sends, "place_id"]
    arriving = sets.arcs["to_id"].isin(names).any()
    done = sets.runs["place_id"].isin(names).any() or sets.sales["place_id"].isin(names).any()
    curves = lines_of(sets.instance.tables["return_curves"][PAIR], sets.gives)
    back = sends[sets.place_line(sets.gives["place_id"])][curves].any()
    sized = (sets.first_level[sends] >= 0).any()
    return not (arriving or done or back or sized)
