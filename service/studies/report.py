"""The report of a study: one HTML file that opens anywhere and fetches nothing; its designs' reports lie beside it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from network_design.study.settings import Front
from service.design_report_tables import money, records
from service.reading.words import STATUSES
from service.run import REPORT
from service.studies.calibration import MEASURES
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
    m, members = run.manifest, run.table("members")
    totals, front = run.optional("calibration"), Front.model_validate(m.asked.get("front") or {})
    return template("study.html.j2").render(
        m=m, cur=m.network.currency, money=money, statuses=STATUSES, members=records(members),
        first=records(members)[0], summary=records(run.optional("summary")),
        regret=regret_board(run.optional("regret")),
        counted=int(run.optional("summary")["futures_counted"].max()) if "summary" in m.tables else 0,
        nothing=records(_without(run.optional("outcomes"))),
        front=records(run.optional("front")),
        front_chart=draw_front(run.optional("front"), front.aims, m.network.currency),
        alternatives_asked=front.alternatives, within=front.within,
        front_bounds=records(run.optional("front_bounds")), alternatives=records(run.optional("alternatives")),
        tornado=draw_tornado(run.optional("sensitivity")), totals=_totals(totals), off=_beyond(totals),
        totals_left_out=max(0, len(totals) - MOST_TOTALS), of_totals=len(totals), units=MEASURES,
        causes=records(run.optional("causes")), greenfield=records(run.optional("greenfield")),
        green_places=records(run.optional("greenfield_places")),
    )  # fmt: skip


def _without(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return what has no design; its reasons are told in words."""
    return outcomes[outcomes["why"] != ""] if len(outcomes) else outcomes


def _totals(totals: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the totals of the books with `bar`: a deviation as a share (0 to 100) of twice the books' figure."""
    if totals.empty:
        return []
    shown = totals.head(MOST_TOTALS)
    return records(shown.assign(bar=shown["deviation_share"].abs().fillna(1.0).clip(upper=1.0) * 50))


def _beyond(totals: pd.DataFrame) -> int:
    return 0 if totals.empty else int((~totals["fits"].astype(bool)).sum())
