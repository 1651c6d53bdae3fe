"""The frame of a map without tiles: what part of the world it shows, a kilometre grid for scale, towns for place."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from retour.facts import towns_fr
from service import colours

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
TILE_PX, WIDTH_PX, HEIGHT_PX = 512, 820, 560
KM_PER_DEGREE = 111.195
GRID_KM = (1, 2, 5, 10, 20, 50, 100, 200)
MOST_MESHES = 8
MOST_TOWNS = 12
ROOM = 0.04


def town_names(box: Box) -> list[dict[str, Any]]:
    """Return the largest French towns inside (west, south, east, north); elsewhere the map goes without."""
    west, south, east, north = box
    towns = towns_fr()
    inside = towns[towns["lon"].between(west, east) & towns["lat"].between(south, north)].head(MOST_TOWNS)
    return [{"at": [t.lon, t.lat], "text": t.town} for t in inside.itertuples()]


def view(box: Box) -> dict[str, float]:
    """Return the middle and zoom that show (west, south, east, north) whole, in Web Mercator."""
    west, south, east, north = box
    high = _mercator(north) - _mercator(south)
    zooms = [
        math.log2(WIDTH_PX * 360 / (TILE_PX * (east - west))),
        math.log2(HEIGHT_PX * 2 * math.pi / (TILE_PX * high)),
    ]
    return {"longitude": (west + east) / 2, "latitude": (south + north) / 2, "zoom": round(min(zooms), 2)}


def grid_lines(box: Box) -> list[dict[str, Any]]:
    """Return the lines of a kilometre grid that reaches a map's width beyond the box."""
    step_lon, step_lat = _grid_degrees(box)
    west, south, east, north = box
    wide, high = east - west, north - south
    lons = np.arange(west - wide, east + wide + step_lon, step_lon)
    lats = np.arange(south - high, north + high + step_lat, step_lat)
    colour = colours.rgba(colours.LINE, 150)
    upright = [{"a": [x, float(lats[0])], "b": [x, float(lats[-1])], "colour": colour} for x in map(float, lons)]
    return upright + [{"a": [float(lons[0]), y], "b": [float(lons[-1]), y], "colour": colour} for y in map(float, lats)]


def grid_km(box: Box) -> int:
    """Return the mesh of the grid: the first round number of km with at most eight meshes over the box."""
    _, south, _, north = box
    return next((km for km in GRID_KM if (north - south) * KM_PER_DEGREE / km <= MOST_MESHES), GRID_KM[-1])


def _grid_degrees(box: Box) -> tuple[float, float]:
    lat = grid_km(box) / KM_PER_DEGREE
    return lat / math.cos(math.radians((box[1] + box[3]) / 2)), lat


def scale_label(box: Box) -> dict[str, Any]:
    """Return what says how wide a mesh of the grid is, in the box's south-west corner."""
    return {"at": [box[0], box[1]], "text": f" grid {grid_km(box)} km"}


def box_around(spots: pd.DataFrame) -> Box:
    """Return the box around `lat` and `lon` with a little room."""
    pad = ROOM * max(spots["lat"].max() - spots["lat"].min(), spots["lon"].max() - spots["lon"].min(), 0.01)
    return (
        float(spots["lon"].min() - pad),
        float(spots["lat"].min() - pad),
        float(spots["lon"].max() + pad),
        float(spots["lat"].max() + pad),
    )


def _mercator(lat: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
