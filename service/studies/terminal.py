"""What a study tells: plain values for machines, and its tables for people."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich.console import Console

from network_design.study.tables import STUDY_TABLES
from service.studies.calibration import show_calibration
from service.studies.run import StudyRun
from service.studies.terminal_columns import shown_columns
from service.terminal_tables import print_table
from service.text import number, percent

SHOWN = {
    "greenfield": "Places near demand", "greenfield_places": "Where they lie",
    "summary": "Designs over all futures", "regret": "Every design in every future",
    "outcomes": "What has no design", "front": "Trade-offs", "front_bounds": "What is proven of each aim",
    "alternatives": "Other designs that cost nearly as little", "sensitivity": "One lever at a time",
}  # fmt: skip
MOST_ROWS = 40


def study_record(run: StudyRun, *, seconds: float, peak_mb: float, exit_code: int) -> dict[str, Any]:
    """Return a stored study as the plain values of `--json`; cost and bound are those of the design for all futures.

    Without one they are those of the first design.
    """
    m, members = run.manifest, run.table("members")
    first = plain_rows(members)[0]
    answer = first if m.hedged is None else {"cost": m.hedged.value, **m.hedged.model_dump(mode="json")}
    return {
        **{name: answer[name] for name in ("status", "cost", "bound", "gap")},
        "seconds": round(seconds, 3), "peak_mb": peak_mb, "feasible": m.feasible, "violations": _unsound(members),
        "shortfalls": m.shortfalls, "hedged": None if m.hedged is None else m.hedged.model_dump(mode="json"),
        **{name: plain_rows(run.table(name)) for name in STUDY_TABLES if name in m.tables},
        "currency": m.network.currency, "run": str(run.path), "run_id": run.id, "network": m.network.name,
        "input_hash": m.network.hash, "seed": m.seed, "time_budget_s": m.budget_s, "exit_code": exit_code,
    }  # fmt: skip


def show_study(run: StudyRun, *, seconds: float) -> None:
    """Print the tables of a study and where it is stored."""
    m, console = run.manifest, Console(highlight=False)
    unit = f"{m.network.currency}, discounted"
    console.print(f"[bold]{m.name}[/]: {m.network.name}, {m.network.periods} periods, {unit}", soft_wrap=True)
    show_calibration(console, run)
    for name, title in SHOWN.items():
        frame = _shown(run, name)
        if len(frame):
            print_table(console, shown_columns(run, name, frame.head(MOST_ROWS)), title=title)
        if len(frame) > MOST_ROWS:
            console.print(f"and {len(frame) - MOST_ROWS} more rows ({name}.csv tells all)")
    if m.hedged is not None:
        console.print(_proved(run), soft_wrap=True)
    members = run.table("members")
    verdict = "[green]no broken promise" if m.feasible else f"[red]{m.violations} designs break a promise"
    console.print(f"[dim]checked [/] {verdict}[/] in {len(members)} designs")
    for sentence in m.shortfalls:
        console.print(f"Degraded: {sentence}", style="yellow", markup=False, soft_wrap=True)
    console.print(f"Stored in {number(seconds, 1)} s: {run.path}", soft_wrap=True)


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as rows of plain values, None where a cell is empty."""
    return [{k: None if pd.isna(v) else v for k, v in row.items()} for row in frame.to_dict("records")]


def _shown(run: StudyRun, name: str) -> pd.DataFrame:
    """Return what people see of a table; of outcomes only those without a design, whose reasons come at the end."""
    return run.without_design.drop(columns="why") if name == "outcomes" else run.optional(name)


def _unsound(members: pd.DataFrame) -> list[dict[str, Any]]:
    return plain_rows(members[~members["feasible"].astype(bool)])


def _proved(run: StudyRun) -> str:
    proof = run.manifest.hedged
    if proof is None:
        return ""
    gap = "no bound" if proof.gap is None else f"gap {percent(proof.gap, 2)}"
    known = f"knowing the future would save {number(proof.value_of_perfect_information)}"
    saved = proof.value_of_hedging
    mean = "the design for mean figures does not fit all futures" if saved is None else f"hedging saves {number(saved)}"
    return f"One design for all futures: {number(proof.value)} ({gap}); {known}; {mean}."
