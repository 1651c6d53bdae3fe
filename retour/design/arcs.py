"""Which product may take which way: lanes and links joined with what places give and take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from retour.travel import great_circle_m, great_circles_m
from retour.vocabulary import Role

Tables = Mapping[str, pd.DataFrame]
WAY = ["from_id", "to_id", "mode"]
ARC = [*WAY, "product_id"]
OF_LANES = ["distance_km", "cost_per_t", "capacity_t", "days"]
ROWS_AT_ONCE = 500


def arcs_of(tables: Tables, *, circuity: float) -> pd.DataFrame:
    """Return from_id, to_id, mode, product_id, distance_km, cost_per_t, capacity_t, days, sorted by the first four."""
    ways = ways_of(tables, circuity=circuity)
    gives, takes = given(tables), taken(tables)
    arcs = ways.merge(gives.rename(columns={"place_id": "from_id"}), on="from_id")
    arcs = arcs.merge(takes.rename(columns={"place_id": "to_id"}), on=["to_id", "product_id"])
    columns = [*ARC, *OF_LANES]
    return arcs.sort_values(ARC, kind="stable", ignore_index=True)[columns]


def given(tables: Tables) -> pd.DataFrame:
    """Return place_id and product_id of what arises or is produced where, sorted."""
    produced = _of_processes(tables, Role.OUTPUT)
    pairs = [tables["supply"], tables["return_curves"], produced]
    return _pairs(pairs)


def taken(tables: Tables) -> pd.DataFrame:
    """Return place_id and product_id of what is processed or sold where, sorted."""
    return _pairs([_of_processes(tables, Role.INPUT), tables["sales"]])


def ways_of(tables: Tables, *, circuity: float) -> pd.DataFrame:
    """Return from_id, to_id, mode, distance_km, cost_per_t, capacity_t and days (empty: as their mode says) of lanes,
    and of links where no lane stands."""
    places = tables["places"].set_index("place_id")
    lanes = tables["lanes"][[*WAY, *OF_LANES]]
    ends = [places.loc[lanes[end], ["lat", "lon"]].to_numpy(float) for end in ("from_id", "to_id")]
    air_km = great_circle_m(ends[0][:, 0], ends[0][:, 1], ends[1][:, 0], ends[1][:, 1]) / 1000
    lanes = lanes.assign(distance_km=lanes["distance_km"].fillna(pd.Series(air_km * circuity, index=lanes.index)))
    linked = [_linked(tables, places, link, circuity) for link in tables["links"].itertuples()]
    ways = pd.concat([lanes, *linked], ignore_index=True)
    return ways.drop_duplicates(WAY, keep="first")


def _of_processes(tables: Tables, role: Role) -> pd.DataFrame:
    recipes = tables["recipes"]
    of_role = recipes.loc[recipes["role"] == role, ["process_id", "product_id"]].drop_duplicates()
    return tables["processes"][["process_id", "place_id"]].drop_duplicates().merge(of_role, on="process_id")


def _pairs(frames: list[pd.DataFrame]) -> pd.DataFrame:
    both = pd.concat([f[["place_id", "product_id"]] for f in frames], ignore_index=True)
    return both.drop_duplicates().sort_values(["place_id", "product_id"], kind="stable", ignore_index=True)


def _linked(tables: Tables, places: pd.DataFrame, link: Any, circuity: float) -> pd.DataFrame:
    """Return the ways of one link: its origins to their nearest destinations that take something they give."""
    kind = places["kind"]
    origins = places[(kind == link.from_kind).to_numpy() & places.index.isin(given(tables)["place_id"])]
    targets = places[(kind == link.to_kind).to_numpy() & places.index.isin(taken(tables)["place_id"])]
    met = _meeting(tables, origins.index, targets.index)
    nearest = len(targets) if pd.isna(link.nearest) else int(link.nearest)
    max_km = np.inf if pd.isna(link.max_km) else float(link.max_km)
    found = []
    for start in range(0, len(origins), ROWS_AT_ONCE):
        some = origins.iloc[start : start + ROWS_AT_ONCE]
        km = _road_km(some, targets, circuity)
        km[~met[start : start + ROWS_AT_ONCE]] = np.inf
        found.append(_nearest(some.index, targets.index, km, nearest=nearest, max_km=max_km))
    ways = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["from_id", "to_id", "distance_km"])
    return ways.assign(mode=link.mode, cost_per_t=0.0, capacity_t=np.nan, days=np.nan)


def _meeting(tables: Tables, origins: pd.Index, targets: pd.Index) -> np.ndarray:
    """Say which origin gives something that which target takes, shape (origins, targets)."""
    products = pd.Index(tables["products"]["product_id"])
    gives = _incidence(given(tables), origins, products)
    takes = _incidence(taken(tables), targets, products)
    met: np.ndarray = gives @ takes.T > 0
    return met & (np.asarray(origins)[:, None] != np.asarray(targets)[None, :])


def _incidence(pairs: pd.DataFrame, places: pd.Index, products: pd.Index) -> np.ndarray:
    own = pairs[pairs["place_id"].isin(places)]
    table = np.zeros((len(places), len(products)), dtype=np.float32)
    table[places.get_indexer(own["place_id"]), products.get_indexer(own["product_id"])] = 1
    return table


def _road_km(origins: pd.DataFrame, targets: pd.DataFrame, circuity: float) -> np.ndarray:
    metres = great_circles_m(
        origins["lat"].to_numpy(float), origins["lon"].to_numpy(float),
        targets["lat"].to_numpy(float), targets["lon"].to_numpy(float),
    )  # fmt: skip
    return metres / 1000 * circuity


def _nearest(origins: pd.Index, targets: pd.Index, km: np.ndarray, *, nearest: int, max_km: float) -> pd.DataFrame:
    order = np.argsort(km, axis=1, kind="stable")[:, :nearest]
    rows = np.repeat(np.arange(len(origins)), order.shape[1])
    columns = order.ravel()
    near = km[rows, columns] <= min(max_km, np.finfo(float).max)
    rows, columns = rows[near], columns[near]
    return pd.DataFrame({"from_id": origins[rows], "to_id": targets[columns], "distance_km": km[rows, columns]})
