"""The map of a design on the screen, drawn without tiles: ways by weight, places by kind, open or not."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pydeck

from service import colours
from service.design_report_map import KIND_COLOURS, RADIUS, dot_size, drawn_places, place_says, way_width
from service.map_frame import box_around, grid_lines, scale_label, town_names, view
from service.night_map import TOOLTIP_STYLE
from service.text import number

MOST_WAYS = 4000
WIDEST_PX = 9.0
PLACES, WAYS = "places", "ways"


def design_deck(board: pd.DataFrame, ways: pd.DataFrame, *, period: int | None) -> pydeck.Deck | None:
    """Return the map of a place board and its located ways; None where no place has coordinates.

    A place is filled where it is open in `period` (None: at the end), a ring where it is not.
    """
    located = board.dropna(subset=["lat", "lon"])
    if located.empty:
        return None
    box = box_around(located)
    shown = drawn_places(located if period is None else located.assign(is_open=open_in(located, period)))
    layers = [
        line_layer("grid", grid_lines(box), width=1),
        word_layer("scale", [scale_label(box)], size=11, colour=colours.MUTED, anchor="start"),
        line_layer(WAYS, way_records(ways), width="width", pickable=True),
        word_layer("towns", town_names(box), size=12, colour="#94a1aa"),
        place_layer(PLACES, place_records(shown)),
    ]
    return pydeck.Deck(
        layers=layers, map_provider=None, initial_view_state=pydeck.ViewState(**view(box)),
        tooltip={"html": "<b>{name}</b><br>{says}", "style": TOOLTIP_STYLE},
    )  # fmt: skip


def open_in(board: pd.DataFrame, period: int) -> pd.Series:
    """Say which places of a board are open in a period; what is not decided always is."""
    size = board[f"size_t_{period}"]
    return size.isna() | (size > 0)


def way_records(ways: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a record per way, the lightest first, so that the heaviest lie on top."""
    shown = ways.head(MOST_WAYS)
    most_t = float(shown["amount_t"].max()) if len(shown) else 0.0
    return [
        {
            "a": [w.from_lon, w.from_lat], "b": [w.to_lon, w.to_lat],
            "width": way_width(w.amount_t, most_t, widest=WIDEST_PX),
            "colour": colours.rgba(KIND_COLOURS[w.from_kind], 130),
            "name": f"{w.from_id} → {w.to_id}", "says": f"{number(w.amount_t, 1)} t",
        }
        for w in shown.iloc[::-1].itertuples()
    ]  # fmt: skip


def place_records(shown: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a record per place, small in a crowd."""
    small = dot_size(len(shown))
    return [
        {
            "id": p.place_id, "at": [p.lon, p.lat], "radius": round(RADIUS[p.kind] * small, 1), "name": str(p.name),
            "says": place_says(p), **_look(KIND_COLOURS[p.kind], is_open=p.is_open),
        }
        for p in shown.itertuples()
    ]  # fmt: skip


def _look(colour: str, *, is_open: bool) -> dict[str, Any]:
    fill, edge = (colour, colours.WHITE) if is_open else (colours.WHITE, colour)
    return {"fill": colours.rgba(fill, 235), "line": colours.rgba(edge)}


def place_layer(name: str, records: list[dict[str, Any]]) -> pydeck.Layer:
    """Return the layer of dots, whose records have at, radius, fill, line."""
    return pydeck.Layer(
        "ScatterplotLayer", data=records, id=name, get_position="at", get_radius="radius", radius_units='"pixels"',
        get_fill_color="fill", get_line_color="line", get_line_width=1.4, line_width_units='"pixels"', stroked=True,
        pickable=True,
    )  # fmt: skip


def line_layer(name: str, records: list[dict[str, Any]], *, width: float | str, pickable: bool = False) -> pydeck.Layer:
    """Return a layer of straight lines, whose records have a, b, colour."""
    return pydeck.Layer(
        "LineLayer", data=records, id=name, get_source_position="a", get_target_position="b", get_color="colour",
        get_width=width, width_units='"pixels"', pickable=pickable,
    )  # fmt: skip


def word_layer(
    name: str, records: list[dict[str, Any]], *, size: int, colour: str, anchor: str = "middle"
) -> pydeck.Layer:
    """Return a layer of words, whose records have at, text."""
    return pydeck.Layer(
        "TextLayer", data=records, id=name, get_position="at", get_text="text", get_size=size,
        get_color=colours.rgba(colour), get_text_anchor=f'"{anchor}"', get_alignment_baseline='"center"',
        character_set='"auto"', font_family='"Source Sans, DejaVu Sans, sans-serif"',
    )  # fmt: skip
