"""The vans' night in the report: inline SVG, one path per activity, so that a night of sixty vans stays small."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from service import colours
from service.drivers.timeline import ACTIVITIES, CLOSED, DRIVING, LOADING, RESTING, UNLOADING, WAITING, timeline
from service.run import Run
from service.text import clock

WIDTH, LEFT, TOP, ROW, BOTTOM = 1000, 64, 22, 16, 6
MOST_VANS, MOST_TICKS = 60, 12
HOUR_S = 3600
LOOKS = {  # colour, thickness on the page
    DRIVING: (colours.DRIVING, 4),
    WAITING: (colours.WAITING, 10),
    LOADING: (colours.LOADING, 10),
    UNLOADING: (colours.UNLOADING, 10),
    CLOSED: (colours.CLOSED, 10),
    RESTING: (colours.RESTING, 10),
}


def draw_gantt(run: Run) -> dict[str, Any]:
    """Return what the template draws: `width`, `height`, `vans`, `hours`, `strokes`, how many vans were left out."""
    pieces = timeline(run)
    vans = list(pieces["route_id"].unique())
    drawn = vans[:MOST_VANS]
    shown = pieces[pieces["route_id"].isin(drawn)]
    if shown.empty:
        return {"vans": [], "left_out": 0}
    first_s, last_s = shown["start_s"].min(), shown["end_s"].max()
    scale = (WIDTH - LEFT - 2) / (last_s - first_s)
    placed = shown.assign(
        x=(LEFT + (shown["start_s"] - first_s) * scale).round(1),
        length=((shown["end_s"] - shown["start_s"]) * scale).round(1),
        y=TOP + ROW * (shown["route_id"].map({van: i for i, van in enumerate(drawn)}) + 0.5),
    )
    return {
        "width": WIDTH,
        "height": TOP + ROW * len(drawn) + BOTTOM,
        "vans": [{"name": van, "y": TOP + ROW * (i + 0.5)} for i, van in enumerate(drawn)],
        "hours": [{"x": round(LEFT + (s - first_s) * scale, 1), "says": clock(s)} for s in _hours(first_s, last_s)],
        "strokes": [s for name in ACTIVITIES if (s := _stroke(placed, name))["path"]],
        "left_out": len(vans) - len(drawn),
    }


def _hours(first_s: float, last_s: float) -> range:
    """Full hours within, so few that their labels do not touch."""
    step_s = HOUR_S * max(1, math.ceil((last_s - first_s) / HOUR_S / MOST_TICKS))
    return range(math.ceil(first_s / step_s) * step_s, int(last_s) + 1, step_s)


def _stroke(placed: pd.DataFrame, name: str) -> dict[str, Any]:
    own = placed[placed["activity"] == name]
    path = "".join(f"M{x:g} {y:g}h{max(length, 0.4):g}" for x, y, length in own[["x", "y", "length"]].to_numpy())
    colour, thickness = LOOKS[name]
    return {"name": name, "colour": colour, "thickness": thickness, "path": path}
