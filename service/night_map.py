"""The night's map: points by risk and load, hubs, sites and routes, drawn without any tile server.

Without tiles there is no street below the points, so a light kilometre grid and town names give scale and place.
Layers are plain lists of small records; only what has a panel can be picked, because a selection dims the rest.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from service import colours
from service.map_frame import box_around, grid_lines, scale_label, town_names, view
from service.reading.points import EMPTIED, HOME_PREFIX, QUIET
from service.reading.words import KINDS
from service.text import euros, number, percent

if TYPE_CHECKING:
    import pydeck

POINTS, ROUTES, HUBS, SITES = "points", "routes", "hubs", "sites"
ROOMY_POINTS, SMALLEST = 350, 0.5
PLACE_KINDS = {"hub_id": "Hub: sorts, vans start here", "site_id": "Recovery site"}
TOOLTIP_STYLE = {
    "backgroundColor": colours.WHITE,
    "color": colours.INK,
    "fontSize": "13px",
    "lineHeight": "1.4",
    "padding": "8px 10px",
    "borderRadius": "6px",
    "boxShadow": "0 2px 10px rgba(31,42,51,.25)",
    "maxWidth": "280px",
    "whiteSpace": "pre-line",
}


def night_deck(
    points: pd.DataFrame,
    routes: pd.DataFrame,
    paths: dict[str, list[tuple[float, float]]],
    hubs: pd.DataFrame,
    sites: pd.DataFrame,
) -> pydeck.Deck:
    """Return the map of a night: a point board, a route board, the routes' [lon, lat] corners, hubs and sites."""
    import pydeck

    spots = pd.concat([points[["lat", "lon"]], hubs[["lat", "lon"]]]).dropna()
    box = box_around(spots)
    layers = [
        _layer(
            "LineLayer",
            "grid",
            grid_lines(box),
            get_source_position="a",
            get_target_position="b",
            get_color="colour",
            get_width=1,
        ),
        _names("scale", [scale_label(box)], size=11, colour=colours.MUTED, anchor="start"),
        _names("towns", town_names(box), size=13, colour="#94a1aa"),
        _layer(
            "PathLayer",
            ROUTES,
            route_records(routes, paths),
            get_path="path",
            get_color="colour",
            get_width=2.5,
            width_units='"pixels"',
            joint_rounded=True,
            cap_rounded=True,
            pickable=True,
            auto_highlight=False,
        ),
        _layer(
            "ScatterplotLayer",
            POINTS,
            point_records(points),
            get_position="at",
            get_radius="radius",
            radius_units='"pixels"',
            get_fill_color="fill",
            get_line_color="line",
            get_line_width="edge",
            line_width_units='"pixels"',
            stroked=True,
            pickable=True,
        ),
        _names(SITES, place_records(sites, "site_id", "◆"), size=22, colour=colours.SITE, pickable=True),
        _names(HUBS, place_records(hubs, "hub_id", "■"), size=24, colour=colours.HUB, pickable=True),
        _names("hub-names", place_records(hubs, "hub_id"), size=13, colour=colours.HUB, offset=(0, 19), bold=True),
    ]
    return pydeck.Deck(
        layers=layers,
        map_provider=None,
        initial_view_state=pydeck.ViewState(**view(box)),
        tooltip={"html": "<b>{name}</b><br>{says}", "style": TOOLTIP_STYLE},
    )


