"""What stands beside tonight's map: what needs an eye, or the point, van, hub or site that was clicked."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from service import session
from service.charts import methods_chart
from service.kpis import BOUND
from service.manifest import Manifest
from service.night_map import HUBS, POINTS, ROUTES, SITES, is_home
from service.reading.points import EMPTIED, QUIET, returns_going_to, riskiest_left
from service.reading.returns import by_outcome
from service.reading.words import KINDS, OUTCOMES, counted, sentence
from service.run import Run
from service.text import clock, euros, number, percent
from service.views import loaded, pages
from service.views.marks import eur, figure, plain, text

UNSCROLLED_ALERTS, ALERTS_PX = 4, 210


def what_needs_an_eye(run: Run) -> None:
    """Show how the plan compares, the alerts, and the riskiest points that are left."""
    manifest = loaded.manifest(run.path)
    comparators = loaded.table(run.path, "comparators")
    if len(set(comparators["method"]) - {BOUND}) > 1:
        st.markdown(
            "##### What each method costs above the proven best",
            help="The same returns decided by other methods, at planning prices. No method can pass the line at zero.",
        )
        st.plotly_chart(methods_chart(comparators), key="tonight.methods", config={"displayModeBar": False})
    st.markdown("##### Needs your eye")
    _alerts(manifest)
    _riskiest_left(run)
    st.caption("Click a point, a van, a hub or a site on the map to see it here; click it again to come back.")


def _alerts(manifest: Manifest) -> None:
    many = len(manifest.alerts) + len(manifest.degraded) > UNSCROLLED_ALERTS
    with st.container(border=True, key="tonight.alerts", height=ALERTS_PX if many else "content"):
        for alert in manifest.degraded:
            st.markdown(f":red[:material/warning:] {plain(alert)}")
        for alert in manifest.alerts:
            st.markdown(f":orange[:material/notifications_active:] {plain(alert)}")
        if not manifest.alerts and not manifest.degraded:
            st.markdown(":green[:material/check_circle:] Nothing. A quiet night.")


def _riskiest_left(run: Run) -> None:
    left = riskiest_left(loaded.points(run.path))
    if left.empty:
        return
    st.markdown("##### Left tonight, the riskiest first")
    st.dataframe(
        left,
        key=f"tonight.riskiest.{run.id}",
        hide_index=True,
        placeholder="–",
        column_order=["name", "visit_id", "full", "risk", "expected_refused"],
        column_config={
            "name": text("Point"),
            "visit_id": text("Id"),
            "full": figure("Full", "%.0f%%"),
            "risk": figure("Overflow", "%.0f%%", "Chance to overflow before the next chance"),
            "expected_refused": figure("Refused", "%.1f"),
        },
    )


def _point(run: Run, visit_id: str) -> None:
    board = loaded.points(run.path)
    p = board[board["visit_id"] == visit_id].iloc[0]
    st.subheader(plain(p["name"]), anchor=False)
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
        done = "Picked up tonight" if is_home(p) else "Emptied tonight"
        st.markdown(f":green-badge[{done}] at **{clock(p['arrival_s'])}** {who}")
    else:
        st.markdown(":red-badge[Left although required]" if p["required"] else ":gray-badge[Left tonight]")
    if pd.notna(p["why"]):
        st.markdown(f":gray[{plain(sentence(p['why']))}]")


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
        st.switch_page(pages.returns())


def _route(run: Run, route_id: str) -> None:
    routes, stops = loaded.routes(run.path), loaded.stops(run.path)
    r = routes[routes["route_id"] == route_id].iloc[0]
    st.subheader(f"Van {plain(route_id)}", anchor=False)
    st.caption(f"{plain(r['vehicle_type_id'])} from {plain(r['hub'])} · out {r['leaves']}, back {r['back']}")
    a, b, c = st.columns(3)
    a.metric("Parcels", number(r["parcels"]), f"{r['stops']} stops", delta_color="off", delta_arrow="off")
    b.metric("Driven", f"{number(r['km'])} km", f"{number(r['hours'], 1)} h", delta_color="off", delta_arrow="off")
    c.metric("Cost", euros(r["cost_eur"]), f"{number(r['co2e_kg'], 1)} kg CO2e", delta_color="off", delta_arrow="off")
    stop_table(stops[stops["route_id"] == route_id], key=f"tonight.stops.{run.id}.{route_id}", height=330)


def _hub(run: Run, hub_id: str) -> None:
    _sorted_by_outcome(run, column="hub_id", place_id=hub_id, name_column="hub", does="sorts")


def _site(run: Run, site_id: str) -> None:
    _sorted_by_outcome(run, column="site_id", place_id=site_id, name_column="site", does="receives")


def _sorted_by_outcome(run: Run, *, column: str, place_id: str, name_column: str, does: str) -> None:
    board = loaded.returns(run.path)
    here = board[board[column] == place_id]
    name = here[name_column].iloc[0] if len(here) else place_id
    st.subheader(plain(name), anchor=False)
    st.caption(f"{plain(place_id)} {does} {counted(len(here), 'return')} of tonight's")
    st.dataframe(
        by_outcome(here),
        key=f"tonight.place.{run.id}.{place_id}",
        hide_index=True,
        column_config={
            "outcome": text("Become"),
            "returns": figure("Returns"),
            "value_eur": eur("Value"),
            "cost_eur": eur("Cost"),
        },
    )
    scarce = loaded.limits(run.path)
    for limit in scarce[scarce["place_id"] == place_id].itertuples():
        detail = f" ({plain(limit.detail)})" if isinstance(limit.detail, str) and limit.detail else ""
        used = f"{limit.used:.3g} of {limit.capacity:g} {plain(limit.unit)}"
        st.markdown(
            f":orange[:material/speed:] {plain(sentence(limit.limit))}{detail}: {used}, "
            f"one more saves **{euros(limit.price_eur)}**"
        )


def stop_table(stops: pd.DataFrame, *, key: str, height: int) -> None:
    """Show a van's stops in driving order."""
    brings = ["out_parcels"] if (stops["out_parcels"] > 0).any() else []
    st.dataframe(
        stops,
        key=key,
        hide_index=True,
        placeholder="–",
        height=height,
        column_order=["position", "arrives", "name", *brings, "parcels", "load_parcels", "load_kg", "km"],
        column_config={
            "position": figure("#", width=40),
            "arrives": text("Arrives", width=64),
            "name": text("Stop"),
            "out_parcels": figure("Brings", width=62),
            "parcels": figure("Takes", width=60),
            "load_parcels": figure("Aboard", width=64),
            "load_kg": figure("kg", "%.0f", width=56),
            "km": figure("km", "%.1f", "From the stop before", width=52),
        },
    )


def _or_none(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


PANELS = {POINTS: _point, ROUTES: _route, HUBS: _hub, SITES: _site}
