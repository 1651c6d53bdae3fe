"""Candidates like a template: its sizes, costs and processes at other places, and the ways that lead there and on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from network_design.greenfield.demand import Demand
from network_design.study.settings import Greenfield
from retour.design import DesignInstance
from retour.tables.column import NUMBER
from retour.tables.design import DESIGN_TABLES
from retour.vocabulary import PlaceKind, PlaceStatus

NOT_COPIED = ("places", "supply", "return_curves")
"""Tables of a place that say what it is, or what arises there."""
NEAREST = 3
"""To so many nearest candidates leads a link where no way leads to the template's kind at all."""


def with_copies(
    instance: DesignInstance, asked: Greenfield, demand: Demand, names: Mapping[int, str]
) -> DesignInstance:
    """Return the network with a candidate like the template at each of some zones: position in demand to its id."""
    ids = list(names.values())
    tables = {
        name: _copied(instance.tables[name], asked.like, ids)
        for name, table in DESIGN_TABLES.items() if "place_id" in table.column_names and name not in NOT_COPIED
    }  # fmt: skip
    tables |= _told(tables, asked, ids)
    places = _places(instance.tables["places"], asked, demand, names)
    return instance.replace(**tables, places=places, **_ways(instance, asked, ids))


def _copied(table: pd.DataFrame, like: str, ids: list[str]) -> pd.DataFrame:
    own = table[table["place_id"] == like]
    copies = [own.assign(place_id=place) for place in ids]
    return pd.concat([table, *copies], ignore_index=True).astype(table.dtypes.to_dict()) if len(own) else table


def _told(tables: Mapping[str, pd.DataFrame], asked: Greenfield, ids: list[str]) -> dict[str, pd.DataFrame]:
    """Return the tables in which the study tells the candidates' own figures: sizes and costs."""
    found: dict[str, pd.DataFrame] = {}
    if asked.sizes:
        rows = [{"place_id": i, "period": 0, **size.model_dump()} for i in ids for size in asked.sizes]
        found["capacities"] = _instead(tables["capacities"], ids, rows)
    if asked.operating_cost is not None:
        rows = [{"place_id": i, "period": 0, "operating_cost": asked.operating_cost, "closing_cost": 0.0} for i in ids]
        found["place_costs"] = _instead(tables["place_costs"], ids, rows)
    if asked.variable_cost_per_t is not None:
        processes = tables["processes"]
        mine = processes["place_id"].isin(ids)
        cost = processes["variable_cost_per_t"].mask(mine, asked.variable_cost_per_t)
        found["processes"] = processes.assign(variable_cost_per_t=cost)
    return found


def _instead(table: pd.DataFrame, ids: list[str], rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return a table with the rows of some places replaced."""
    fresh = pd.DataFrame(rows, columns=table.columns).astype(table.dtypes.to_dict())
    kept = table[~table["place_id"].isin(ids)]
    return pd.concat([kept, fresh], ignore_index=True) if len(kept) else fresh


def _places(places: pd.DataFrame, asked: Greenfield, demand: Demand, names: Mapping[int, str]) -> pd.DataFrame:
    """Return the places with the candidates; without the network's own of that kind where the study says instead."""
    own = places[places["place_id"] == asked.like]
    fresh = [
        own.assign(
            place_id=place, name=f"New, at {demand.ids[at]}", status=str(PlaceStatus.CANDIDATE), lat=demand.lat[at],
            lon=demand.lon[at], initial_size_t=np.nan, open_from=np.nan, closed_from=np.nan,
        )
        for at, place in names.items()
    ]  # fmt: skip
    if asked.instead:
        old = (places["kind"] == asked.kind).to_numpy()
        places = places.assign(
            closed_from=places["closed_from"].mask(old, 1), open_from=places["open_from"].mask(old, np.nan)
        )
    return pd.concat([places, *fresh], ignore_index=True).astype(places.dtypes.to_dict())


def _ways(instance: DesignInstance, asked: Greenfield, ids: list[str]) -> dict[str, pd.DataFrame]:
    """Return lanes and links with ways to and from the candidates: where lanes lead to or from any place of the kind.

    Their lengths are great circles x circuity. Links lead there by themselves.
    """
    lanes, links = instance.tables["lanes"], instance.tables["links"]
    kinds = instance.tables["places"].set_index("place_id")["kind"]
    fresh = [
        _turned(lanes[(lanes[end].map(kinds) == asked.kind).to_numpy(bool)], end, asked.like, ids)
        for end in ("from_id", "to_id")
    ]
    if not len(fresh[1]) and not (links["to_kind"] == asked.kind).any():
        links = _with_link(instance, links, asked)
    both = [frame for frame in (lanes, *fresh) if len(frame)]
    return {
        "lanes": pd.concat(both, ignore_index=True).astype(lanes.dtypes.to_dict()) if both else lanes, "links": links
    }  # fmt: skip


def _turned(lanes: pd.DataFrame, end: str, like: str, ids: list[str]) -> pd.DataFrame:
    """Return lanes turned to the candidates, one of each other end and means of transport, the template's first."""
    other = "to_id" if end == "from_id" else "from_id"
    ordered = lanes.loc[(lanes[end] != like).sort_values(kind="stable").index]
    each = ordered.drop_duplicates([other, "mode"])
    figures = [c.name for c in DESIGN_TABLES["lanes"].columns if c.kind == NUMBER and c.default is None]
    turned = [each.assign(**{end: place}, **dict.fromkeys(figures, np.nan)) for place in ids]
    return pd.concat(turned, ignore_index=True) if turned else each


def _with_link(instance: DesignInstance, links: pd.DataFrame, asked: Greenfield) -> pd.DataFrame:
    """Return the links with one from zones by the first means of transport that has a price."""
    mode = str(instance.tables["transport"]["mode"].iloc[0])
    row = {"from_kind": str(PlaceKind.ZONE), "to_kind": asked.kind, "mode": mode, "nearest": NEAREST, "max_km": np.nan}
    fresh = pd.DataFrame([row], columns=links.columns).astype(links.dtypes.to_dict())
    return pd.concat([links, fresh], ignore_index=True) if len(links) else fresh
