"""The report of a study: one HTML file that opens anywhere and fetches nothing; its designs' reports lie beside it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from network_design.study.tables import STUDY_TABLES
from service.design_report_tables import money, records
from service.reading.words import STATUSES
from service.run import REPORT
from service.studies.calibration import MEASURES, beyond_tolerance
from service.studies.charts import draw_front, draw_tornado, regret_board
from service.studies.run import StudyRun
from service.studies.workbook import write_study_workbook
from service.templating import template

MOST_TOTALS = 200


def write_study_outputs(run: StudyRun) -> None:
    """Write what people take along into the study's folder: report and workbook."""
    (run.path / REPORT).write_text(render(run), encoding="utf-8")
    write_study_workbook(run)


def render(run: StudyRun) -> str:
    """Return the report of a study as HTML; everything in it comes from the study's folder."""
    m, asked, tables = run.manifest, run.front_asked, {name: run.optional(name) for name in STUDY_TABLES}
    rows = {name: records(frame) for name, frame in tables.items() if name not in ("calibration", "regret")}
    totals = tables["calibration"]
    return template("study.html.j2").render(
        m=m, cur=m.network.currency, money=money, statuses=STATUSES, members=rows["members"],
        first=rows["members"][0], summary=rows["summary"], regret=regret_board(tables["regret"]),
        counted=max((row["futures_counted"] for row in rows["summary"]), default=0),
        nothing=records(run.without_design),
        front=rows["front"], front_chart=draw_front(tables["front"], asked.aims, m.network.currency),
        alternatives_asked=asked.alternatives, within=asked.within,
        front_bounds=rows["front_bounds"], alternatives=rows["alternatives"],
        tornado=draw_tornado(tables["sensitivity"]), totals=_totals(totals), off=beyond_tolerance(totals),
        totals_left_out=max(0, len(totals) - MOST_TOTALS), of_totals=len(totals), units=MEASURES,
        causes=rows["causes"], greenfield=rows["greenfield"], green_places=rows["greenfield_places"],
    )  # fmt: skip


def _totals(totals: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the totals of the books with `bar`: a deviation as a share (0 to 100) of twice the books' figure."""
    if totals.empty:
        return []
    shown = totals.head(MOST_TOTALS)
    return records(shown.assign(bar=shown["deviation_share"].abs().fillna(1.0).clip(upper=1.0) * 50))
