"""Places and lanes that the books have and the network has not, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from network_design.baseline.comparing import WAY, Cause, Compared, amount
from network_design.baseline.seen import without_way
from network_design.baseline.split import is_movement
from network_design.baseline.tables import MOVEMENT
from network_design.baseline.totals import in_scope
from retour.gate.text import did_you_mean

MOST_NAMED = 4
NOTHING = 1e-9


def missing_causes(compared: Compared) -> Iterator[Cause]:
    """Yield places and lanes that one of the two does not know."""
    yield from _unknown_places(compared)
    yield from _closed_places(compared)
    yield from _unknown_lanes(compared)
    for activity in dict.fromkeys(a for t in compared.totals for a in t.activities):
        yield from _not_in_books(compared, activity)


def _unknown_places(compared: Compared) -> Iterator[Cause]:
    named: dict[str, list[int]] = {}
    for total in compared.totals:
        for column in ("place_id", "to_id"):
            if column in total.scope and total.scope[column] not in compared.kinds.index:
                named.setdefault(str(total.scope[column]), []).append(total.line)
    for end in ("from_id", "to_id"):
        for place in compared.seen_rows.loc[~compared.seen_rows[end].isin(compared.kinds.index), end].unique():
            named.setdefault(str(place), [])
    for place, lines in named.items():
        guess = did_you_mean(place, map(str, compared.kinds.index))
        yield Cause("PLACE", tuple(lines), f"the books have {place}, the network has no such place{guess}")


def _closed_places(compared: Compared) -> Iterator[Cause]:
    """Places with money in the books that are candidates, and so closed."""
    closed = set(compared.kinds.index) - compared.open_places
    named: dict[str, list[int]] = {}
    for total in compared.leaves:
        if total.scope.get("place_id") in closed and any(total.books.values()):
            named.setdefault(str(total.scope["place_id"]), []).append(total.line)
    for place, lines in named.items():
        says = f"the books pay for {place}, a CANDIDATE of the network and so closed; give it the status EXISTING"
        yield Cause("PLACE", tuple(lines), says)


def _unknown_lanes(compared: Compared) -> Iterator[Cause]:
    for total in filter(is_movement, compared.leaves):
        if _are_known(compared, total.scope) and not in_scope(compared.ways, total.scope).any():
            yield Cause("LANE", (total.line,), f"{total.words}: {_no_way(compared, total.scope)}")
    lost = without_way(compared.seen_rows, compared.instance.arcs)
    lost = lost[lost["from_id"].isin(compared.kinds.index) & lost["to_id"].isin(compared.kinds.index)]
    for row in lost.drop_duplicates([*WAY, "product_id"]).itertuples():
        scope = {"place_id": row.from_id, "to_id": row.to_id, "mode": row.mode, "product_id": row.product_id}
        says = f"{amount(row.amount_t)} t of {row.product_id} were seen from {row.from_id} to {row.to_id} by {row.mode}"
        yield Cause("LANE", (), f"{says}: {_no_way(compared, scope)}")


def _are_known(compared: Compared, scope: Mapping[str, Any]) -> bool:
    ends = [scope[c] for c in ("place_id", "to_id") if c in scope]
    return all(end in compared.kinds.index for end in ends)


def _no_way(compared: Compared, scope: Mapping[str, Any]) -> str:
    """Say what is missing: the way itself, its means of transport, or that the product may take it."""
    for column in ("mode", "product_id"):
        fewer = {k: v for k, v in scope.items() if k != column}
        found = compared.ways[in_scope(compared.ways, fewer)]
        if len(found):
            other = ", ".join(sorted(map(str, found[column].unique()))[:MOST_NAMED])
            return f"the network has it with {column} {other} only"
    return "no lane or link of the network leads there with anything the destination takes"


def _not_in_books(compared: Compared, activity: str) -> Iterator[Cause]:
    """Cost that books which go into such detail, place by place or way by way, have no row of."""
    own = [t for t in compared.totals if activity in t.activities]
    if any("place_id" not in total.scope for total in own):
        return  # a total of all places covers those that no row names
    rows = compared.measures.cost[compared.measures.cost["activity"] == activity]
    told = np.any([in_scope(rows, {k: v for k, v in t.scope.items() if k != "period"}) for t in own], axis=0)
    ends = ["place_id", "to_id"] if activity in MOVEMENT else ["place_id"]
    cost: pd.Series = rows[~told].groupby(ends)["cost"].sum()
    cost = cost[cost.abs() > NOTHING].sort_values(key=abs, ascending=False)
    if len(cost):
        named = [
            f"{amount(value)} at {' to '.join(np.atleast_1d(ids))}" for ids, value in cost.head(MOST_NAMED).items()
        ]
        more = f" and {len(cost) - MOST_NAMED} more" if len(cost) > MOST_NAMED else ""
        says = f"{activity}: the model has {', '.join(named)}{more}; the books have no row of it"
        yield Cause("LANE" if activity in MOVEMENT else "PLACE", (), says)
