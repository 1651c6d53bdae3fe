"""What `retour design` tells: plain values for machines, and a summary for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from service.designing_manifest import DesignManifest
from service.designing_store import DesignRun
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
        "parts": m.parts, "parts_by_period": m.parts_by_period, "cost_by_period": costs,
        "currency": m.network.currency, "kpis": m.kpis, "by_period": [p.model_dump() for p in m.by_period],
        "open_places": [p.model_dump() for p in m.open_places], "run": str(run.path), "run_id": run.id,
        "network": m.network.name, "input_hash": m.network.hash, "seed": m.seed, "time_budget_s": m.budget_s,
        "ledger_total": m.ledger_total, "note": m.note, "exit_code": exit_code,
    }  # fmt: skip


def show_design(run: DesignRun, *, seconds: float) -> None:
    """Print what a design costs, what it opens, and where it is stored."""
    m, console = run.manifest, Console(highlight=False)
    console.print(
        Panel(
            _figures(run), title=f"[bold]{m.network.name}, {m.network.periods} periods", box=box.ROUNDED, expand=False
        )
    )
    console.print(_open(run))
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
    for name, cost in m.parts.items():
        if cost:
            table.add_row(f"  {name}", number(cost))
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


def _open(run: DesignRun) -> Table:
    m = run.manifest
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("open, size in t")
    for period in range(1, m.network.periods + 1):
        table.add_column(str(period), justify="right")
    for place in m.open_places[:MOST_PLACES]:
        table.add_row(place.place_id, *(number(size) if size else "" for size in place.size_t))
    if len(m.open_places) > MOST_PLACES:
        table.add_row(f"and {len(m.open_places) - MOST_PLACES} more", *[""] * m.network.periods)
    return table
