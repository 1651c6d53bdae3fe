"""A study as one Excel workbook: what is proven, then a sheet per table."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from network_design.study.tables import STUDY_TABLES
from service.sheets import PLAIN, write_sheet
from service.studies.run import StudyRun

if TYPE_CHECKING:
    from xlsxwriter import Workbook

WORKBOOK = "study.xlsx"
LABEL_WIDTH, FIGURE_WIDTH = 44, 60


def write_study_workbook(run: StudyRun) -> None:
    """Write `study.xlsx` into the study's folder."""
    (run.path / WORKBOOK).write_bytes(study_workbook(run))


def study_workbook(run: StudyRun) -> bytes:
    """Return the study as .xlsx: `study` says what was asked and is proven, every table that has rows follows."""
    from xlsxwriter import Workbook

    stream = BytesIO()
    with Workbook(stream, PLAIN) as book:
        _first_sheet(book, run)
        for name, declared in STUDY_TABLES.items():
            frame = run.optional(name)
            if len(frame):
                write_sheet(book, name, frame, declared=declared)
    return stream.getvalue()


def _first_sheet(book: Workbook, run: StudyRun) -> None:
    sheet, bold = book.add_worksheet("study"), book.add_format({"bold": True})
    for i, (label, value) in enumerate(_facts(run)):
        sheet.write(i, 0, label, bold)
        sheet.write(i, 1, "" if value is None else value)
    sheet.set_column(0, 0, LABEL_WIDTH)
    sheet.set_column(1, 1, FIGURE_WIDTH)


def _facts(run: StudyRun) -> list[tuple[str, Any]]:
    m = run.manifest
    proof = m.hedged
    hedged = [] if proof is None else [
        ("One design for all futures, status", str(proof.status)), ("Its value, discounted", proof.value),
        ("No design has less", proof.bound), ("Gap, share of it", proof.gap),
        ("Hedging saves", proof.value_of_hedging),
        ("Knowing the future would save", proof.value_of_perfect_information),
    ]  # fmt: skip
    return [
        ("Study", m.name), ("Run", m.id), ("Network", m.network.name), ("Periods", m.network.periods),
        ("Currency", m.network.currency), ("Designs that break a promise", m.violations), *hedged,
        ("Seed", m.seed), ("Time budget, s", m.budget_s), ("Attribution", m.network.attribution),
        *[("Without a design", sentence) for sentence in m.shortfalls],
    ]  # fmt: skip
