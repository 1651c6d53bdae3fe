"""Design: choose a network, have it designed, see what opens where, what flows and what it costs."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from service.design_report_tables import bound_words, money, told_t
from service.designing_manifest import DesignManifest
from service.designing_store import DesignRun
from service.reading.words import STATUSES, counted
from service.settings import settings
from service.text import number
from service.views import design_loaded as loaded
from service.views.design_form import design_form, progress_strip
from service.views.design_job import job_id
from service.views.design_study import study_panel
from service.views.design_tabs import tabs
from service.views.marks import STATUS_COLOURS, plain

WHOLE_FROM_T = 100


def page() -> None:
    """Draw the page."""
    root = settings().runs
    stored = loaded.stored_designs(root)
    if not stored:
        _welcome(root)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chooser = f"design.run.{stored[0].name}"  # a new design is a new choice, and opens
        folder = st.selectbox("Stored design", stored, format_func=loaded.label, key=chooser, width="stretch")
        key = f"design.popover.{job_id(root)}"  # a new one once a design begins: closed, off the progress
        with st.popover("Design a network", type="primary", icon=":material/hub:", width=220, key=key):
            design_form(root)
    progress_strip(root)
    if folder is not None:
        _show(root, folder, chooser)


def _show(root: Path, folder: Path, chooser: str) -> None:
    m = loaded.manifest(folder)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(plain(m.network.name), anchor=False, width="content")
        _badges(m)
    st.caption(
        f"{counted(m.network.periods, 'period')} · designed {m.created_at:%-d %b %Y, %H:%M} UTC, seed {m.seed} · "
        f"{plain(m.network.path)}"
    )
    run = DesignRun(folder)
    _headlines(run)
    st.markdown(plain(bound_words(run)))
    if m.note:
        st.caption(plain(m.note))
    study_panel(root, m.id, currency=m.network.currency, chooser=chooser)
    tabs(folder)
    if m.network.attribution:
        st.caption(plain(m.network.attribution))


def _badges(m: DesignManifest) -> None:
    if m.feasible:
        st.badge("Checked, no promise broken", icon=":material/verified:", color="green")
    else:
        st.badge(f"{counted(m.violations, 'promise')} broken", icon=":material/gpp_bad:", color="red")
    st.badge(STATUSES[m.status], color=STATUS_COLOURS.get(m.status, "red"))  # type: ignore[arg-type]


def _headlines(run: DesignRun) -> None:
    m = run.manifest
    currency, kpis = m.network.currency, m.kpis
    gas = {name for p in m.by_period for name in p.emitted_t}
    emitted = ", ".join(f"{number(sum(p.emitted_t.get(g, 0.0) for p in m.by_period), 1)} t {g}" for g in sorted(gas))
    changes = f"{kpis['openings']} open, {kpis['closings']} close"
    lost_t, at_origin_t = (told_t(run, name) for name in ("lost_t", "disposed_where_it_arose_t"))
    disposed = f"{number(kpis['disposed_t'])} t disposed of"
    where = f", of it {number(at_origin_t, _digits(at_origin_t))} t where it arose" if at_origin_t else ""
    cards = [
        ("Net gain" if m.cost < 0 else "Net cost", money(abs(m.cost), currency), "all periods, discounted"),
        ("Cost per tonne", money(kpis["cost_per_t"], currency), "collected, undiscounted"),
        ("Collected", f"{number(kpis['collected_t'])} t", disposed + where),
        *([("Never came", f"{number(lost_t, _digits(lost_t))} t", "the way is too far")] if lost_t else []),
        ("Open at the end", number(kpis["open_places_at_the_end"]), changes),
        ("Moved", f"{number(kpis['moved_t_km'])} t km", emitted or "no emissions priced"),
    ]  # fmt: skip
    with st.container(horizontal=True, key=f"design.headlines.{m.id}"):
        for label, value, says in cards:
            st.metric(label, value, says, delta_color="off", delta_arrow="off", border=True, height="stretch")


def _digits(tonnes: float) -> int:
    return 0 if tonnes >= WHOLE_FROM_T else 1


def _welcome(root: Path) -> None:
    progress_strip(root)
    _, middle, _ = st.columns([1, 2.2, 1])
    with middle:
        st.markdown("## Design your first network")
        st.markdown(
            "Which points, hubs and sites should open, stay, change size or close over the coming years? Choose a "
            "network and press **Design**; the cheapest design found opens here, checked, with a proven bound."
        )
        with st.container(border=True):
            design_form(root)
        st.caption(f"Designs are kept in `{root}`. From a terminal: `retour design mynet --time-budget 60`")
