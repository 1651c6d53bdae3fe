"""What `retour routes` tells: plain values for machines, and a summary for people."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from service.routing_file import AskedRoutes, SolvedFile
from service.text import number, percent

MOST_VIOLATIONS = 8


def routes_record(
    asked: AskedRoutes, solved: SolvedFile, *, seconds: float, peak_mb: float, exit_code: int
) -> dict[str, Any]:
    """Return an answer as the plain values of `--json`; `seconds` is the wall time of the command."""
    written = asked.out is not None and solved.feasible
    return {
        "status": str(solved.status), "cost": solved.cost, "bound": solved.bound, "gap": solved.gap,
        "seconds": round(seconds, 3), "peak_mb": peak_mb, "feasible": solved.feasible,
        "violations": [{**broken, "ids": list(broken["ids"])} for broken in solved.violations],
        "engine": solved.engine, "engine_why": solved.engine_why, "iterations": solved.iterations,
        "instance": solved.name, "kind": solved.kind, "convention": solved.convention,
        "clients": solved.clients, "left_out": solved.left_out, "routes": solved.routes,
        "seed": asked.seed, "time_budget_s": asked.budget_s, "out": str(asked.out) if written else None,
        "degraded": list(solved.degraded), "ignored": list(solved.ignored),
        "assumed": solved.assumed or None, "unserved": [dict(stop) for stop in solved.unserved],
        "exit_code": exit_code,
    }  # fmt: skip


def show_routes(record: dict[str, Any]) -> None:
    """Print the answer of a routing file for a person."""
    console = Console(highlight=False)
    title = f"[bold]{record['instance']}[/] ({record['kind'] or 'no TYPE'}, {number(record['clients'])} clients)"
    console.print(Panel(_figures(record), title=title, box=box.ROUNDED, expand=False))
    console.print(f"[dim]engine  [/] {record['engine_why']}", soft_wrap=True)
    broken = record["violations"]
    verdict = "[green]no broken rule" if record["feasible"] else f"[red]{len(broken)} broken rules"
    console.print(f"[dim]checked [/] {verdict}")
    for violation in broken[:MOST_VIOLATIONS]:
        console.print(f"  {violation['message']}", markup=False, soft_wrap=True)
    for sentence in record["degraded"]:
        console.print(f"[red]degraded[/] {sentence}", soft_wrap=True)
    for stop in record["unserved"][:MOST_VIOLATIONS]:
        console.print(f"[red]left[/] {escape(stop['reason'])}", soft_wrap=True)
    if record["assumed"]:
        console.print(f"[dim]assumed:[/] {record['assumed']}", soft_wrap=True)
    if record["ignored"]:
        console.print(f"[dim]not understood, limits nothing: {', '.join(record['ignored'])}", soft_wrap=True)
    if record["out"]:
        console.print(f"Written: {record['out']}", soft_wrap=True)


def _figures(record: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="left")
    table.add_column(justify="right")
    proved = "no bound" if record["gap"] is None else f"gap {percent(record['gap'], 2)}"
    unit = f" ({record['convention']})" if record["convention"] else ""
    rows = {
        f"[bold]Cost[/]{unit}": f"[bold]{number(record['cost'])}",
        "Status": f"{record['status']}, {proved}",
        "Routes": number(record["routes"]),
        "Left out": number(record["left_out"]),
        "Engine": record["engine"],
        "Iterations": number(record["iterations"]),
        "Time": f"{number(record['seconds'], 1)} s",
        "Memory": f"{number(record['peak_mb'])} MB",
    }
    for noun, figure in rows.items():
        table.add_row(noun, figure)
    return table
