"""Tonight's map, and beside it what needs an eye, or the point or van that was clicked."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from service import colours, session
from service.charts import methods_chart
from service.kpis import BOUND
from service.night_map import POINTS, ROUTES
from service.reading.points import EMPTIED, QUIET, returns_going_to
from service.reading.words import KINDS, OUTCOMES
from service.run import Run
from service.text import clock, euros, number, percent
from service.views import loaded, returns
from service.views.marks import eur, figure, legend, plain, text

HEIGHT = 540
LEGEND = [
    ("dot", colours.CALM, "emptied, low risk"),
    ("dot", colours.WATCH, "risk from 20%"),
    ("dot", colours.DANGER, "risk from 50%"),
    ("ring", colours.MUTED, "left tonight"),
    ("ring", colours.INK, "must be emptied"),
    ("dot", colours.HOME, "home pickup"),
    ("dot", colours.QUIET, "nothing waits"),
    ("bar", colours.ROUTES[0], "van"),
    ("square", colours.HUB, "hub"),
    ("diamond", colours.SITE, "site"),
]


@st.fragment
def map_and_panel(run: Run) -> None:
    """Draw the map and its panel; a click reruns these two and nothing else."""
    left, right = st.columns([1.75, 1], gap="medium")
    with left:
        picked = _map(run)
        legend(LEGEND)
    with right:
        if picked is None:
            _what_needs_an_eye(run)
        elif picked[0] == POINTS:
            _point(run, picked[1])
        else:
            _route(run, picked[1])


def _map(run: Run) -> tuple[str, str] | None:
    with st.container(border=True, key="tonight.map-frame"):
        chosen = st.pydeck_chart(
            loaded.deck(run.path),
            height=HEIGHT,
            on_select="rerun",
            selection_mode="single-object",
            key=f"tonight.map.{run.id}",
            alt="Map of tonight's points, hubs and routes",
        )
    return _picked(chosen.selection.get("objects", {}))


def _picked(objects: dict[str, list[dict[str, Any]]]) -> tuple[str, str] | None:
    return next(((layer, objects[layer][0]["id"]) for layer in (POINTS, ROUTES) if objects.get(layer)), None)


def _what_needs_an_eye(run: Run) -> None:
    manifest = loaded.manifest(run.path)
    comparators = loaded.table(run.path, "comparators")
    if len(set(comparators["method"]) - {BOUND}) > 1:
        st.markdown(
            "##### What each method costs above the proven best",
            help="The same returns decided by other methods, at planning prices. No method can pass the line at zero.",
        )
        st.plotly_chart(methods_chart(comparators), key="tonight.methods", config={"displayModeBar": False})
    st.markdown("##### Needs your eye")
    with st.container(border=True, height=310, key="tonight.alerts"):
        for sentence in manifest.degraded:
            st.markdown(f":red[:material/warning:] {plain(sentence)}")
        for sentence in manifest.alerts:
            st.markdown(f":orange[:material/notifications_active:] {plain(sentence)}")
        if not manifest.alerts and not manifest.degraded:
            st.markdown(":green[:material/check_circle:] Nothing. A quiet night.")
    st.caption("Click a point or a van on the map to see it here.")


def _point(run: Run, visit_id: str) -> None:
    board = loaded.points(run.path)
    p = board[board["visit_id"] == visit_id].iloc[0]
    st.markdown(f"#### {plain(p['name'])}")
    st.caption(f"{KINDS.get(p['kind'], 'Point')} {plain(p['point_id'])} · emptied from {plain(p['hub_id'])}")
    if p["status"] == QUIET:
        st.markdown("Nothing waits here tonight and nothing is expected.")
        return
    _tonight_at(p)
    _forecast(p)
    _coming(run, p)


def _tonight_at(p: pd.Series) -> None:
    if p["status"] == EMPTIED:
        who = f"by van **{plain(p['route_id'])}**, stop {p['position']:.0f}"
        st.markdown(f":green-badge[Emptied tonight] at **{clock(p['arrival_s'])}** {who}")
    else:
        st.markdown(":red-badge[Left although required]" if p["required"] else ":gray-badge[Left tonight]")
    if pd.notna(p["why"]):
        st.markdown(f":gray[{plain(str(p['why'])[:1].upper() + str(p['why'])[1:])}]")


def _forecast(p: pd.Series) -> None:
    room = "no limit" if pd.isna(p["capacity_parcels"]) else f"of {p['capacity_parcels']:.0f}"
    a, b, c = st.columns(3)
    a.metric("Parcels waiting", f"{number(p['parcels'])}", room, delta_color="off", delta_arrow="off")
    b.metric(
        "Overflow if left",
        percent(_or_none(p["overflow_risk"])),
        f"{number(_or_none(p['expected_refused']), 1)} refused",
        delta_color="off",
        delta_arrow="off",
    )
    c.metric(
        "Leaving it costs",
        euros(_or_none(p["prize_eur"])),
        f"{euros(_or_none(p['waiting_eur']))} waiting",
        delta_color="off",
        delta_arrow="off",
    )
    if pd.notna(p["fill_share"]):
        st.progress(min(1.0, float(p["fill_share"])), text=f"{percent(p['fill_share'])} full")


def _coming(run: Run, p: pd.Series) -> None:
    coming = returns_going_to(loaded.returns(run.path), visit_id=p["visit_id"], point_id=p["point_id"])
    st.markdown(f"##### Returns decided to go there ({len(coming)})")
    if coming.empty:
        st.caption("None tonight; what waits there was decided on earlier nights.")
        return
    shown = coming.assign(outcome=coming["outcome"].map(OUTCOMES))
    event = st.dataframe(
        shown,
        key=f"tonight.coming.{run.id}.{p['visit_id']}",
        hide_index=True,
        placeholder="–",
        height=190,
        on_select="rerun",
        selection_mode="single-row",
        column_order=["return_id", "class", "outcome", "value_eur", "cost_eur"],
        column_config={
            "return_id": text("Return"),
            "class": text("Class"),
            "outcome": text("Becomes"),
            "value_eur": eur("Value"),
            "cost_eur": eur("Cost"),
        },
    )
    if event.selection.rows:
        session.select_return(shown.iloc[event.selection.rows[0]]["return_id"])
        st.switch_page(returns.here())


def _route(run: Run, route_id: str) -> None:
    routes, stops = loaded.routes(run.path), loaded.stops(run.path)
    r = routes[routes["route_id"] == route_id].iloc[0]
    st.markdown(f"#### Van {plain(route_id)}")
    st.caption(f"{plain(r['vehicle_type_id'])} from {plain(r['hub'])} · out {r['leaves']}, back {r['back']}")
    a, b, c = st.columns(3)
    a.metric("Parcels", number(r["parcels"]), f"{r['stops']} stops", delta_color="off", delta_arrow="off")
    b.metric("Driven", f"{number(r['km'])} km", f"{number(r['hours'], 1)} h", delta_color="off", delta_arrow="off")
    c.metric("Cost", euros(r["cost_eur"]), f"{number(r['co2e_kg'], 1)} kg CO2e", delta_color="off", delta_arrow="off")
    stop_table(stops[stops["route_id"] == route_id], key=f"tonight.stops.{run.id}.{route_id}", height=330)


def stop_table(stops: pd.DataFrame, *, key: str, height: int) -> None:
    """Show a van's stops in driving order."""
    st.dataframe(
        stops,
        key=key,
        hide_index=True,
        placeholder="–",
        height=height,
        column_order=["position", "arrives", "name", "parcels", "load_parcels", "load_kg", "km"],
        column_config={
            "position": figure("#", width=40),
            "arrives": text("Arrives", width=64),
            "name": text("Stop"),
            "parcels": figure("Takes", width=60),
            "load_parcels": figure("Aboard", width=64),
            "load_kg": figure("kg", "%.0f", width=56),
            "km": figure("km", "%.1f", "From the stop before", width=52),
        },
    )


def _or_none(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
