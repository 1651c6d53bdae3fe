"""A design as map layers: places with their fate and size by period, flows as lines; GeoPackage and GeoJSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from service.design_report_tables import flow_board, place_board
from service.designing_store import DesignRun

if TYPE_CHECKING:
    import geopandas

GEOPACKAGE = "design.gpkg"
WGS84 = "EPSG:4326"
PRECISION = 6  # decimals of a degree: a tenth of a metre


def write_layers(run: DesignRun) -> None:
    """Write `design.gpkg` (layers `places` and `flows`), `places.geojson` and `flows.geojson` into the run's folder.

    WGS 84, straight lines. Places nobody located, and flows from or to them, are left out; a layer without anything
    in it is not written.
    """
    layers = {"places": places_layer(run), "flows": flows_layer(run)}
    for name, layer in layers.items():
        if len(layer):
            layer.to_file(run.path / GEOPACKAGE, layer=name, driver="GPKG", engine="pyogrio")
            layer.to_file(
                run.path / f"{name}.geojson", driver="GeoJSON", engine="pyogrio", COORDINATE_PRECISION=PRECISION
            )


def places_layer(run: DesignRun) -> geopandas.GeoDataFrame:
    """Return the place board (`service.design_report_tables`) as points."""
    import geopandas

    board = place_board(run).dropna(subset=["lat", "lon"])
    spots = geopandas.points_from_xy(board["lon"], board["lat"])
    return geopandas.GeoDataFrame(board.drop(columns=["lat", "lon"]), geometry=spots, crs=WGS84)


def flows_layer(run: DesignRun) -> geopandas.GeoDataFrame:
    """Return the flow board as lines from origin to destination."""
    import geopandas
    import numpy as np
    import shapely

    places = place_board(run).set_index("place_id")[["lon", "lat"]]
    board = flow_board(run)
    ends = [places.reindex(board[end]).to_numpy(float) for end in ("from_id", "to_id")]
    corners = np.stack(ends, axis=1)
    known = ~np.isnan(corners).any(axis=(1, 2))
    lines = shapely.linestrings(corners[known]) if known.any() else []
    return geopandas.GeoDataFrame(pd.DataFrame(board[known]), geometry=lines, crs=WGS84)
