"""The study a design belongs to, on the page of the design: what was found, as charts and tables, and its report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from network_design.study.tables import STUDY_TABLES
from retour.tables.column import FLAG, INTEGER, NUMBER, Column
from service.designing_store import DESIGNS
from service.run import REPORT
from service.studies.calibration import cause_lines
from service.studies.charts import AXES
from service.studies.run import STUDIES, StudyRun
from service.studies.workbook import WORKBOOK
from service.text import number, percent
from service.views import design_loaded as loaded
from service.views.design_study_charts import front_chart, tornado_chart
from service.views.marks import figure, plain, text

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BARE = {"displayModeBar": False}
TABLES = {
    "summary": "Designs over all futures", "regret": "Every design in every future",
    "alternatives": "Other designs that cost nearly as little", "greenfield": "Places near demand",
    "calibration": "The network as it is, against the books",
}  # fmt: skip


def study_of(root: Path, run_id: str) -> StudyRun | None:
    """Return the newest study that holds a design; None where there is none."""
    member = loaded.membership(root / DESIGNS / run_id)
    return None if member is None else StudyRun(root / STUDIES / member.study_id)


def front_of(study: StudyRun) -> pd.DataFrame:
    """Return the study's table `front` by its first aim, with the `run_id` of each design; without rows if none."""
    runs = study.table("members").drop_duplicates("design_id").set_index("design_id")["run_id"]
    front, (across, _) = study.optional("front"), AXES[study.front_asked.aims[0]]
    return front.assign(run_id=front["design_id"].map(runs)).sort_values(across, ignore_index=True)


def study_panel(root: Path, run_id: str, *, currency: str, chooser: str) -> None:
    """Show the study a design belongs to, if any; a chosen point of its front is opened by the widget `chooser`."""
    study = study_of(root, run_id)
    if study is None:
        return
    m = study.manifest
    with st.expander(f"Study {plain(m.name)}: what it found", icon=":material/show_chart:"):
        for sentence in m.shortfalls:
            st.warning(plain(sentence))
        _downloads(study)
        front, levers = front_of(study), study.optional("sensitivity")
        if len(front):
            _front(root, study, front, run_id=run_id, currency=currency, chooser=chooser)
        if len(levers):
            st.markdown("##### One lever at a time")
            st.plotly_chart(tornado_chart(levers, currency=currency), key=f"design.levers.{run_id}", config=BARE)
        for name in TABLES:
            _table(name, study.optional(name), key=f"design.study.{name}.{run_id}")
        for line in cause_lines(study.optional("causes")):
            st.markdown(plain(line))


def _downloads(study: StudyRun) -> None:
    """Offer what the study's folder has to take along; studies stored by an older Retour have nothing."""
    files = [("Report", study.path / REPORT, "text/html"), ("Workbook", study.path / WORKBOOK, SPREADSHEET)]
    with st.container(horizontal=True):
        for label, path, mime in files:
            if path.is_file():
                st.download_button(
                    f"{label} of the study", path.read_bytes(), f"{study.id}{path.suffix}", mime,
                    key=f"design.study.{label}", icon=":material/download:", on_click="ignore",
                )  # fmt: skip


def _front(root: Path, study: StudyRun, front: pd.DataFrame, *, run_id: str, currency: str, chooser: str) -> None:
    st.caption("No design on this front is better than another in every aim. Click a point, then open its design.")
    event = st.plotly_chart(
        front_chart(front, study.front_asked.aims, run_id=run_id, currency=currency), key=f"design.front.{run_id}",
        on_select="rerun", selection_mode="points", config=BARE,
    )  # fmt: skip
    for point in event.selection.points[:1]:
        _offer(root, front.iloc[point["point_index"]], run_id=run_id, currency=currency, chooser=chooser)


def _table(name: str, frame: pd.DataFrame, *, key: str) -> None:
    if frame.empty:
        return
    st.markdown(f"##### {TABLES[name]}")
    looks = {c.name: _look(c) for c in STUDY_TABLES[name].columns}
    money = [c.name for c in STUDY_TABLES[name].columns if c.unit == "money"]
    st.dataframe(frame.round(dict.fromkeys(money, 0)), key=key, hide_index=True, column_config=looks)


def _look(column: Column) -> Any:
    """Return the look of a column by what is declared of it."""
    label = column.name.replace("_", " ")
    if column.kind == FLAG:
        return st.column_config.CheckboxColumn(label, help=column.doc)
    if column.kind not in (NUMBER, INTEGER):
        return text(label, column.doc)
    return figure(label, "percent" if column.unit == "share" else "localized", column.doc)


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
