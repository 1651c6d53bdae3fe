"""What a person sees in the terminal, and the same as plain values for machines."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from service.kpis import FIGURES
from service.run import Run
from service.text import euros, figure, number, percent, price_words, signed_euros

PLAN_FIGURES = (
    "saved_vs_fixed_eur", "saved_vs_greedy_eur", "recovered_value_eur", "operating_cost_eur", "co2e_kg",
    "returns_planned", "returns_denied", "returns_later", "points_emptied", "points_left", "vans", "km", "parcels",
    "refused_expected",
)  # fmt: skip
DECIDE_FIGURES = (
    "saved_vs_fixed_eur", "saved_vs_greedy_eur", "recovered_value_eur", "operating_cost_eur", "co2e_kg",
    "returns_planned", "returns_denied", "returns_later", "returns_kept",
)  # fmt: skip
MOST_ALERTS = 8


def show_run(run: Run, *, seconds: float) -> None:
    """Print what a run found, what to look at, and where it is."""
    m, console = run.manifest, Console(highlight=False)
    console.print(Panel(_figures(run), title=f"[bold]{m.network.name}, {m.night}", box=box.ROUNDED, expand=False))
    for answer in m.answers:
        proved = f"gap {percent(answer.gap, 2)}" if answer.gap is not None else "no bound"
        took = f"{number(answer.seconds, 1)} s ({answer.engine})"
        console.print(f"[dim]{answer.stage:<8}[/] {answer.status}, {proved}, {took}")
    verdict = "[green]no broken promise" if m.feasible else f"[red]{m.violations} broken promises"
    console.print(f"[dim]checked [/] {verdict}")
    _sentences(console, "To look at", m.alerts, "yellow")
    _sentences(console, "Degraded", m.degraded, "red")
    console.print(f"\nStored in {number(seconds, 1)} s: {run.path}", soft_wrap=True)
    console.print(f"Open {run.report} or run `retour app --out {run.path.parent}`.", soft_wrap=True)


def _figures(run: Run) -> Table:
    m = run.manifest
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="left")
    table.add_column(justify="right")
    net = m.ledger_total_eur
    table.add_row("[bold]Net gain" if net < 0 else "[bold]Net cost", f"[bold]{euros(abs(net))}")
    for key in PLAN_FIGURES if m.kind == "plan" else DECIDE_FIGURES:
        if m.kpis[key] is not None:
            table.add_row(FIGURES[key].label, figure(m.kpis[key], FIGURES[key].unit))
    return table


def _sentences(console: Console, heading: str, sentences: tuple[str, ...], colour: str) -> None:
    if not sentences:
        return
    console.print(f"\n[bold {colour}]{heading}")
    for sentence in sentences[:MOST_ALERTS]:
        console.print(f"  {sentence}", markup=False, soft_wrap=True)
    if len(sentences) > MOST_ALERTS:
        console.print(f"  and {len(sentences) - MOST_ALERTS} more in the report", markup=False)


def show_replanned(run: Run) -> None:
    """Print what each override of a plan made again costs, and what changed."""
    told, console = run.manifest.replanned, Console(highlight=False)
    if told is None:
        return
    console.print(f"\n[bold]Planned again from {told.run_id}")
    for override in told.overrides:
        console.print(f"  {override.words}: {price_words(override)}", markup=False, soft_wrap=True)
    if len(told.overrides) > 1 and told.price_eur is not None:
        console.print(f"  together: about {signed_euros(told.price_eur)}", markup=False)
    console.print(
        f"  {told.changed_van} stops changed vans, {told.reordered} were reordered, {told.retimed} moved in time."
    )
    for sentence in told.changes[:MOST_ALERTS]:
        console.print(f"  {sentence}", markup=False, soft_wrap=True)


def run_record(run: Run, *, seconds: float) -> dict[str, Any]:
    """Return a run as the plain values of `--json`; `seconds` is the wall time of the command."""
    m = run.manifest
    broken = run.table("violations")
    return {
        "status": str(m.status), "cost": m.objective_eur, "bound": m.bound_eur, "gap": m.gap,
        "seconds": round(seconds, 3), "peak_mb": m.peak_mb, "feasible": m.feasible,
        "violations": broken.astype(object).where(broken.notna(), None).to_dict("records"),
        "violation_count": m.violations, "run": str(run.path), "run_id": run.id, "report": str(run.report),
        "night": m.night.isoformat(), "network": m.network.name, "input_hash": m.network.hash, "seed": m.seed,
        "objective_eur": m.objective_eur, "ledger_total_eur": m.ledger_total_eur,
        "degraded": list(m.degraded), "alerts": list(m.alerts), "kpis": m.kpis,
        "answers": [a.model_dump(mode="json") for a in m.answers],
        "replanned": m.replanned.model_dump(mode="json") if m.replanned else None,
    }  # fmt: skip


def show_profile(profile: dict[str, Any]) -> None:
    """Print what is in a sound network."""
    console = Console(highlight=False)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right")
    for noun, count in profile["counts"].items():
        table.add_row(noun, f"{count:,}")
    console.print(Panel(table, title=f"[bold]{profile['network']}, {profile['night']}", box=box.ROUNDED, expand=False))
    _sentences(console, "To look at", tuple(profile["look_at"]), "yellow")
    console.print("[green]No defect found in the tables.")
