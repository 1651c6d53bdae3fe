"""What can be relied on and taken away: the checker's verdict, what the solvers proved, the run's files."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from service.best_so_far import read_steps
from service.reading.words import counted
from service.run import Run
from service.time_charts import progress_chart
from service.views import loaded
from service.views.marks import eur, figure, text


def promises_tab(run: Run) -> None:
    """Show the independent checker's verdict and what each solver proved."""
    manifest, broken = loaded.manifest(run.path), loaded.table(run.path, "violations")
    if broken.empty:
        st.success(
            "The independent checker recomputed the plan and found every promise kept.", icon=":material/verified:"
        )
    else:
        st.error(f"The independent checker found {counted(len(broken), 'broken promise')}.", icon=":material/gpp_bad:")
        st.dataframe(
            broken,
            key="tonight.broken",
            hide_index=True,
            placeholder="–",
            column_order=["message", "rule", "ids", "found", "limit", "unit"],
            column_config={
                "message": text("What is wrong", width="large"),
                "rule": text("Rule"),
                "ids": text("Whom"),
                "found": text("Found"),
                "limit": text("Limit"),
                "unit": text("Unit"),
            },
        )
    st.markdown("##### What the solvers proved")
    answers = pd.DataFrame([a.model_dump(mode="json") for a in manifest.answers])
    st.dataframe(
        answers,
        key="tonight.answers",
        hide_index=True,
        placeholder="–",
        column_config={
            "stage": text("Stage"),
            "status": text("Status"),
            "objective_eur": eur("Found"),
            "bound_eur": eur("No plan below"),
            "gap": figure("Gap", "percent"),
            "seconds": figure("Seconds", "%.1f"),
            "engine": text("Engine"),
            "note": text("Note", width="large"),
        },
    )

    _progress(run)


def _progress(run: Run) -> None:
    steps = read_steps(run.progress)
    if not steps.empty:
        st.markdown(
            "##### How the best cost came down",
            help="Each round decides with the pickup prices the last one's routes revealed; the cheaper night is kept.",
        )
        st.plotly_chart(progress_chart(steps), key=f"tonight.progress.{run.id}", config={"displayModeBar": False})


def downloads_tab(run: Run) -> None:
    """Offer the run's files; the workbook is made when it is asked for."""
    st.caption("Everything below comes from the stored run; nothing is recomputed.")
    with st.container(horizontal=True):
        st.download_button(
            "Report, HTML",
            run.report.read_bytes(),
            f"{run.id}.html",
            "text/html",
            key="tonight.report",
            icon=":material/description:",
            on_click="ignore",
        )
        st.download_button(
            "Workbook, Excel",
            lambda: loaded.excel(run.path),
            f"{run.id}.xlsx",
            key="tonight.excel",
            icon=":material/table:",
            on_click="ignore",
        )
        st.download_button(
            "Routes, GeoJSON",
            run.geojson.read_bytes(),
            f"{run.id}.geojson",
            "application/geo+json",
            key="tonight.geojson",
            icon=":material/map:",
            on_click="ignore",
        )
        if loaded.manifest(run.path).tables["routes"].rows:
            st.download_button(
                "Manifests and GPX, zip",
                lambda: loaded.drivers(run.path),
                f"{run.id}-drivers.zip",
                "application/zip",
                key="tonight.drivers",
                icon=":material/local_shipping:",
                on_click="ignore",
            )
    with st.container(horizontal=True):
        for name in loaded.manifest(run.path).tables:
            path = run.path / f"{name}.csv"
            st.download_button(
                f"{name}.csv",
                path.read_bytes,
                path.name,
                "text/csv",
                key=f"tonight.csv.{name}",
                type="tertiary",
                on_click="ignore",
            )
