"""Charts of a study: its front with the open design marked, and what moving one lever at a time does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from service import colours
from service.studies.charts import AXES
from service.text import number, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT = 420
ROW_PX = 42
SHARES = {"colorscale": [[0, colours.CALM], [0.5, colours.WATCH], [1, colours.DANGER]], "cmin": 0, "cmax": 100}
LOOK = {"margin": {"l": 0, "r": 8, "t": 8, "b": 8}, "plot_bgcolor": "rgba(0,0,0,0)"}


def front_chart(front: pd.DataFrame, aims: Sequence[str], *, run_id: str, currency: str) -> go.Figure:
    """Draw the first two aims, coloured by the share of returns that go too far; the open design is the diamond."""
    import plotly.graph_objects as go

    (across, x_title), (up, y_title) = (AXES[aim] for aim in aims[:2])
    figure = go.Figure(
        go.Scatter(
            x=front[across], y=front[up], mode="lines+markers", line={"color": colours.LINE, "width": 1},
            marker={
                "size": 15, "color": front["beyond_band_share"] * 100, "showscale": True, **SHARES,
                "symbol": ["diamond" if r == run_id else "circle" for r in front["run_id"]],
                "colorbar": {"title": "beyond the band, %", "thickness": 12},
                "line": {"width": 1, "color": colours.INK},
            },
            customdata=[
                [number(p.cost), number(p.emissions_t, 1), percent(p.beyond_band_share, 1),
                 number(p.mean_distance_km, 1)] for p in front.itertuples()
            ],
            text=front["design_id"],
            hovertemplate="<b>%{text}</b><br>%{customdata[0]} " + currency + "<br>%{customdata[1]} t emitted"
            "<br>%{customdata[2]} beyond the band, %{customdata[3]} km on average<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(height=HEIGHT, **LOOK)
    figure.update_xaxes(title=x_title.format(currency), gridcolor=colours.LINE)
    figure.update_yaxes(title=y_title.format(currency), gridcolor=colours.LINE)
    return figure


def tornado_chart(sensitivity: pd.DataFrame, *, currency: str) -> go.Figure:
    """Draw the cost with each lever down and up as bars from the cost as things stand, the widest on top."""
    import plotly.graph_objects as go

    figure, base = go.Figure(), float(sensitivity["base_cost"].iloc[0])
    for side, words, colour in (("low", "down", colours.CALM), ("high", "up", colours.COST)):
        figure.add_bar(
            y=sensitivity["lever"], x=sensitivity[f"{side}_cost"] - base, base=base, orientation="h", name=words,
            marker={"color": colour}, customdata=sensitivity[[f"{side}_factor", f"{side}_cost"]],
            hovertemplate="%{y} at %{customdata[0]:.0%}: %{customdata[1]:,.0f} " + currency + "<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        height=120 + ROW_PX * len(sensitivity), barmode="overlay", legend={"orientation": "h", "y": 1.12}, **LOOK
    )
    figure.update_xaxes(title=f"Cost, {currency}, discounted", gridcolor=colours.LINE)
    figure.update_yaxes(autorange="reversed")
    figure.add_vline(x=base, line={"color": colours.INK, "width": 1})
    return figure
