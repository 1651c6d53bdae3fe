"""Tonight: plan, then see what it costs, what is emptied, who drives where, and what needs an eye."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from service import session
from service.manifest import Manifest
from service.run import Run
from service.settings import settings
from service.views import loaded, plan_form, replan_form
from service.views.marks import headline_row, plain, verdict_badges
from service.views.tonight_map import map_and_panel
from service.views.tonight_tables import tables


def page() -> None:
    """Draw the page."""
    root = settings().runs
    run = session.opened(root)
    if run is None:
        _welcome(root)
        return
    manifest = loaded.manifest(run.path)
    _head(root, run, manifest)
    plan_form.progress_strip(root)
    headline_row(manifest)
    replan_form.prices(manifest)
    map_and_panel(run)
    tables(run)
    st.caption(plain(f"{manifest.network.description} {manifest.network.attribution}".strip()))


def _head(root: Path, run: Run, manifest: Manifest) -> None:
    left, middle, right = st.columns([4.4, 1, 1], vertical_alignment="center")
    with left, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(f"{plain(manifest.network.name)} · {manifest.night:%A %-d %B %Y}", anchor=False, width="content")
        verdict_badges(manifest)
    with middle:
        replan_form.change_button(root, run, manifest)
    with right:
        plan_form.plan_button(root)
    st.caption(_subtitle(manifest))


def _subtitle(manifest: Manifest) -> str:
    counts = f"{manifest.kpis['returns_planned']:,} returns planned"
    rest = [
        (manifest.kpis["returns_denied"], "denied"),
        (manifest.kpis["returns_later"], "on another night"),
        (manifest.kpis["returns_kept"], "kept by customers"),
    ]
    counts += "".join(f", {n:,} {words}" for n, words in rest if n)
    made = f"planned {manifest.created_at:%-d %b %H:%M} UTC in {manifest.total_seconds:.0f} s, seed {manifest.seed}"
    return f"{counts} · {made} · run {plain(manifest.id)}"


def _welcome(root: Path) -> None:
    plan_form.progress_strip(root)
    _, middle, _ = st.columns([1, 1.4, 1])
    with middle:
        st.space("medium")
        st.markdown("## Plan your first night")
        st.markdown(
            "Retour decides where each return goes, which points are emptied tonight and which van drives where. "
            "Choose a network and press **Plan**; the plan opens here when it is done, checked and priced."
        )
        with st.container(border=True):
            plan_form.plan_form(root)
        st.caption(
            f"Runs are kept in `{root}`. The same from a terminal: `retour plan data/city --time-budget 30 --seed 1`"
        )
