"""What both formats of RELOG share: periods, products, plants' sizes, and straight distances between places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from retour.design.arcs import given, taken
from retour.tables.design import DESIGN_TABLES
from retour.vocabulary import PlaceKind, PlaceStatus, Shrinking, Sizing, VariableOn
from service.importing.relog_reading import RelogReader

EQUATOR_M, FLATTENING = 6_378_137.0, 1 / 298.257223563  # WGS84
SIZES = 2
OPENING, FIXED, VARIABLE = (
    "opening cost ($)", "fixed operating cost ($)", "variable operating cost ($/tonne)",
)  # fmt: skip


def add_periods(reader: RelogReader) -> None:
    """Add the years, with those in which plants may open."""
    allowed = reader.building_period()
    for year in range(1, reader.years + 1):
        reader.add("periods", period=year, name=f"Year {year}", opening_allowed=year in allowed)


def add_products(reader: RelogReader) -> None:
    """Add products with what it costs and emits to move them."""
    for name, product in reader.section("products").items():
        path = f"products / {name}"
        reader.add("products", product_id=name)
        cost = reader.series(product.get("transportation cost ($/km/tonne)"), f"{path} / transportation cost")
        reader.add_over_years("transport", {"product_id": name}, {"cost_per_km_t": cost})
        emissions = product.get("transportation emissions (tonne/km/tonne)") or {}
        for gas, factor in emissions.items():
            factors = reader.series(factor, f"{path} / transportation emissions / {gas}")
            keys = {"product_id": name, "gas": gas}
            reader.add_over_years("transport_emissions", keys, {"t_per_km_t": factors})


def add_plant(
    reader: RelogReader, place_id: str, plant: Mapping[str, Any], path: str, *, rules: Mapping[str, Any]
) -> None:
    """Add a plant as a SITE that opens once and stays; `rules` are the columns in which the formats differ."""
    initial = plant.get("initial capacity (tonne)") or 0.0
    reader.add(
        "places", place_id=place_id, kind=PlaceKind.SITE, sizing=Sizing.RANGE, may_close=False, **rules,
        status=PlaceStatus.EXISTING if initial > 0 else PlaceStatus.CANDIDATE,
        initial_size_t=initial if initial > 0 else np.nan, **shown_coordinates(*reader.position(plant, path)),
    )  # fmt: skip


CIRCULAR_RULES = {"shrinking": Shrinking.RESOLD, "variable_on": VariableOn.RECEIVED}
CLASSIC_RULES = {"shrinking": Shrinking.NEVER, "variable_on": VariableOn.PROCESSED}


def add_sizes(
    reader: RelogReader, place_id: str, sizes: Iterable[tuple[float, Mapping[str, Any]]], path: str, *, alike: bool
) -> None:
    """Add a plant's one or two sizes and its process, which bears the variable cost of the smaller one.

    With `alike` the variable costs of both must be the same, as the classic format demands.
    """
    ordered = sorted(dict(sizes).items())
    if not 1 <= len(ordered) <= SIZES:
        reader.complain(path, f"holds {len(ordered)} sizes; a plant has one or two")
        return
    variable = [reader.series(costs.get(VARIABLE), f"{path} / {size:g} / {VARIABLE}") for size, costs in ordered]
    if alike and any(v != variable[0] for v in variable):
        reader.complain(path, f"{VARIABLE!r} differs between the sizes; RELOG has one for both: make them equal")
    for size, costs in ordered:
        figures = {
            "opening_cost": reader.series(costs.get(OPENING), f"{path} / {size:g} / {OPENING}"),
            "fixed_cost": reader.series(costs.get(FIXED), f"{path} / {size:g} / {FIXED}"),
        }
        reader.add_over_years("capacities", {"place_id": place_id, "size_t": size}, figures)
    keys = {"process_id": place_id, "place_id": place_id}
    reader.add_over_years("processes", keys, {"variable_cost_per_t": variable[0]})


def add_lanes(
    reader: RelogReader, positions: Mapping[str, tuple[float, float]], *, digits: int, to_itself: Iterable[str]
) -> dict[str, pd.DataFrame]:
    """Add a lane from every place to every other that takes what it gives, and return all tables.

    Distances are chords in km, rounded to `digits` decimals as the release does; `to_itself` are places that may take
    what they give themselves.
    """
    tables = complete(reader.tables())
    pairs = given(tables).merge(taken(tables), on="product_id", suffixes=("_from", "_to"))
    ends = pairs[["place_id_from", "place_id_to"]].drop_duplicates()
    own = ends["place_id_from"] == ends["place_id_to"]
    ends = ends[~own | ends["place_id_from"].isin(list(to_itself))].sort_values(["place_id_from", "place_id_to"])
    here, there = (np.array([positions[p] for p in ends[c]]).reshape(-1, 2) for c in ends)
    lanes = pd.DataFrame(
        {
            "from_id": ends["place_id_from"].to_numpy(),
            "to_id": ends["place_id_to"].to_numpy(),
            "distance_km": np.round(chord_km(here, there), digits),
        }
    )
    return {**reader.tables(), "lanes": lanes}


def complete(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return every declared table with every declared column, absent ones empty."""
    return {n: tables.get(n, pd.DataFrame()).reindex(columns=t.column_names) for n, t in DESIGN_TABLES.items()}


def chord_km(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Return straight distances through the Earth, km, between points of WGS84 in degrees (latitude, longitude)."""
    return np.linalg.norm(_on_ellipsoid(here) - _on_ellipsoid(there), axis=1) / 1000


def _on_ellipsoid(degrees: np.ndarray) -> np.ndarray:
    lat, lon = np.radians(degrees).T
    squared = FLATTENING * (2 - FLATTENING)
    normal = EQUATOR_M / np.sqrt(1 - squared * np.sin(lat) ** 2)
    x, y = normal * np.cos(lat) * np.cos(lon), normal * np.cos(lat) * np.sin(lon)
    return np.column_stack([x, y, normal * (1 - squared) * np.sin(lat)])


def shown_coordinates(lat: float, lon: float) -> dict[str, float]:
    """Return coordinates within their limits: beyond a pole is the same place on the other side of it."""
    turned = (lat + 90) % 360 - 90
    over = turned > 90
    east = lon + 180 if over else lon
    return {"lat": 180 - turned if over else turned, "lon": (east + 180) % 360 - 180}
