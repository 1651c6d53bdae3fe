"""Seeded design networks: small, solved at once; France, as large as a real study; one of service and time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd

from retour.design import DesignSettings
from retour.gate.design import write_design
from retour.samples.design_goods import Goods, class_goods, goods_tables
from retour.samples.design_places import drawn_places, place_tables
from retour.samples.design_service import with_service

DesignSize = Literal["small", "france", "service"]
DESIGN_SIZES: tuple[DesignSize, ...] = get_args(DesignSize)


@dataclass(frozen=True)
class Scale:
    """How much of everything there is; `tonnes` of returns arise in the first year; `timed` with service and time."""

    zones: int
    points: int
    hubs: int
    sites: int
    markets: int
    classes: int
    years: int
    tonnes: float
    towns: int
    timed: bool = False


SCALES: dict[str, Scale] = {
    "small": Scale(zones=12, points=10, hubs=3, sites=4, markets=2, classes=2, years=3, tonnes=60, towns=6),
    "france": Scale(zones=800, points=2000, hubs=60, sites=30, markets=8, classes=6, years=5, tonnes=7200, towns=194),
    "service": Scale(
        zones=16, points=28, hubs=3, sites=3, markets=2, classes=6, years=2, tonnes=280, towns=4, timed=True
    ),
}  # fmt: skip
SCENARIOS = (
    ("base", "As expected", 0.4, 1.0, 1.0, 1.0, 1.0),
    ("growth", "Online sales grow faster", 0.2, 1.25, 1.0, 1.0, 1.0),
    ("slump", "Fewer returns, poorer second-hand market", 0.15, 0.8, 1.0, 0.75, 1.0),
    ("fuel", "Transport a third dearer", 0.15, 1.0, 1.33, 1.0, 1.0),
    ("carbon", "Carbon at three times its price", 0.1, 1.0, 1.1, 1.0, 3.0),
)


def design_sample(size: DesignSize, *, seed: int) -> tuple[dict[str, pd.DataFrame], DesignSettings]:
    """Return the tables and settings of a sample; the same arguments give the same network.

    Returns arise in zones around towns, are handed over at collection points (relays and lockers that grow by columns),
    sorted by class at hubs, treated at sites, our own or third parties', and what is recovered goes to markets. Rates
    are those of `retour.facts` per tonne of returns, or planning assumptions. In `service` people come only where a
    point is near, goods lose value, and hubs may grade at once. ValueError for an unknown size.
    """
    if size not in SCALES:
        raise ValueError(f"unknown size {size!r}; must be one of {', '.join(DESIGN_SIZES)}")
    scale, rng = SCALES[size], np.random.default_rng(seed)
    goods = class_goods(scale.classes)
    places = drawn_places(rng, scale)
    tables = {
        "periods": _periods(scale), **place_tables(rng, places, scale), **goods_tables(rng, places, scale, goods),
        "scenarios": pd.DataFrame(SCENARIOS, columns=_SCENARIO_COLUMNS),
    }  # fmt: skip
    return with_service(tables, goods) if scale.timed else tables, _settings(size, goods)


def write_design_sample(size: DesignSize, out: Path | str, *, seed: int) -> Path:
    """Write a sample to the new or empty folder `out` and return it."""
    tables, settings = design_sample(size, seed=seed)
    return write_design(tables, settings, out)


_SCENARIO_COLUMNS = [
    "scenario_id", "name", "probability", "supply_factor", "transport_factor", "sales_factor", "emission_price_factor",
]  # fmt: skip


def _periods(scale: Scale) -> pd.DataFrame:
    years = np.arange(1, scale.years + 1)
    return pd.DataFrame({"period": years, "name": [str(2026 + y) for y in years]})


def _settings(size: str, goods: Goods) -> DesignSettings:
    where = "mainland France" if size == "france" else "six French towns"
    return DesignSettings(
        name=f"design-{size}", discount_rate=0.05, circuity=1.3,
        description=f"Returns of {len(goods.ids)} product classes in {where}: invented, but for towns and rates.",
        attribution="Towns and populations: INSEE; everything else is invented.",
    )  # fmt: skip
