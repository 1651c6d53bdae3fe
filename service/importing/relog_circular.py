"""RELOG's circular format (0.8): centres that sell and take back, plants with a mix of inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from retour.vocabulary import PlaceKind
from service.importing.relog_places import (
    CIRCULAR_RULES,
    add_lanes,
    add_periods,
    add_plant,
    add_products,
    add_sizes,
    shown_coordinates,
)
from service.importing.relog_reading import RelogReader

UNLIMITED = np.nan
DIGITS = 3
PERCENT = 100


def circular_tables(reader: RelogReader) -> dict[str, pd.DataFrame]:
    """Return the tables of a design network; defects are noted in the reader."""
    reader.metric()
    add_periods(reader)
    add_products(reader)
    _product_limits(reader)
    _gases(reader)
    centres, plants = reader.section("centers"), reader.section("plants")
    for name in centres.keys() & plants.keys():
        reader.complain(f"plants / {name}", "is the name of a centre too; give the plant another name")
    for name, centre in centres.items():
        _add_centre(reader, name, centre)
    for name, plant in plants.items():
        _add_plant(reader, name, plant)
    reader.refuse_if_wrong()
    positions = {n: reader.position(p, n) for n, p in {**centres, **plants}.items()}
    return add_lanes(reader, positions, digits=DIGITS, to_itself=centres)


def _product_limits(reader: RelogReader) -> None:
    for name, product in reader.section("products").items():
        if product.get("disposal limit (tonne)") is not None:
            path = f"products / {name} / disposal limit (tonne)"
            limit = reader.series(product["disposal limit (tonne)"], path, missing=UNLIMITED)
            reader.add_over_years("product_limits", {"product_id": name}, {"disposal_limit_t": limit})


def _gases(reader: RelogReader) -> None:
    for gas, rules in reader.section("emissions").items():
        figures = {
            "limit_t": reader.series(rules.get("limit (tonne)"), f"emissions / {gas} / limit", missing=UNLIMITED),
            "price_per_t": reader.series(rules.get("penalty ($/tonne)"), f"emissions / {gas} / penalty"),
        }
        reader.add_over_years("gases", {"gas": gas}, figures)


def _add_centre(reader: RelogReader, name: str, centre: Mapping[str, Any]) -> None:
    path, outputs = f"centers / {name}", centre.get("outputs") or []
    kind = PlaceKind.POINT if outputs else PlaceKind.MARKET
    reader.add("places", place_id=name, kind=kind, **shown_coordinates(*reader.position(centre, path)))
    operating = reader.series(centre.get("operating cost ($)"), f"{path} / operating cost ($)")
    reader.add_over_years("place_costs", {"place_id": name}, {"operating_cost": operating})
    sold = centre.get("input")
    if sold is not None and reader.product(sold, f"{path} / input"):
        revenue = reader.series(centre.get("revenue ($/tonne)"), f"{path} / revenue ($/tonne)")
        reader.add_over_years("sales", {"place_id": name, "product_id": sold}, {"price_per_t": revenue})
    for product in outputs:
        if reader.product(product, f"{path} / outputs"):
            _add_collected(reader, name, centre, product, sold)


def _add_collected(reader: RelogReader, name: str, centre: Mapping[str, Any], product: str, sold: str | None) -> None:
    """Add what a centre collects of a product: a fixed amount, what comes back of sales, and how it may end there."""

    def figures(key: str, missing: float = 0.0) -> list[float]:
        return reader.series(_of(centre, key, product), f"centers / {name} / {key} / {product}", missing=missing)

    keys = {"place_id": name, "product_id": product}
    fixed, cost = figures("fixed output (tonne)"), figures("collection cost ($/tonne)")
    reader.add_over_years("supply", keys, {"amount_t": fixed, "cost_per_t": cost})
    disposal = {
        "cost_per_t": figures("disposal cost ($/tonne)"),
        "limit_t": figures("disposal limit (tonne)", UNLIMITED),
    }
    reader.add_over_years("disposal", keys, disposal)
    if sold is None:
        return
    path = f"centers / {name} / variable output (tonne/tonne) / {product}"
    rates = reader.series(_of(centre, "variable output (tonne/tonne)", product), path, length=reader.years)
    for age, share in enumerate(rates[: reader.years]):
        if share != 0:
            reader.add("return_curves", place_id=name, sold_product_id=sold, product_id=product, age=age, share=share)


def _add_plant(reader: RelogReader, name: str, plant: Mapping[str, Any]) -> None:
    path = f"plants / {name}"
    add_plant(reader, name, plant, path, rules=CIRCULAR_RULES)
    sizes = [(reader.number(c.get("size (tonne)"), f"{path} / capacities"), c) for c in plant.get("capacities") or []]
    add_sizes(reader, name, sizes, f"{path} / capacities", alike=False)
    for product, share in (plant.get("input mix (%)") or {}).items():
        if reader.product(product, f"{path} / input mix (%)"):
            _add_input(reader, name, plant, product, share)
    for product, yields in (plant.get("output (tonne)") or {}).items():
        if reader.product(product, f"{path} / output (tonne)"):
            _add_output(reader, name, plant, product, yields)
    for gas, factor in (plant.get("processing emissions (tonne)") or {}).items():
        factors = reader.series(factor, f"{path} / processing emissions / {gas}")
        reader.add_over_years("process_emissions", {"process_id": name, "gas": gas}, {"t_per_t": factors})


def _add_input(reader: RelogReader, name: str, plant: Mapping[str, Any], product: str, share: Any) -> None:
    path = f"plants / {name}"
    shares = [x / PERCENT for x in reader.series(share, f"{path} / input mix (%) / {product}")]
    keys = {"process_id": name, "role": "INPUT", "product_id": product}
    reader.add_over_years("recipes", keys, {"t_per_t": shares})
    cost, limit = "storage cost ($/tonne)", "storage limit (tonne)"
    figures = {
        "cost_per_t": reader.series(_of(plant, cost, product), f"{path} / {cost} / {product}"),
        "limit_t": reader.series(_of(plant, limit, product), f"{path} / {limit} / {product}", missing=UNLIMITED),
    }
    stored = {"place_id": name, "product_id": product, "while_closed": True}
    reader.add_over_years("storage", stored, figures)


def _add_output(reader: RelogReader, name: str, plant: Mapping[str, Any], product: str, yields: Any) -> None:
    path = f"plants / {name}"
    keys = {"process_id": name, "role": "OUTPUT", "product_id": product}
    reader.add_over_years("recipes", keys, {"t_per_t": reader.series(yields, f"{path} / output (tonne) / {product}")})
    cost, limit = "disposal cost ($/tonne)", "disposal limit (tonne)"
    figures = {
        "cost_per_t": reader.series(_of(plant, cost, product), f"{path} / {cost} / {product}"),
        "limit_t": reader.series(_of(plant, limit, product), f"{path} / {limit} / {product}", missing=UNLIMITED),
    }
    reader.add_over_years("disposal", {"place_id": name, "product_id": product}, figures)


def _of(place: Mapping[str, Any], key: str, product: str) -> Any:
    """Return what is said of a product; None where nothing is."""
    return (place.get(key) or {}).get(product)
