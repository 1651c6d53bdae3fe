"""Goods of the design samples: what arises where, how it is sorted and treated, what it brings, moves and emits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour import facts

if TYPE_CHECKING:
    from retour.samples.design import Scale
    from retour.samples.design_places import DrawnPlaces

FloatArray = NDArray[np.float64]
RETURNS, RECYCLATE, WASTE, SORT = "returns", "recyclate", "waste", "sort"
CLASSES = ("apparel", "shoes", "small_electronics", "small_appliances", "toys", "power_tools")
GROWTH = 1.04
GRADES = ["A", "B", "C", "D", "E"]
REFURBISHED_MARGIN = 0.10  # of the sales value, once sold again: planning assumption
RECYCLATE_EUR_PER_T, WASTE_EUR_PER_T, CARBON_EUR_PER_T = 120.0, 160.0, 100.0
SORT_EUR_PER_T = 330.0  # 0.40 EUR a parcel of 1.2 kg
POINT_EUR_PER_T = {"RELAYS": 290.0, "LOCKERS": 70.0, "HOME": 0.0}  # 0.35 and 0.08 EUR a parcel
TRANSPORT = (("CUSTOMER", 210.0, 0.0), ("HOME", 0.0, 5500.0), ("VAN", 2.2, 240.0))
LINEHAUL = ("TRUCK", 0.14, 12.0)
EMISSIONS = (("CUSTOMER", 0.016), ("VAN", 0.0011))
LINEHAUL_EMISSIONS = ("TRUCK", 0.00018)
TREATING = {"gas": "CO2e", "t_per_t": 0.05}
CLASSES_PER_SITE = 0.5


@dataclass(frozen=True)
class Goods:
    """Product classes: ids, share of the tonnes that arise, value in EUR per tonne, and odds of grades (classes, 5)."""

    ids: tuple[str, ...]
    share: FloatArray
    value_per_t: FloatArray
    odds: FloatArray


def class_goods(count: int) -> Goods:
    """Return the first `count` classes of the samples, from the facts; grades as of goods that were tried."""
    known = facts.classes().loc[list(CLASSES[:count])]
    weight = known["share"].to_numpy(float) * known["weight_kg_median"].to_numpy(float)
    odds = facts.grade_odds().groupby(["class_id", "grade"])["probability"].mean().unstack()[GRADES]
    value = known["value_eur_median"].to_numpy(float) / known["weight_kg_median"].to_numpy(float) * 1000
    return Goods(CLASSES[:count], weight / weight.sum(), value, odds.loc[list(CLASSES[:count])].to_numpy(float))


def goods_tables(rng: np.random.Generator, places: DrawnPlaces, scale: Scale, goods: Goods) -> dict[str, pd.DataFrame]:
    """Return products, supply, processes, recipes, sales, disposal, transport, emissions and gases."""
    return {
        "products": _products(goods), "supply": _supply(rng, places, scale), "recipes": _recipes(goods),
        "processes": _processes(rng, places, goods), "sales": _sales(places, goods),
        "disposal": places.of("SITE")[["place_id"]].assign(product_id=WASTE, cost_per_t=WASTE_EUR_PER_T),
        "transport": _transport(goods), "transport_emissions": _emissions(goods),
        "gases": pd.DataFrame({"gas": ["CO2e"], "price_per_t": [CARBON_EUR_PER_T]}),
        "process_emissions": pd.DataFrame({"process_id": [f"treat {c}" for c in goods.ids]}).assign(**TREATING),
    }  # fmt: skip


def sold_products(goods: Goods) -> list[str]:
    """Return what leaves the sites for markets."""
    return [*(f"{c} restocked" for c in goods.ids), *(f"{c} refurbished" for c in goods.ids), RECYCLATE]


def _products(goods: Goods) -> pd.DataFrame:
    rows: list[tuple[str, str | None, str | None]] = [(RETURNS, None, None), *((c, c, None) for c in goods.ids)]
    rows += [(f"{c} restocked", c, "RESTOCK") for c in goods.ids]
    rows += [(f"{c} refurbished", c, "REFURBISH") for c in goods.ids]
    return pd.DataFrame(
        [*rows, (RECYCLATE, None, "RECYCLE"), (WASTE, None, "DISPOSE")], columns=["product_id", "class_id", "outcome"]
    )


def _supply(rng: np.random.Generator, places: DrawnPlaces, scale: Scale) -> pd.DataFrame:
    """Return what arises: by residents, growing every year, zone by zone a little differently."""
    zones = places.of("ZONE")
    in_town = np.bincount(zones["town"], minlength=len(places.population))
    weight = places.population[zones["town"]] / in_town[zones["town"]] * rng.uniform(0.7, 1.3, len(zones))
    first = scale.tonnes * weight / weight.sum()
    years = np.arange(scale.years)
    amounts = first[:, None] * GROWTH**years * rng.uniform(0.95, 1.05, (len(zones), scale.years))
    return pd.DataFrame({
        "place_id": np.repeat(zones["place_id"].to_numpy(object), scale.years), "product_id": RETURNS,
        "period": np.tile(years + 1, len(zones)), "amount_t": amounts.ravel().round(3),
    })  # fmt: skip


def _recipes(goods: Goods) -> pd.DataFrame:
    """Return how points pass returns on, hubs sort them by class, and sites grade and treat each class."""
    rows = [("accept", "INPUT", RETURNS, 1.0), ("accept", "OUTPUT", RETURNS, 1.0), (SORT, "INPUT", RETURNS, 1.0)]
    shares = goods.share.round(6)
    shares[-1] = 1 - shares[:-1].sum()
    rows += [(SORT, "OUTPUT", c, s) for c, s in zip(goods.ids, shares, strict=True)]
    for c, (a, b, worn, parts, scrap) in zip(goods.ids, goods.odds, strict=True):
        yields = {f"{c} restocked": a + 0.5 * b, f"{c} refurbished": 0.5 * b + 0.8 * worn,
                  RECYCLATE: 0.2 * worn + parts + 0.5 * scrap, WASTE: 0.5 * scrap}  # fmt: skip
        rows.append((f"treat {c}", "INPUT", c, 1.0))
        rows += [(f"treat {c}", "OUTPUT", product, round(float(y), 6)) for product, y in yields.items()]
    return pd.DataFrame(rows, columns=["process_id", "role", "product_id", "t_per_t"])


def _processes(rng: np.random.Generator, places: DrawnPlaces, goods: Goods) -> pd.DataFrame:
    """Return who does what: every point accepts, every hub sorts, every site treats some classes, the first two all."""
    points = places.of("POINT")
    cost = points["group_id"].map(POINT_EUR_PER_T)
    rows: list[tuple[str, str, float]] = [("accept", p, c) for p, c in zip(points["place_id"], cost, strict=True)]
    rows += [(SORT, h, SORT_EUR_PER_T) for h in places.of("HUB")["place_id"]]
    for number, site in enumerate(places.of("SITE")["place_id"]):
        able = (rng.random(len(goods.ids)) < CLASSES_PER_SITE) | (number < 2)
        able[rng.integers(len(goods.ids))] = True
        rows += [
            (f"treat {c}", site, round(rng.uniform(500, 1100))) for c, can in zip(goods.ids, able, strict=True) if can
        ]
    return pd.DataFrame(rows, columns=["process_id", "place_id", "variable_cost_per_t"])


def _sales(places: DrawnPlaces, goods: Goods) -> pd.DataFrame:
    """Return what markets pay: what is restocked was never sold, refurbished goods bring a margin, recyclate little."""
    price = [*np.zeros(len(goods.ids)), *(REFURBISHED_MARGIN * goods.value_per_t).round(), RECYCLATE_EUR_PER_T]
    each = pd.DataFrame({"product_id": sold_products(goods), "price_per_t": price})
    return places.of("MARKET")[["place_id"]].merge(each, how="cross")


def _transport(goods: Goods) -> pd.DataFrame:
    rows = [(RETURNS, *means) for means in TRANSPORT]
    rows += [(product, *LINEHAUL) for product in (*goods.ids, *sold_products(goods))]
    return pd.DataFrame(rows, columns=["product_id", "mode", "cost_per_km_t", "cost_per_t"])


def _emissions(goods: Goods) -> pd.DataFrame:
    rows = [(RETURNS, *means) for means in EMISSIONS]
    rows += [(product, *LINEHAUL_EMISSIONS) for product in (*goods.ids, *sold_products(goods))]
    return pd.DataFrame(rows, columns=["product_id", "mode", "t_per_km_t"]).assign(gas="CO2e")
