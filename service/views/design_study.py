"""What a study found: its designs none of which is better in every aim, as a chart whose points open designs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from service import colours
from service.designing_store import DESIGNS
from service.designing_study_store import STUDIES, StudyRun
from service.run import MANIFEST
from service.text import number, percent
from service.views.marks import plain

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT = 420
SHARES = {"colorscale": [[0, colours.CALM], [0.5, colours.WATCH], [1, colours.DANGER]], "cmin": 0, "cmax": 100}


def front_of(root: Path, run_id: str) -> tuple[str, pd.DataFrame] | None:
    """Return the name and the front of the newest study that holds a design; None where there is none.

    The front is the study's table of that name, the cheapest first, with the `run_id` of each design.
    """
    folders = sorted(file.parent for file in (root / STUDIES).glob(f"[!.]*/{MANIFEST}"))
    studies = sorted(map(StudyRun, folders), key=lambda s: s.manifest.created_at, reverse=True)
    for study in studies:
        members, front = study.table("members"), study.table("front")
        if run_id in set(members["run_id"]) and len(front):
            runs = members.drop_duplicates("design_id").set_index("design_id")["run_id"]
            known = front.assign(run_id=front["design_id"].map(runs)).sort_values("cost", ignore_index=True)
            return study.manifest.name, known
    return None


def front_chart(front: pd.DataFrame, *, run_id: str, currency: str) -> go.Figure:
    """Draw cost against emissions, coloured by the share of returns that go too far; the open design is the diamond."""
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Scatter(
            x=front["cost"], y=front["emissions_t"], mode="lines+markers", line={"color": colours.LINE, "width": 1},
            marker={
                "size": 15, "color": front["beyond_band_share"] * 100, "showscale": True, **SHARES,
                "symbol": ["diamond" if r == run_id else "circle" for r in front["run_id"]],
                "colorbar": {"title": "beyond the band, %", "thickness": 12},
                "line": {"width": 1, "color": colours.INK},
            },
            customdata=[[percent(s, 1), number(k, 1)] for s, k in zip(
                front["beyond_band_share"], front["mean_distance_km"], strict=True)],
            text=front["design_id"],
            hovertemplate="<b>%{text}</b><br>%{x:,.0f} " + currency + "<br>%{y:,.1f} t emitted"
            "<br>%{customdata[0]} beyond the band, %{customdata[1]} km on average<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(height=HEIGHT, margin={"l": 0, "r": 8, "t": 8, "b": 8}, plot_bgcolor="rgba(0,0,0,0)")
    figure.update_xaxes(title=f"Cost, {currency}, discounted", gridcolor=colours.LINE)
    figure.update_yaxes(title="Emitted over all periods, t", gridcolor=colours.LINE)
    return figure


def study_front(root: Path, run_id: str, *, currency: str, chooser: str) -> None:
    """Show the front of the study a design belongs to, if any; a chosen point is opened by the widget `chooser`."""
    found = front_of(root, run_id)
    if found is None:
        return
    name, front = found
    with st.expander(f"Study {plain(name)}: what cost, emissions and service trade for", icon=":material/show_chart:"):
        st.caption("No design on this front is better than another in every aim. Click a point, then open its design.")
        event = st.plotly_chart(
            front_chart(front, run_id=run_id, currency=currency), key=f"design.front.{run_id}", on_select="rerun",
            selection_mode="points", config={"displayModeBar": False},
        )  # fmt: skip
        for point in event.selection.points[:1]:
            _offer(root, front.iloc[point["point_index"]], run_id=run_id, currency=currency, chooser=chooser)


def _offer(root: Path, row: pd.Series, *, run_id: str, currency: str, chooser: str) -> None:
    says = (
        f"**{plain(row['design_id'])}**: {number(row['cost'])} {currency}, {number(row['emissions_t'], 1)} t emitted, "
    )
    st.markdown(says + f"{percent(row['beyond_band_share'], 1)} of returns go farther than the band.")
    if pd.isna(row["run_id"]) or row["run_id"] == run_id:
        return
    st.button(
        "Open this design", key="design.front-open", icon=":material/open_in_full:", on_click=_choose,
        args=(chooser, root / DESIGNS / str(row["run_id"])),
    )  # fmt: skip


def _choose(chooser: str, folder: Path) -> None:
    st.session_state[chooser] = folder
