"""The map of a design's report: places by kind and fate, ways by weight, as inline SVG without tiles."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from service import colours
from service.design_report_tables import ALWAYS, located_ways, place_board, size_words
from service.designing_store import DesignRun
from service.map_frame import Box, box_around, grid_lines, scale_label, town_names
from service.report_map import HEIGHT, WIDTH, Projection
from service.text import number

MOST_WAYS = 1500
MOST_PLACES = 3000
WIDEST_WAY = 7.0
ROOMY_PLACES = 250
SMALLEST = 0.5
KIND_COLOURS = {
    "ZONE": colours.QUIET, "POINT": colours.HOME, "HUB": colours.HUB, "SITE": colours.SITE, "MARKET": colours.GAIN,
}  # fmt: skip
KIND_WORDS = {
    "ZONE": "where returns arise", "POINT": "collection point", "HUB": "hub", "SITE": "recovery site",
    "MARKET": "market",
}  # fmt: skip
RADIUS = {"ZONE": 3.0, "POINT": 4.0, "HUB": 8.0, "SITE": 8.0, "MARKET": 6.0}


def draw_design_map(run: DesignRun) -> dict[str, Any] | None:
    """Return what the template draws: frame, grid, towns, ways, places, what was left out; None without coordinates."""
    places = place_board(run).dropna(subset=["lat", "lon"])
    if places.empty:
        return None
    ways = located_ways(run)
    shown = drawn_places(places)
    box = box_around(places)
    to = Projection.fitting(pd.Series([box[0], box[2]]), pd.Series([box[1], box[3]]))
    return {
        "width": WIDTH, "height": HEIGHT, "grid": _grid(box, to), "scale": scale_label(box)["text"].strip(),
        "towns": [{"xy": to.xy(*t["at"]), "text": t["text"]} for t in town_names(box)],
        "ways": _ways(ways.head(MOST_WAYS), to), "ways_left_out": max(0, len(ways) - MOST_WAYS),
        "places": [_place(p, to, small=dot_size(len(shown))) for p in shown.itertuples()],
        "places_left_out": len(places) - len(shown),
        "kinds": [(KIND_WORDS[k], KIND_COLOURS[k]) for k in KIND_COLOURS if k in set(shown["kind"])],
    }  # fmt: skip


def drawn_places(places: pd.DataFrame) -> pd.DataFrame:
    """Return the places a map draws, the largest kinds on top; where they are too many, those never open go first."""
    rank = places["is_open"].astype(int) * 10 + places["kind"].map(list(KIND_COLOURS).index)
    kept = places.loc[rank.sort_values(ascending=False, kind="stable").index].head(MOST_PLACES)
    return kept.iloc[::-1]


def dot_size(places: int) -> float:
    """Return by how much dots shrink in a crowd of so many places."""
    return max(SMALLEST, min(1.0, math.sqrt(ROOMY_PLACES / max(places, 1))))


def way_width(amount_t: float, most_t: float, *, widest: float = WIDEST_WAY) -> float:
    """Return how wide a way is drawn: by the root of its amount, so that small ones are still seen."""
    return round(max(0.6, widest * math.sqrt(amount_t / most_t)), 1) if most_t > 0 else 0.6


def place_says(place: Any) -> str:
    """Return what a map says of a row of the place board, below its name."""
    words = f"{KIND_WORDS[place.kind]} {place.place_id}: {place.fate}"
    sizes = [getattr(place, c) for c in place._fields if c.startswith("size_t_")]
    if place.fate == ALWAYS or not any(s and s > 0 for s in sizes):
        return words
    return f"{words}; size {size_words(sizes)} a period"


def _grid(box: Box, to: Projection) -> list[tuple[float, float, float, float]]:
    return [(*to.xy(*line["a"]), *to.xy(*line["b"])) for line in grid_lines(box)]


def _ways(ways: pd.DataFrame, to: Projection) -> list[dict[str, Any]]:
    """Draw the lightest first, so that the heaviest lie on top."""
    most_t = float(ways["amount_t"].max()) if len(ways) else 0.0
    return [
        {
            "a": to.xy(w.from_lon, w.from_lat), "b": to.xy(w.to_lon, w.to_lat),
            "width": way_width(w.amount_t, most_t), "colour": KIND_COLOURS[w.from_kind],
            "says": f"{w.from_id} to {w.to_id}: {number(w.amount_t, 1)} t",
        }
        for w in ways.iloc[::-1].itertuples()
    ]  # fmt: skip


def _place(place: Any, to: Projection, *, small: float) -> dict[str, Any]:
    return {
        "xy": to.xy(place.lon, place.lat), "r": round(RADIUS[place.kind] * small, 1),
        "colour": KIND_COLOURS[place.kind], "open": place.is_open, "says": f"{place.name}, {place_says(place)}",
    }  # fmt: skip