def point_records(points: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a record per point: filled when it is emptied, a ring when it is left, a speck when nothing waits."""
    located = points.dropna(subset=["lat", "lon"]).iloc[::-1]  # the most urgent last, on top
    small = min(1.0, max(SMALLEST, math.sqrt(ROOMY_POINTS / max(len(located), 1))))
    return [
        {
            "id": p.visit_id,
            "at": [round(p.lon, 5), round(p.lat, 5)],
            "radius": round(small * _radius(p), 1),
            **_look(p),
            "name": str(p.name),
            "says": point_says(p),
        }
        for p in located.itertuples()
    ]


def _radius(p: Any) -> float:
    if p.status == QUIET:
        return 2.5
    return 4 + (0 if is_home(p) else min(12.0, 1.3 * math.sqrt(max(0.0, _or_zero(p.parcels)))))


def _look(p: Any) -> dict[str, Any]:
    if p.status == QUIET:
        return {"fill": colours.rgba(colours.QUIET, 170), "line": colours.rgba(colours.QUIET, 0), "edge": 0}
    colour = colours.HOME if is_home(p) else colours.of_risk(_or_zero(p.overflow_risk))
    must = p.required and not is_home(p)  # every home pickup must be made: to mark them all would mark nothing
    edge = colours.INK if must else (colours.WHITE if p.status == EMPTIED else colour)
    fill = colours.rgba(colour, 235) if p.status == EMPTIED else colours.rgba(colours.WHITE, 200)
    return {"fill": fill, "line": colours.rgba(edge), "edge": 2 if must else 1.5}


def is_home(p: Any) -> bool:
    """Say whether a row of the point board is one customer's home."""
    return p.visit_id.startswith(HOME_PREFIX)


def _or_zero(value: float) -> float:
    return float(np.nan_to_num(value))


def point_says(p: Any) -> str:
    """Return what the map says of one point below its name, a fact a line (the screen escapes it)."""
    kind = f"{KINDS.get(p.kind, 'Point')} {p.point_id}"
    if p.status == QUIET:
        return f"{kind}\nnothing waits"
    if is_home(p):
        return f"{kind}\n" + (f"picked up tonight by {p.route_id}" if p.status == EMPTIED else "not picked up tonight")
    room = "" if pd.isna(p.fill_share) else f", {percent(p.fill_share)} full"
    risk = f"{percent(_or_zero(p.overflow_risk))} chance to overflow if left"
    return "\n".join([kind, f"{number(p.parcels)} parcels{room}", risk, _what_happens(p)])


def _what_happens(p: Any) -> str:
    duty = "must be emptied, " if p.required else ""
    return f"{duty}emptied tonight by {p.route_id}" if p.status == EMPTIED else f"{duty}left tonight"


def route_records(routes: pd.DataFrame, paths: dict[str, list[tuple[float, float]]]) -> list[dict[str, Any]]:
    """Return a record per route that drives, coloured by its position."""
    return [
        {
            "id": r.route_id,
            "path": [[round(x, 5), round(y, 5)] for x, y in paths[r.route_id]],
            "colour": colours.rgba(colours.of_route(i), 200),
            "name": f"Van {r.route_id}",
            "says": f"{r.stops} stops, {number(r.parcels)} parcels\n{r.leaves} to {r.back}, {number(r.km)} km\n"
            f"{euros(r.cost_eur)}",
        }
        for i, r in enumerate(routes.itertuples())
    ]


def place_records(places: pd.DataFrame, key: str, sign: str | None = None) -> list[dict[str, Any]]:
    """Return a text record per hub or site: its sign, or its name."""
    named = places.assign(name=places["name"].fillna(places[key]))
    kind = PLACE_KINDS[key]
    return [
        {
            "id": str(p[key]),
            "at": [round(p["lon"], 5), round(p["lat"], 5)],
            "text": sign or str(p["name"]),
            "name": str(p["name"]),
            "says": kind,
        }
        for p in named.to_dict("records")
    ]


def _names(
    name: str,
    records: list[dict[str, Any]],
    *,
    size: int,
    colour: str,
    anchor: str = "middle",
    offset: tuple[int, int] = (0, 0),
    bold: bool = False,
    pickable: bool = False,
) -> pydeck.Layer:
    return _layer(
        "TextLayer",
        name,
        records,
        get_position="at",
        get_text="text",
        get_size=size,
        get_color=colours.rgba(colour),
        get_text_anchor=f'"{anchor}"',
        get_alignment_baseline='"center"',
        get_pixel_offset=list(offset),
        character_set='"auto"',
        font_family='"Source Sans, DejaVu Sans, sans-serif"',
        font_weight=700 if bold else 400,
        pickable=pickable,
        background=True,
        get_background_color=[255, 255, 255, 0],
        background_padding=[2, 1],
    )


def _layer(kind: str, name: str, records: list[dict[str, Any]], **look: Any) -> pydeck.Layer:
    import pydeck

    return pydeck.Layer(kind, data=records, id=name, **look)
