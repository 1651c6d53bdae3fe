"""Design a network from the screen: choose it, change candidates and limits in a grid, start, follow."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import streamlit as st

from retour.design import DesignInstance
from retour.errors import InputError
from retour.gate.design import load_design
from retour.tables.design import DESIGN_TABLES
from retour.vocabulary import PlaceStatus
from service.designing import AskedDesign
from service.settings import settings
from service.status_file import JobState, JobStatus
from service.text import NONE, number
from service.views import design_loaded as loaded
from service.views.design_job import dismiss, newest_job, start_design
from service.views.design_variant import EDITABLE, changed_tables, write_variant
from service.views.marks import plain

POLL_S = 1.0
GRID_PX = 300
UNSCROLLED_REASONS, REASONS_PX = 10, 260
STAGES = {"load": "Reading", "design": "Designing", "check": "Checking", "store": "Storing"}
KINDS_OF_FAILURE = {
    3: "The network's data must be corrected.",
    4: "No design keeps every limit.",
    5: "A solver failed, or the time was too short.",
}
TITLES = {"places": "Places", "capacities": "Sizes and their costs", "group_limits": "How many may be open"}
MEANINGS = {
    "places": "A CANDIDATE may open, an EXISTING place is open at the start, one that is ALWAYS there is not decided.",
    "capacities": "The sizes a place may have. Add or delete rows at the bottom of the grid.",
    "group_limits": "A group of places, or a kind: ZONE, POINT, HUB, SITE, MARKET. Period 0 holds in every period.",
}


@st.cache_resource(show_spinner="Reading the network", max_entries=4)
def _instance(path: str, changed_ns: int) -> DesignInstance:
    """Return a network behind the gate; `changed_ns` makes a file that was edited be read anew."""
    return load_design(path)


def design_form(root: Path) -> None:
    """Ask for network, changes, time and seed; the button starts the job."""
    known = loaded.design_networks(Path("data"), root)
    path = st.selectbox(
        "Design network", known, key="design.network", persist_state="session", accept_new_options=True,
        index=0 if known else None, placeholder="A folder with design.toml",
        help="A folder of tables with design.toml, or one Excel workbook. Type any path.",
    )  # fmt: skip
    if not path:
        st.caption("Write one to try with `retour sample design mynet --size small`, then type its path here.")
        return
    try:
        instance = _instance(path, _changed_ns(Path(path)))
    except InputError as error:
        _issues(f"{path} cannot be designed yet.", error)
        return
    edited = _grids(path, instance)
    _start(root, path, instance, changed_tables(instance, edited))


def _changed_ns(path: Path) -> int:
    """Return when anything of a network changed last."""
    files = [path, *(path.iterdir() if path.is_dir() else [])]
    return max((file.stat().st_mtime_ns for file in files if file.exists()), default=0)


def _grids(path: str, instance: DesignInstance) -> dict[str, pd.DataFrame]:
    edited = {}
    with st.expander("Change candidates, sizes and limits", key="design.change", icon=":material/edit:"):
        for tab, name in zip(st.tabs(list(TITLES.values())), TITLES, strict=True):
            with tab:
                st.caption(MEANINGS[name])
                rows: Literal["fixed", "dynamic"] = "fixed" if name == "places" else "dynamic"
                edited[name] = st.data_editor(
                    _decided_first(instance.tables[name][EDITABLE[name]]),
                    key=f"design.grid.{name}.{path}.{instance.hash[:8]}",
                    num_rows=rows,
                    disabled=["place_id", "kind"] if name == "places" else [],
                    height=GRID_PX, hide_index=True, placeholder="", column_config=_looks(name),
                )  # fmt: skip
    return edited


def _decided_first(table: pd.DataFrame) -> pd.DataFrame:
    """Return places with what is decided on top; rows keep their index, by which they find back."""
    if "status" not in table:
        return table
    return table.sort_values("status", key=lambda s: s == PlaceStatus.ALWAYS, kind="stable")


LABELS = {
    "place_id": "Place", "name": "Name", "kind": "Kind", "status": "Status", "open_from": "Must be open from",
    "closed_from": "Must be closed from", "may_close": "May close", "size_t": "Size, t", "period": "Period",
    "opening_cost": "Opening cost", "fixed_cost": "Fixed cost a period", "group_id": "Group or kind",
    "least": "Fewest open", "most": "Most open",
}  # fmt: skip


def _looks(table: str) -> dict[str, Any]:
    looks: dict[str, Any] = {}
    for column in (DESIGN_TABLES[table].column(name) for name in EDITABLE[table]):
        label, says = LABELS[column.name], column.doc
        if column.choices:
            looks[column.name] = st.column_config.SelectboxColumn(
                label, options=list(column.choices), required=True, help=says
            )
        elif column.kind in ("integer", "number"):
            step = 1 if column.kind == "integer" else None
            looks[column.name] = st.column_config.NumberColumn(label, min_value=column.low, step=step, help=says)
        elif column.kind == "flag":
            looks[column.name] = st.column_config.CheckboxColumn(label, help=says)
        else:
            looks[column.name] = st.column_config.TextColumn(label, help=says)
    return looks


def _start(root: Path, path: str, instance: DesignInstance, changed: dict[str, pd.DataFrame]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        budget_s = st.number_input(
            "Time budget, seconds", min_value=5, max_value=7200, value=int(settings().time_budget_s), step=5,
            key="design.budget", persist_state="session", width=170,
            help="More time proves more and may find a cheaper design.",
        )  # fmt: skip
        seed = st.number_input(
            "Seed", min_value=0, max_value=10**9, value=1, step=1, key="design.seed", persist_state="session", width=130
        )
        job = newest_job(root)
        busy = job is not None and not job.has_ended
        go = st.button("Design", key="design.go", type="primary", icon=":material/hub:", disabled=busy)
    if changed:
        st.caption("Changed: " + ", ".join(TITLES[name].lower() for name in changed) + ". A copy will be designed.")
    if not go:
        return
    try:
        network = write_variant(instance, changed, root=root) if changed else Path(path)
    except InputError as error:
        _issues("The changes do not fit together. Nothing was started.", error)
        return
    called = instance.settings.name + (", changed" if changed else "")
    start_design(AskedDesign(network, int(seed), float(budget_s)), root=root, called=called)
    st.rerun()


def _issues(heading: str, error: InputError) -> None:
    st.error(plain(heading))
    st.code("\n".join(map(str, error.issues)), language=None, wrap_lines=True)


def progress_strip(root: Path) -> None:
    """Show the running job, or the error of the last one; nothing when all is quiet."""
    job = newest_job(root)
    if job is None:
        return
    if not job.has_ended:
        _follow(root)
    elif job.status.state == JobState.FAILED:
        _failure(root)


@st.fragment(run_every=POLL_S)
def _follow(root: Path) -> None:
    job = newest_job(root)
    if job is None or job.has_ended:
        st.rerun()
    status = job.status
    elapsed_s = (datetime.now(UTC) - job.record.started_at).total_seconds()
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="design.progress"):
        with st.container(width="stretch", gap="xsmall"):
            st.markdown(f"**{plain(job.record.network)}** &ensp; {_stage_words(status)}")
            st.progress(min(max(status.done, 0.0), 1.0))
        st.metric("Best cost so far", NONE if status.best_eur is None else number(status.best_eur), width=150)
        st.metric("Elapsed", f"{elapsed_s:.0f} s", width=80)
        if st.button("Stop", key="design.stop", icon=":material/stop_circle:"):
            job.cancel()


def _stage_words(status: JobStatus) -> str:
    words = [f"**{n}**" if stage == status.stage else f":gray[{n}]" for stage, n in STAGES.items()]
    return " → ".join(words) + f"&ensp;:gray[{plain(status.message)}]"


def _failure(root: Path) -> None:
    job = newest_job(root)
    if job is None:
        return
    status = job.status
    with st.container(border=True, key="design.failure"):
        kind = KINDS_OF_FAILURE.get(status.exit_code or 0, "")
        st.error(f"**{plain(job.record.network)} was not designed.** {kind} Nothing was stored.")
        reasons = status.error or "no message"
        tall: int | Literal["content"] = REASONS_PX if reasons.count("\n") >= UNSCROLLED_REASONS else "content"
        st.code(reasons, language=None, wrap_lines=True, height=tall)
        if st.button("Dismiss", key="design.dismiss"):
            dismiss(job)
            st.rerun()
