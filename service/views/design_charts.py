"""Charts of designs: the Sankey of flows, and cost by ledger line, of one design or of several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from service import colours
from service.design_report_sankey import Bands, band_colour

if TYPE_CHECKING:
    import plotly.graph_objects as go

NODE_PX, LEAST_PX = 38, 380
LINE_PX, FRAME_PX = 40, 70
BAND_ALPHA = 0.3


def sankey_chart(found: Bands) -> go.Figure:
    """Draw what flows from node to node; a column per step from where returns arise to where they end."""
    import plotly.graph_objects as go

    nodes = found.nodes
    at = pd.Series(range(len(nodes)), index=nodes["node"])
    tints = [band_colour(kind) for kind in nodes["kind"]]
    sources = found.links["source"].map(at)
    figure = go.Figure(
        go.Sankey(
            arrangement="snap", valueformat=",.1f", valuesuffix=" t",
            node={"label": nodes["label"], "color": tints, "pad": 14, "thickness": 14, "line": {"width": 0}},
            link={
                "source": sources, "target": found.links["target"].map(at), "value": found.links["amount_t"],
                "color": [_tint(tints[i]) for i in sources],
            },
        )
    )  # fmt: skip
    figure.update_layout(height=max(LEAST_PX, NODE_PX * int(nodes["column"].value_counts().max())), **_frame())
    return figure


def _tint(colour: str) -> str:
    red, green, blue, _ = colours.rgba(colour)
    return f"rgba({red},{green},{blue},{BAND_ALPHA})"


def lines_chart(designs: Mapping[str, pd.DataFrame], *, currency: str) -> go.Figure:
    """Draw the discounted cost of each ledger line, a bar per design; `designs` are costs by line, by name."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for i, (name, lines) in enumerate(designs.items()):
        tint = colours.of_route(i)
        looks = [colours.COST if c >= 0 else colours.GAIN for c in lines["present_cost"]] if len(designs) == 1 else tint
        figure.add_bar(
            name=name, orientation="h", y=lines["activity"], x=lines["present_cost"], marker_color=looks,
            hovertemplate="%{y}: %{x:,.0f} " + currency + "<extra></extra>",
        )  # fmt: skip
    count = len({a for lines in designs.values() for a in lines["activity"]})
    figure.update_layout(height=FRAME_PX + LINE_PX * count, barmode="group", bargap=0.3, **_frame())
    figure.update_layout(showlegend=len(designs) > 1, legend={"orientation": "h", "y": 1.08})
    figure.update_xaxes(title=f"{currency}, discounted", gridcolor=colours.LINE, zerolinecolor=colours.INK)
    figure.update_yaxes(autorange="reversed", ticksuffix="  ")
    return figure


def _frame() -> dict[str, object]:
    return {
        "margin": {"l": 0, "r": 8, "t": 8, "b": 8}, "dragmode": False, "plot_bgcolor": "rgba(0,0,0,0)",
        "paper_bgcolor": "rgba(0,0,0,0)", "font": {"size": 12, "color": colours.INK},
    }  # fmt: skip
