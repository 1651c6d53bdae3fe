"""What `retour locate` tells: plain values for machines, and a summary for people."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from network_design.locate.kinds import KINDS
from service.location_file import AskedLocation, SolvedLocation, as_written
from service.text import number, percent

MOST_VIOLATIONS = 8


def location_record(
    asked: AskedLocation, solved: SolvedLocation, *, seconds: float, peak_mb: float, exit_code: int
) -> dict[str, Any]:
    """Return an answer as the plain values of `--json`; `seconds` is the wall time of the command."""
    answer, written = solved.answer, asked.out is not None and solved.feasible
    return {
        "status": str(solved.status), "cost": as_written(solved.cost), "bound": as_written(solved.bound),
        "gap": solved.gap, "seconds": round(seconds, 3), "peak_mb": peak_mb, "feasible": solved.feasible,
        "violations": [{**broken, "ids": list(broken["ids"])} for broken in solved.violations],
        "instance": solved.name, "kind": asked.kind, "method": answer.method, "iterations": answer.iterations,
        "open_sites": len(answer.open_sites), "routes": len(answer.routes) or None,
        "parts": {name: as_written(value) for name, value in solved.parts.items()},
        "seed": asked.seed, "time_budget_s": asked.budget_s, "p": asked.p, "radius": asked.radius,
        "capacity": asked.capacity, "out": str(asked.out) if written else None, "note": answer.note or None,
        "exit_code": exit_code,
    }  # fmt: skip


def show_location(record: dict[str, Any]) -> None:
    """Print the answer of a location file for a person."""
    console = Console(highlight=False)
    title = f"[bold]{escape(record['instance'])}[/] ({KINDS[record['kind']].title})"
    console.print(Panel(_figures(record), title=title, box=box.ROUNDED, expand=False))
    broken = record["violations"]
    verdict = "[green]no broken rule" if record["feasible"] else f"[red]{len(broken)} broken rules"
    console.print(f"[dim]checked [/] {verdict}")
    for violation in broken[:MOST_VIOLATIONS]:
        console.print(f"  {violation['message']}", markup=False, soft_wrap=True)
    if record["note"]:
        console.print(f"[dim]note    [/] {escape(record['note'])}", soft_wrap=True)
    if record["out"]:
        console.print(f"Written: {record['out']}", markup=False, soft_wrap=True)


def _figures(record: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="left")
    table.add_column(justify="right")
    proved = "no bound" if record["gap"] is None else f"gap {percent(record['gap'], 3)}"
    rows = {
        "[bold]Cost[/]": f"[bold]{_figure(record['cost'])}",
        **{f"  {name.replace('_', ' ')}": _figure(value) for name, value in record["parts"].items()},
        "Bound": _figure(record["bound"]),
        "Status": f"{record['status']}, {proved}",
        "Open sites": number(record["open_sites"]),
        "Routes": number(record["routes"]),
        "Method": escape(record["method"]),
        "Time": f"{number(record['seconds'], 1)} s",
        "Memory": f"{number(record['peak_mb'])} MB",
    }
    for noun, figure in rows.items():
        if noun != "Routes" or record["routes"]:
            table.add_row(noun, figure)
    return table


def _figure(value: float | int | None) -> str:
    return number(value, 0 if isinstance(value, int) else 2)
