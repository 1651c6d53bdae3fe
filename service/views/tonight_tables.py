"""The night in tables, one tab at a time: vans, their timeline, points, money, limits, promises, files."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from service import colours
from service.reading.points import CHOICES, chosen_points
from service.run import Run
from service.views import loaded
from service.views.marks import eur, figure, percentage, text
from service.views.tonight_money import ledger_tab, limits_tab
from service.views.tonight_panels import stop_table
from service.views.tonight_proof import downloads_tab, promises_tab
from service.views.tonight_timeline import timeline_tab

HEIGHT = 420


@st.fragment
def tables(run: Run) -> None:
    """Draw the open tab; the others cost nothing until they are opened."""
    draw = {
        "Vans": _vans,
        "Timeline": timeline_tab,
        "Points": _points,
        "Ledger": ledger_tab,
        "Scarce limits": limits_tab,
        "Promises": promises_tab,
        "Downloads": downloads_tab,
    }
    if loaded.manifest(run.path).kind != "plan":
        draw = {name: d for name, d in draw.items() if name not in ("Vans", "Timeline", "Points")}
    for tab, show in zip(st.tabs(list(draw), key="tonight.tab", on_change="rerun"), draw.values(), strict=True):
        if tab.open:
            with tab:
                show(run)


def _vans(run: Run) -> None:
    routes, stops = loaded.routes(run.path), loaded.stops(run.path)
    if routes.empty:
        st.info("No van drives tonight: nothing is worth a stop and nothing must be emptied.")
        return
    left, right = st.columns([1.25, 1], gap="medium")
    with left:
        event = st.dataframe(
            routes.style.apply(_as_on_the_map, subset=["route_id"]),
            key=f"tonight.vans.{run.id}",
            hide_index=True,
            placeholder="–",
            on_select="rerun",
            selection_mode="single-row-required",
            selection_default={"selection": {"rows": [0]}},
            column_config={
                "route_id": text("Van"),
                "vehicle_type_id": text("Type"),
                "hub": text("From"),
                "trips": figure("Trips"),
                "stops": figure("Stops"),
                "parcels": figure("Parcels"),
                "leaves": text("Out"),
                "back": text("Back"),
                "hours": figure("Hours", "%.1f"),
                "km": figure("km", "%.0f"),
                "cost_eur": eur("Cost"),
                "co2e_kg": figure("CO2e kg", "%.1f"),
            },
        )
    chosen = routes.iloc[event.selection.rows[0] if event.selection.rows else 0]["route_id"]
    with right:
        stop_table(stops[stops["route_id"] == chosen], key=f"tonight.van-stops.{run.id}.{chosen}", height=HEIGHT)


def _as_on_the_map(ids: pd.Series) -> list[str]:
    """Return the style of van names in the order of the route board: the colours of their lines."""
    return [f"color: {colours.of_route(i)}; font-weight: 700" for i in range(len(ids))]


def _points(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        which = st.segmented_control(
            "Show",
            list(CHOICES),
            default=next(iter(CHOICES)),
            key="tonight.points-choice",
            label_visibility="collapsed",
            required=True,
        )
        sought = st.text_input(
            "Find",
            key="tonight.points-find",
            placeholder="Find a point",
            label_visibility="collapsed",
            width=240,
        )
    st.dataframe(
        chosen_points(loaded.points(run.path), which=which, sought=sought),
        key="tonight.points",
        hide_index=True,
        placeholder="–",
        height=HEIGHT,
        column_order=list(POINT_LOOKS),
        column_config=POINT_LOOKS,
    )


POINT_LOOKS = {
    "name": text("Point"),
    "visit_id": text("Id"),
    "kind": text("Kind"),
    "status": text("Tonight"),
    "required": st.column_config.CheckboxColumn("Must"),
    "parcels": figure("Parcels"),
    "capacity_parcels": figure("Room"),
    "full": percentage("Full"),
    "risk": percentage("Overflow if left"),
    "expected_refused": figure("Refused", "%.1f", "Drop-offs refused on average if it is left"),
    "prize_eur": eur("Leaving costs", "Refused drop-offs and what waits, until the next chance"),
    "route_id": text("Van"),
    "why": text("Why", width="large"),
}
