"""The app's charts, made from tables; no page knows how they are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from service.colours import COST, GAIN, INK, LINE, METHODS, MUTED
from service.kpis import BOUND, OPTIMUM
from service.text import euros, signed_euros

if TYPE_CHECKING:
    import plotly.graph_objects as go

BAR_PX, PART_PX, FRAME_PX = 38, 27, 34
LABEL_ROOM = 1.75
TICKS = {"size": 12, "color": INK}


def methods_chart(comparators: pd.DataFrame) -> go.Figure:
    """Draw what each method costs above the proven bound (above the optimum where there is none), EUR.

    The distances are what a planner compares; the net costs themselves, often gains, stand beside the bars.
    """
    import plotly.graph_objects as go

    costs = comparators.dropna(subset=["cost_eur"]).set_index("method")["cost_eur"]
    floor = costs.get(BOUND, costs.get(OPTIMUM, costs.min()))
    bars = costs.drop(BOUND, errors="ignore")
    over = (bars - floor).clip(lower=0.0).round(2)
    figure = go.Figure(
        go.Bar(
            x=over,
            y=bars.index,
            orientation="h",
            marker_color=[METHODS.get(m, MUTED) for m in bars.index],
            hoverinfo="skip",
        )
    )
    for method, distance in over.items():  # a bar of no length would hide a text of its own
        label = f"<b>{signed_euros(distance) if distance else 'on the bound'}</b>  net {euros(bars[method])}"
        figure.add_annotation(x=distance, y=method, text=label, xanchor="left", xshift=5, showarrow=False)
    figure.add_vline(x=0, line_width=1.5, line_color=INK)
    _plain(figure, height=BAR_PX * len(bars) + FRAME_PX)
    figure.update_xaxes(visible=False, range=[0, max(float(over.max()), 0.01) * LABEL_ROOM])
    figure.update_yaxes(autorange="reversed", ticksuffix="  ", tickfont=TICKS)
    return figure


def parts_chart(parts: pd.DataFrame, *, total_eur: float) -> go.Figure:
    """Draw a return's priced parts as a waterfall that ends in its cost; costs and gains keep their colours."""
    import plotly.graph_objects as go

    labels = [*parts["activity"], "all in"]
    values = [*parts["cost_eur"], total_eur]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=labels,
            x=values,
            measure=["relative"] * len(parts) + ["total"],
            text=[euros(v) for v in values],
            textposition="outside",
            cliponaxis=False,
            increasing_marker_color=COST,
            decreasing_marker_color=GAIN,
            totals_marker_color=INK,
            connector={"line": {"color": LINE, "width": 1}},
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    _plain(figure, height=PART_PX * len(labels) + FRAME_PX)
    low, high = _reach(values[:-1])
    room = (high - low) * 0.18 or 1.0
    figure.update_xaxes(
        showgrid=False, showticklabels=False, zeroline=True, zerolinecolor=MUTED, range=[low - room, high + room]
    )
    figure.update_yaxes(autorange="reversed", ticksuffix="  ", tickfont=TICKS)
    return figure


def _reach(steps: list[float]) -> tuple[float, float]:
    levels = pd.Series([0.0, *steps]).cumsum()
    return float(levels.min()), float(levels.max())


def _plain(figure: go.Figure, *, height: int) -> None:
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 8, "t": 6, "b": 6},
        showlegend=False,
        bargap=0.35,
        dragmode=False,
        plot_bgcolor="rgba(0,0,0,0)",
        paper_bgcolor="rgba(0,0,0,0)",
        font={"size": 13, "color": INK},
    )
