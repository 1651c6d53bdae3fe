"""A network small enough to be worked out by hand, and where RELOG's instances lie when they are at hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from retour.design import DesignInstance, DesignSettings
from retour.gate.design import load_design, write_design
from retour.samples import design

MIDDLE = design.Scale(
    zones=60, points=160, hubs=6, sites=6, markets=3, classes=2, years=2, tonnes=540, towns=30
)  # fmt: skip
RELOG = Path(__file__).resolve().parents[3] / "shared" / "benchmarks" / "relog"


@pytest.fixture(scope="session")
def middle(tmp_path_factory) -> DesignInstance:
    """Return a network with just so many points that they count as small ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(design.SCALES, "middle", MIDDLE)
        tables, settings = design.design_sample("middle", seed=3)
    return load_design(write_design(tables, settings, tmp_path_factory.mktemp("designs") / "middle"))


def rows(columns: str, *values: tuple) -> pd.DataFrame:
    """Return a table of the named columns."""
    return pd.DataFrame(list(values), columns=columns.split())


def small_tables() -> dict[str, pd.DataFrame]:
    """Return two years of a zone that gives 10 t of returns, two sites that may treat them, and a landfill fee.

    The near site N (50 km) has one size of 10 t; the far site F (100 km) two, of 5 t and 20 t. Half of what is
    treated is sold by the market M at 100 a tonne, the other half is disposed of on the spot for 10 a tonne.
    """
    return {
        "periods": rows("period", (1,), (2,)),
        "products": rows("product_id", ("returns",), ("metal",), ("waste",)),
        "places": rows(
            "place_id kind status initial_size_t",
            ("Z", "ZONE", "ALWAYS", None),
            ("N", "SITE", "CANDIDATE", None),
            ("F", "SITE", "CANDIDATE", None),
            ("M", "MARKET", "ALWAYS", None),
        ),
        "capacities": rows(
            "place_id size_t opening_cost fixed_cost", ("N", 10, 300, 20), ("F", 5, 100, 5), ("F", 20, 160, 10)
        ),
        "processes": rows("process_id place_id variable_cost_per_t", ("treat", "N", 2), ("treat", "F", 3)),
        "recipes": rows(
            "process_id role product_id t_per_t",
            ("treat", "INPUT", "returns", 1),
            ("treat", "OUTPUT", "metal", 0.5),
            ("treat", "OUTPUT", "waste", 0.5),
        ),
        "supply": rows("place_id product_id amount_t cost_per_t", ("Z", "returns", 10, 1)),
        "sales": rows("place_id product_id price_per_t", ("M", "metal", 100)),
        "disposal": rows("place_id product_id cost_per_t", ("N", "waste", 10), ("F", "waste", 10)),
        "lanes": rows(
            "from_id to_id distance_km", ("Z", "N", 50), ("Z", "F", 100), ("N", "M", 10), ("F", "M", 10)
        ),
        "transport": rows("product_id cost_per_km_t", ("returns", 0.1), ("metal", 0.2)),
        "transport_emissions": rows("product_id gas t_per_km_t", ("returns", "CO2e", 0.001)),
    }  # fmt: skip


def loaded(tables: dict[str, pd.DataFrame], folder: Path, **settings: object) -> DesignInstance:
    """Return tables as the gate leaves them."""
    return load_design(write_design(tables, DesignSettings(**{"name": "small", **settings}), folder / "network"))


@pytest.fixture
def small(tmp_path: Path) -> DesignInstance:
    """The network of `small_tables` behind the gate."""
    return loaded(small_tables(), tmp_path)


@pytest.fixture
def relog_file():
    """Return the path of one of RELOG's instances; skip where they are not at hand."""

    def find(name: str) -> Path:
        path = RELOG / name
        if not path.is_file():
            pytest.skip(f"{path} is not at hand: RELOG's instances are not part of the project")
        return path

    return find
