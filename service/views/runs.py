"""Runs: every night that was planned; open one, or compare several."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from service import session
from service.reading.comparison import compared, with_savings
from service.reading.words import STATUSES
from service.run import Run
from service.settings import settings
from service.store import list_runs
from service.views import loaded, pages
from service.views.marks import eur, figure, headline_row, plain, text

MOST_COMPARED = 4


def page() -> None:
    """Draw the page."""
    root = settings().runs
    runs = list_runs(root)
    st.header("Runs", anchor=False)
    if runs.empty:
        pages.ask_for_a_plan(f"No run is stored in `{root}` yet.")
        return
    chosen = _catalogue(root, runs)
    if len(chosen) == 1:
        _open(root, chosen[0])
    elif len(chosen) > 1:
        _compare(root, chosen[:MOST_COMPARED])
    else:
        st.caption(
            "Select one run to open it, or several to compare them. Runs are never changed and never deleted here."
        )


def _catalogue(root: Path, runs: pd.DataFrame) -> list[str]:
    current = session.opened(root)
    shown = with_savings(runs, lambda i: loaded.manifest(root / i)).assign(
        open=runs["id"] == (current.id if current else None), status=runs["status"].map(STATUSES)
    )
    event = st.dataframe(
        shown,
        key="runs.table",
        hide_index=True,
        placeholder="–",
        on_select="rerun",
        selection_mode="multi-row",
        column_order=[
            "open",
            "kind",
            "network",
            "night",
            "created_at",
            "status",
            "feasible",
            "degraded",
            "net_cost_eur",
            "saved_eur",
            "gap",
            "co2e_kg",
            "returns",
            "seconds",
            "seed",
            "id",
        ],
        column_config={
            "open": st.column_config.CheckboxColumn("Open"),
            "kind": text("Kind"),
            "network": text("Network"),
            "night": text("Night"),
            "created_at": st.column_config.DatetimeColumn("Planned (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC"),
            "status": text("Status"),
            "feasible": st.column_config.CheckboxColumn(
                "Checked", help="The independent checker found no broken promise"
            ),
            "degraded": st.column_config.CheckboxColumn("Degraded"),
            "net_cost_eur": eur("Net cost"),
            "saved_eur": eur("Saved", "Against fixed rules"),
            "gap": figure("Gap", "percent"),
            "co2e_kg": figure("CO2e kg", "%.0f"),
            "returns": figure("Returns"),
            "seconds": figure("Seconds", "%.0f"),
            "seed": figure("Seed"),
            "id": text("Run"),
        },
    )
    return [str(runs["id"].iloc[i]) for i in event.selection.rows]


def _open(root: Path, run_id: str) -> None:
    m = loaded.manifest(root / run_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Open this run", key="runs.open", type="primary", icon=":material/open_in_full:"):
            session.open_next(run_id)
            st.switch_page(pages.tonight())
        st.caption(
            f"{plain(m.network.name)}, {m.night:%A %-d %B %Y} · {m.engine}, {m.method} · input {m.network.hash[:12]}",
            width="content",
        )
    headline_row(m)
    for sentence in m.degraded:
        st.warning(plain(sentence))


def _compare(root: Path, ids: list[str]) -> None:
    st.markdown("##### Side by side")
    manifests = [Run(root / i).manifest for i in ids]
    if len({m.network.hash for m in manifests}) > 1:
        st.caption("These runs read different inputs, so figures differ for more reasons than the plan.")
    table = compared(manifests)
    st.dataframe(
        table,
        key="runs.compared",
        hide_index=True,
        placeholder="–",
        height="content",
        column_config={"figure": text("", width="medium"), "meaning": text("What it is", width="large")},
    )
