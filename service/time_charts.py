"""Charts over time: the vans' night from minute to minute, and how the best cost came down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from service import colours
from service.best_so_far import DECIDE, ROUTE
from service.drivers.clock import local_time
from service.drivers.timeline import CLOSED, DRIVING, LOADING, RESTING, UNLOADING, WAITING
from service.text import clock, euros

if TYPE_CHECKING:
    import plotly.graph_objects as go

VAN_PX, AXIS_PX, PROGRESS_PX = 26, 46, 230
LOOKS = {  # colour, thickness: what a van does at a place stands out from the way there
    DRIVING: (colours.DRIVING, 0.26),
    WAITING: (colours.WAITING, 0.66),
    LOADING: (colours.LOADING, 0.66),
    UNLOADING: (colours.UNLOADING, 0.66),
    CLOSED: (colours.CLOSED, 0.66),
    RESTING: (colours.RESTING, 0.66),
}
ROUND_COLOURS = (colours.METHODS["fixed rules"], colours.ACCENT, colours.SITE)


@dataclass(frozen=True)
class Panel:
    """A stage's panel: its title, its share of the width, and the room for labels as a share of the time drawn."""

    title: str
    width: int
    label_room: float


PANELS = {  # deciding tells few steps, routing many
    DECIDE: Panel("Net cost of all decisions, EUR", 1, 0.45),
    ROUTE: Panel("Cost of the routes and of what they leave, EUR", 2, 0.2),
}


def gantt_chart(pieces: pd.DataFrame, night: date) -> go.Figure:
    """Draw a line per van, in the order of `pieces` (a timeline): what it does when; hovering tells stop, ETA, load."""
    import plotly.graph_objects as go

    vans = list(pieces["route_id"].unique())
    figure = go.Figure(
        [_bars(pieces[pieces["activity"] == name], name, night) for name in LOOKS if name in set(pieces["activity"])]
    )
    first_s, last_s = pieces["start_s"].min(), pieces["end_s"].max()
    room_s = 0.01 * (last_s - first_s)
    figure.update_layout(barmode="overlay", height=VAN_PX * len(vans) + AXIS_PX, **_quiet(top=AXIS_PX - 6))
    figure.update_xaxes(
        type="date", side="top", tickformat="%H:%M", gridcolor=colours.LINE, showgrid=True,
        range=[local_time(night, first_s - room_s), local_time(night, last_s + room_s)],
    )  # fmt: skip
    figure.update_yaxes(
        type="category", categoryorder="array", categoryarray=vans, range=[len(vans) - 0.5, -0.5], ticksuffix="  ",
        dtick=1, tickfont={"size": 12, "color": colours.INK},
    )  # fmt: skip
    return figure


def _bars(pieces: pd.DataFrame, name: str, night: date) -> go.Bar:
    import plotly.graph_objects as go

    colour, thickness = LOOKS[name]
    times = pieces["start_s"].map(clock) + "–" + pieces["end_s"].map(clock)
    return go.Bar(
        name=name, orientation="h", y=pieces["route_id"], width=thickness, marker_color=colour, marker_line_width=0,
        base=[local_time(night, s) for s in pieces["start_s"]], x=(pieces["end_s"] - pieces["start_s"]) * 1000,
        customdata=[[t, escape(says).replace("\n", "<br>")] for t, says in zip(times, pieces["says"], strict=True)],
        hovertemplate=f"<b>%{{y}}</b> {name} %{{customdata[0]}}<br>%{{customdata[1]}}<extra></extra>",
    )  # fmt: skip


def progress_chart(steps: pd.DataFrame) -> go.Figure:
    """Draw the best cost against seconds, a panel per stage and a line per round; the last best stands beside it.

    Planning again decides nothing: where only routes are told, they have the whole width. `steps` has the columns of
    `service.best_so_far.Step`.
    """
    from plotly.subplots import make_subplots

    panels = {ROUTE: PANELS[ROUTE]} if {ROUTE} == set(steps["stage"]) else PANELS
    figure = make_subplots(
        cols=len(panels), subplot_titles=[p.title for p in panels.values()], horizontal_spacing=0.09,
        column_widths=[p.width for p in panels.values()],
    )  # fmt: skip
    end_s = float(steps["seconds"].max()) if len(steps) else 1.0
    for col, (stage, panel) in enumerate(panels.items(), start=1):
        told = steps[steps["stage"] == stage]
        for number, series in told.groupby("round"):
            figure.add_trace(_line(series, int(str(number))), row=1, col=col)
        figure.update_xaxes(range=[0, end_s * (1 + panel.label_room)], col=col)
        figure.update_yaxes(showticklabels=len(told) > 0, col=col)
    figure.update_layout(height=PROGRESS_PX, **_quiet(top=36))
    figure.update_annotations(font={"size": 13, "color": colours.INK}, yshift=10)
    figure.update_xaxes(ticksuffix=" s", gridcolor=colours.LINE, zeroline=False)
    figure.update_yaxes(separatethousands=True, exponentformat="none", gridcolor=colours.LINE, zeroline=False)
    return figure


def _line(series: pd.DataFrame, number: int) -> go.Scatter:
    import plotly.graph_objects as go

    colour = ROUND_COLOURS[(number - 1) % len(ROUND_COLOURS)]
    last = len(series) - 1
    return go.Scatter(
        name=f"round {number}", x=series["seconds"], y=series["best_eur"], mode="lines+markers+text",
        line={"shape": "hv", "color": colour, "width": 2}, marker={"size": [3] * last + [7], "color": colour},
        text=[""] * last + [f"round {number}: {euros(float(series['best_eur'].iloc[-1]))}"],
        textposition="top right", textfont={"color": colour, "size": 12}, cliponaxis=False,
        hovertemplate="%{x:.1f} s: %{y:,.2f} EUR<extra>round " + str(number) + "</extra>",
    )  # fmt: skip


def _quiet(*, top: int) -> dict[str, Any]:
    return {
        "margin": {"l": 0, "r": 8, "t": top, "b": 6},
        "showlegend": False,
        "dragmode": False,
        "plot_bgcolor": "rgba(0,0,0,0)",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 12, "color": colours.INK},
        "hoverlabel": {"align": "left"},
    }
