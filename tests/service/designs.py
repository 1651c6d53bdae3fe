"""The network worked out by hand in tests/network_design, on the map, designed and stored."""

from pathlib import Path

from service.designing import AskedDesign, design_to_run
from service.designing_store import DesignRun
from tests.network_design.conftest import loaded, small_tables

PLACED = {"lat": [48.0, 48.2, 48.4, 48.6], "lon": [2.0, 2.2, 2.4, 2.6]}


def small_design(folder: Path, *, placed: bool = True, seed: int = 1, **settings: object) -> DesignRun:
    """Design the small network in which far F is the best site; its places have coordinates if `placed`."""
    tables = small_tables()
    if placed:
        tables["places"] = tables["places"].assign(**PLACED)
    loaded(tables, folder, **settings)
    return design_to_run(AskedDesign(folder / "network", seed, 20.0), root=folder / "runs")
