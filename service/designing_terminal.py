"""What `retour design` tells: plain values for machines, and a summary for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from service.design_report_tables import cost_by_line
from service.designing_manifest import DesignManifest
from service.designing_store import DesignRun
from service.terminal_tables import Shown, print_table, written
from service.text import number, percent

MOST_VIOLATIONS = 8
MOST_PLACES = 25


def design_record(run: DesignRun, *, seconds: float, peak_mb: float, exit_code: int) -> dict[str, Any]:
    """Return a stored design as the plain values of `--json`; `seconds` is the wall time of the command."""
    m = run.manifest
    broken = run.table("violations")
    costs = [p.cost for p in m.by_period]
    return {
        "status": str(m.status), "cost": m.cost, "bound": m.bound, "gap": m.gap, "seconds": round(seconds, 3),
        "peak_mb": peak_mb, "feasible": m.feasible, "violations": broken.to_dict("records"),
        "parts": m.parts, "present_parts": present_parts(run), "parts_by_period": m.parts_by_period,
        "cost_by_period": costs,
        "currency": m.network.currency, "kpis": m.kpis, "by_period": [p.model_dump() for p in m.by_period],
        "open_places": [p.model_dump() for p in m.open_places], "run": str(run.path), "run_id": run.id,
        "network": m.network.name, "input_hash": m.network.hash, "seed": m.seed, "time_budget_s": m.budget_s,
        "ledger_total": m.ledger_total, "note": m.note, "exit_code": exit_code,
    }  # fmt: skip


def present_parts(run: DesignRun) -> dict[str, float]:
    """Return what `parts` come to discounted, each in the words and with the sign it has there."""
    ledger = run.table("ledger")
    dearest = ledger.loc[ledger["cost"].abs().groupby(ledger["period"]).idxmax()].set_index("period")
    worth = (dearest["present_cost"] / dearest["cost"]).to_dict()  # a period has one factor for all of its ledger
    return {
        name: sum(cost * worth[t] for t, cost in enumerate(costs, start=1) if cost)
        for name, costs in run.manifest.parts_by_period.items()
    }


def show_design(run: DesignRun, *, seconds: float) -> None:
    """Print what a design costs, what it opens, and where it is stored."""
    m, console = run.manifest, Console(highlight=False)
    console.print(
        Panel(
            _figures(run), title=f"[bold]{m.network.name}, {m.network.periods} periods", box=box.ROUNDED, expand=False
        )
    )
    _print_lines(console, run)
    _print_open(console, m)
    verdict = "[green]no broken promise" if m.feasible else f"[red]{m.violations} broken promises"
    console.print(f"[dim]checked [/] {verdict}")
    for message in run.table("violations")["message"].head(MOST_VIOLATIONS):
        console.print(f"  {message}", markup=False, soft_wrap=True)
    console.print(f"Stored in {number(seconds, 1)} s: {run.path}", soft_wrap=True)


def _figures(run: DesignRun) -> Table:
    m = run.manifest
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="left")
    table.add_column(justify="right")
    proved = "no bound" if m.gap is None else f"gap {percent(m.gap, 2)}"
    table.add_row(f"[bold]Cost[/] ({m.network.currency}, discounted)", f"[bold]{number(m.cost)}")
    table.add_row("Status", f"{m.status}, {proved}")
    table.add_row("Collected", f"{number(m.kpis['collected_t'])} t")
    table.add_row("Moved", f"{number(m.kpis['moved_t_km'])} t km")
    for label, figure in _service(m):
        table.add_row(label, figure)
    return table


def _service(m: DesignManifest) -> Iterator[tuple[str, str]]:
    """Yield how near the network is, where that is known: mean first way, share of each band, what never comes."""
    mean_km, lost_t = (m.kpis.get(name) for name in ("mean_distance_km", "lost_t"))
    if isinstance(mean_km, float):
        yield "First way, mean", f"{number(mean_km, 1)} km"
    for name, share in m.kpis.items():
        if name.startswith("within_") and isinstance(share, float):
            yield "  " + name.replace("_share_of_", ", ").replace("_", " "), percent(share, 1)
    if isinstance(lost_t, float) and lost_t:
        yield "Lost, never came", f"{number(lost_t)} t"


def _print_lines(console: Console, run: DesignRun) -> None:
    """Print the ledger by line with its total, undiscounted and discounted: as the report has it."""
    lines = cost_by_line(run)
    lines = lines[(lines[["cost", "present_cost"]] != 0).any(axis=1)]
    total = pd.DataFrame([{"activity": "total", **lines[["cost", "present_cost"]].sum()}])
    both = pd.concat([lines, total], ignore_index=True)
    cells = written([*both["cost"], *both["present_cost"]], "money")  # in one number of decimals
    columns = [
        Shown("", both["activity"].tolist(), figures=False),
        Shown("undiscounted", cells[: len(both)]),
        Shown("discounted", cells[len(both) :]),
    ]
    title = f"Cost by line, {run.manifest.network.currency}, all periods"
    print_table(console, columns, title=title, rules=[len(both) - 2], strong=len(both) - 1)


def _print_open(console: Console, m: DesignManifest) -> None:
    shown = m.open_places[:MOST_PLACES]
    sizes = pd.DataFrame([p.size_t for p in shown], columns=range(m.network.periods))
    columns = [Shown("", [p.place_id for p in shown], figures=False)]
    for period in sizes:
        figures = [number(size) if size else "" for size in sizes[period]]
        columns.append(Shown(str(period + 1), figures))
    print_table(console, columns, title="Open, size in t by period")
    if len(m.open_places) > MOST_PLACES:
        console.print(f"and {len(m.open_places) - MOST_PLACES} more places (--json tells all)")
