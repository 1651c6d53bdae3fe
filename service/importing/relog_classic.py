"""RELOG's classic format (0.1 to 0.7): initial amounts at collection centres, plants with one input each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from retour.vocabulary import CountedWhere, PlaceKind
from service.importing.relog_places import (
    CLASSIC_RULES,
    add_lanes,
    add_periods,
    add_plant,
    add_products,
    add_sizes,
    shown_coordinates,
)
from service.importing.relog_reading import RelogReader

UNLIMITED = np.nan
DIGITS = 2  # releases up to 0.5


def classic_tables(reader: RelogReader) -> dict[str, pd.DataFrame]:
    """Return the tables of a design network; defects are noted in the reader."""
    reader.metric()
    add_periods(reader)
    add_products(reader)
    positions: dict[str, tuple[float, float]] = {}
    for place_id, product, centre in _centres(reader):
        positions[place_id] = _add_centre(reader, place_id, product, centre)
    for place_id, plant, location, path in _plants(reader):
        positions[place_id] = _add_plant(reader, place_id, plant, location, path)
    reader.refuse_if_wrong()
    return add_lanes(reader, positions, digits=DIGITS, to_itself=())


def _centres(reader: RelogReader) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield place, product and description of every initial amount; a centre of several products is several places."""
    amounts = {p: d.get("initial amounts") or {} for p, d in reader.section("products").items()}
    times = Counter(name for centres in amounts.values() for name in centres)
    for product, centres in amounts.items():
        for name, centre in centres.items():
            yield (name if times[name] == 1 else f"{name} ({product})"), product, centre


def _plants(reader: RelogReader) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any], str]]:
    """Yield place, plant, location and path of every place where a plant may stand."""
    for name, plant in reader.section("plants").items():
        if reader.product(plant.get("input"), f"plants / {name} / input"):
            for place, location in (plant.get("locations") or {}).items():
                yield f"{name} ({place})", plant, location, f"plants / {name} / locations / {place}"


def _add_centre(reader: RelogReader, place_id: str, product: str, centre: Mapping[str, Any]) -> tuple[float, float]:
    path, described = f"products / {product} / initial amounts / {place_id}", reader.section("products")[product]
    position = reader.position(centre, path)
    reader.add("places", place_id=place_id, kind=PlaceKind.POINT, **shown_coordinates(*position))
    keys = {"place_id": place_id, "product_id": product}
    figures = {
        "amount_t": reader.series(centre.get("amount (tonne)"), f"{path} / amount (tonne)"),
        "cost_per_t": reader.series(described.get("acquisition cost ($/tonne)"), f"products / {product}"),
    }
    reader.add_over_years("supply", keys, figures)
    if "disposal limit (tonne)" in described:  # without one, everything must be processed
        cost = reader.series(described.get("disposal cost ($/tonne)"), f"products / {product} / disposal cost")
        reader.add_over_years("disposal", keys, {"cost_per_t": cost, "limit_t": [UNLIMITED] * reader.years})
        _limit_once(reader, product, described)
    return position


def _limit_once(reader: RelogReader, product: str, described: Mapping[str, Any]) -> None:
    """Add the limit on what all centres dispose of together."""
    if any(row["product_id"] == product for row in reader.rows("product_limits")):
        return
    path = f"products / {product} / disposal limit (tonne)"
    limit = reader.series(described["disposal limit (tonne)"], path, missing=UNLIMITED)
    keys = {"product_id": product, "counted": CountedWhere.WHERE_IT_ARISES}
    reader.add_over_years("product_limits", keys, {"disposal_limit_t": limit})


def _add_plant(
    reader: RelogReader, place_id: str, plant: Mapping[str, Any], location: Mapping[str, Any], path: str
) -> tuple[float, float]:
    add_plant(reader, place_id, location, path, rules=CLASSIC_RULES)
    sizes = location.get("capacities (tonne)") or {}
    sized = [(_size(reader, size, path), costs) for size, costs in sizes.items()]
    add_sizes(reader, place_id, sized, f"{path} / capacities (tonne)", alike=True)
    reader.add("recipes", process_id=place_id, role="INPUT", product_id=plant["input"], period=0, t_per_t=1.0)
    for product, yields in (plant.get("outputs (tonne/tonne)") or {}).items():
        if reader.product(product, f"{path} / outputs") and yields != 0:
            keys = {"process_id": place_id, "role": "OUTPUT", "product_id": product}
            reader.add_over_years("recipes", keys, {"t_per_t": reader.series(yields, f"{path} / outputs / {product}")})
    for gas, factor in (plant.get("emissions (tonne/tonne)") or {}).items():
        factors = reader.series(factor, f"{path} / emissions / {gas}")
        reader.add_over_years("process_emissions", {"process_id": place_id, "gas": gas}, {"t_per_t": factors})
    _add_disposal(reader, place_id, location, path)
    _add_storage(reader, place_id, str(plant["input"]), location, path)
    return reader.position(location, path)


def _size(reader: RelogReader, text: str, path: str) -> float:
    try:
        return float(text)
    except ValueError:
        return reader.number(text, f"{path} / capacities (tonne)")


def _add_disposal(reader: RelogReader, place_id: str, location: Mapping[str, Any], path: str) -> None:
    for product, rules in (location.get("disposal") or {}).items():
        if reader.product(product, f"{path} / disposal"):
            here = f"{path} / disposal / {product}"
            figures = {
                "cost_per_t": reader.series(rules.get("cost ($/tonne)"), f"{here} / cost ($/tonne)"),
                "limit_t": reader.series(rules.get("limit (tonne)"), f"{here} / limit (tonne)", missing=UNLIMITED),
            }
            reader.add_over_years("disposal", {"place_id": place_id, "product_id": product}, figures)


def _add_storage(reader: RelogReader, place_id: str, product: str, location: Mapping[str, Any], path: str) -> None:
    rules = location.get("storage")
    if rules is not None:
        figures = {
            "cost_per_t": reader.series(rules.get("cost ($/tonne)"), f"{path} / storage / cost ($/tonne)"),
            "limit_t": reader.series(rules.get("limit (tonne)"), f"{path} / storage / limit", missing=UNLIMITED),
        }
        reader.add_over_years("storage", {"place_id": place_id, "product_id": product}, figures)
