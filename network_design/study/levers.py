"""Levers: an instance in which some things are decided by hand."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from network_design.study.settings import Carbon, Count, Levers
from retour.design import DesignInstance
from retour.vocabulary import PlaceKind


def pulled(instance: DesignInstance, levers: Levers) -> DesignInstance:
    """Return the instance with every lever pulled; their names must be known ones."""
    tables = {
        "places": _places(instance.tables["places"], levers),
        "group_limits": _counted(instance.tables["group_limits"], levers.counts),
        "gases": _gases(instance.tables["gases"], levers.carbon),
    }
    if levers.farthest_km is not None:
        tables |= _shortened(instance, levers.farthest_km)
    return instance.replace(**tables)


def _places(places: pd.DataFrame, levers: Levers) -> pd.DataFrame:
    """Open and closed from the period on, whatever the network prescribed for these places."""
    ids = places["place_id"]
    opened, closed, never = (
        ids.isin(named).to_numpy() for named in (levers.must_open, levers.must_close, levers.forbidden)
    )
    first = float(levers.from_period)
    open_from = np.where(opened, first, places["open_from"].to_numpy(float))
    closed_from = np.where(closed, first, np.where(never, 1.0, places["closed_from"].to_numpy(float)))
    open_from[closed | never] = np.nan
    closed_from[opened] = np.nan
    types = {"open_from": places["open_from"].dtype, "closed_from": places["closed_from"].dtype}
    return places.assign(open_from=open_from, closed_from=closed_from).astype(types)


def _counted(limits: pd.DataFrame, counts: Iterable[Count]) -> pd.DataFrame:
    rows = [{"group_id": c.group, "period": 0, "least": c.least, "most": c.most} for c in counts]
    if not rows:
        return limits
    kept = limits[~limits["group_id"].isin([row["group_id"] for row in rows])]
    fresh = pd.DataFrame(rows, columns=limits.columns).astype(limits.dtypes.to_dict())
    return pd.concat([kept, fresh], ignore_index=True) if len(kept) else fresh


def _gases(gases: pd.DataFrame, carbon: Carbon | None) -> pd.DataFrame:
    """Price and cap of one gas in every period; what is not given stays."""
    if carbon is None:
        return gases
    given = {
        name: value for name, value in (("price_per_t", carbon.price_per_t), ("limit_t", carbon.limit_t))
        if value is not None
    }  # fmt: skip
    mine = (gases["gas"] == carbon.gas).to_numpy()
    if not mine.any():
        row = {"gas": carbon.gas, "period": 0, "limit_t": np.nan, "price_per_t": 0.0} | given
        fresh = pd.DataFrame([row], columns=gases.columns).astype(gases.dtypes.to_dict())
        return pd.concat([gases, fresh], ignore_index=True) if len(gases) else fresh
    return gases.assign(**{name: np.where(mine, value, gases[name].to_numpy(float)) for name, value in given.items()})


def _shortened(instance: DesignInstance, farthest_km: float) -> dict[str, pd.DataFrame]:
    """Leave out ways from zones that are longer than allowed."""
    lanes, links = instance.tables["lanes"], instance.tables["links"]
    zones = instance.tables["places"].query("kind == @PlaceKind.ZONE")["place_id"]
    way = ["from_id", "to_id", "mode"]
    length = lanes[way].merge(instance.arcs.drop_duplicates(way), on=way, how="left")["distance_km"]
    far = lanes["from_id"].isin(zones).to_numpy() & (length > farthest_km).to_numpy()
    most = links["max_km"].fillna(np.inf).clip(upper=farthest_km)
    max_km = links["max_km"].where(links["from_kind"] != PlaceKind.ZONE, most)
    return {"lanes": lanes[~far], "links": links.assign(max_km=max_km)}
