"""The list of what is stored, for people in the terminal, and the same as plain values for machines."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from service.listing import EURO
from service.tablefiles import plain
from service.text import NONE, euros, number, percent

PIPED_WIDTH = 140
MOST_RUNS = 40
HEADINGS = ("kind", "stored, UTC", "status", "cost", "gap", "check")
NUMBERS = ("cost", "gap")


def show_runs(root: Path, runs: pd.DataFrame) -> None:
    """Print the newest of `service.listing.list_stored`; a study's designs are counted in its row."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    if runs.empty:
        console.print(f"No run in {root} yet; `retour plan data/city --out {root}` makes one.", soft_wrap=True)
        return
    designs, alone = runs["study"].value_counts(), runs[runs["study"].isna()]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("run", overflow="fold")
    for heading in HEADINGS:
        table.add_column(heading, no_wrap=True, justify="right" if heading in NUMBERS else "left")
    for run in alone.head(MOST_RUNS).itertuples():
        table.add_row(*_cells(run, designs=int(designs.get(run.id, 0))))
    console.print(table)
    if len(alone) > MOST_RUNS:
        console.print(f"{len(alone) - MOST_RUNS} older runs: --json lists them all.")


def _cells(run: Any, *, designs: int) -> tuple[str, ...]:
    kind = f"{run.kind} of {designs}" if designs else run.kind
    cost, status = plain(run.cost), plain(run.status)
    priced = euros(cost) if run.currency == EURO or cost is None else f"{number(cost)} {run.currency}"
    verdict = "degraded" if run.degraded else ("sound" if run.feasible else "broken")
    stored = f"{run.created_at:%m-%d %H:%M}"
    return run.id, kind, stored, status.lower() if status else NONE, priced, percent(plain(run.gap), 2), verdict


def runs_record(root: Path, runs: pd.DataFrame) -> dict[str, Any]:
    """Return the list of runs as plain values."""
    texts = runs.assign(created_at=runs["created_at"].map(lambda moment: moment.isoformat()))
    rows = [{k: plain(v) for k, v in zip(texts.columns, row, strict=True)} for row in texts.itertuples(index=False)]
    return {"status": "DONE", "out": str(root), "count": len(rows), "runs": rows}
