"""Design large sample networks on this machine, alone and for several futures, beside HiGHS on the whole program.

python -m benchmarks.networks --budget 600 --out runs/benchmarks/networks --page docs/benchmarks/networks.md

What was measured before stays in the table until the same method is measured on the same network again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.measuring.machine import machine
from benchmarks.measuring.memory import held_mb

LOOK_EVERY_S = 0.5
SLACK_S = 300.0  # beyond the budget a run is ended
HEAD = (
    "| network | method | cost, M EUR | bound, M EUR | gap % | seconds | peak MB | violations | remarks |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
)
WITHOUT_FUTURES, FUTURES = 'name = "as it is"\nnetwork_scenarios = false\n', 'name = "futures"\n\n[uncertainty]\n'
HOW = (
    "    python -m benchmarks.networks --budget 600 --page docs/benchmarks/networks.md",
    "",
    "*ours* is `retour design`, from tables to stored run; *five futures* is one design for all scenarios of the",
    "sample (expected cost), priced in each of them. *HiGHS* is the same program, strong rows and all, built by us and",
    "solved whole within the same time. Gap is (cost - bound) / cost; seconds are wall clock of the command; peak",
    "memory is what its processes hold.",
)


@dataclass(frozen=True)
class Measured:
    """One method on one network; cost in millions, None where there was no design."""

    network: str
    method: str
    cost: float | None
    bound: float | None
    gap: float | None
    seconds: float
    peak_mb: float
    violations: int | None
    note: str = ""


def ours(network: Path, study: str, name: str, *, budget_s: float, seed: int, out: Path) -> Measured:
    """Run the command and return what it says."""
    asked = out / f"{network.name}-{name.replace(' ', '-')}.toml"
    asked.write_text(study, encoding="utf-8")
    command = [sys.executable, "-m", "service.cli", "design", str(network), str(asked), "--time-budget", str(budget_s),
               "--seed", str(seed), "--out", str(out), "--json"]  # fmt: skip
    return _measured(network.name, name, command, limit_s=budget_s + SLACK_S)


def whole(network: Path, *, budget_s: float, seed: int) -> Measured:
    """Give the whole program to HiGHS."""
    command = [sys.executable, "-m", "benchmarks.networks_whole", str(network), str(budget_s), str(seed)]
    return _measured(network.name, "HiGHS", command, limit_s=budget_s + SLACK_S)


def _measured(network: str, method: str, command: list[str], *, limit_s: float) -> Measured:
    typer.echo(f"{network}, {method} ...", err=True)
    begun, peak = time.monotonic(), 0.0
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    while run.poll() is None and time.monotonic() - begun < limit_s:
        peak = max(peak, held_mb(run.pid))
        time.sleep(LOOK_EVERY_S)
    run.kill()
    seconds, text = time.monotonic() - begun, run.stdout.read() if run.stdout else ""
    told = json.loads(text) if text.startswith("{") else {}
    note = "" if told else f"ended without an answer, exit code {run.returncode}"
    broken = told.get("violations")
    return Measured(
        network, method, told.get("cost"), told.get("bound"), told.get("gap"), seconds, peak,
        len(broken) if isinstance(broken, list) else broken, told.get("note", note),
    )  # fmt: skip


def page(rows: list[Measured], budget_s: float) -> str:
    """Return the measurements as Markdown."""
    here = machine()
    lines = ["# Network designs, measured", "", *HOW, "", f"Time budget {budget_s:,.0f} s; {here['processor']}, "]
    lines[-1] += f"{here['cores']} cores, {here['memory_gb']} GB. The aim for France is a gap of 1 %, below 8,000 MB."
    lines += ["", *HEAD]
    for row in rows:
        money = [_told(None if m is None else m / 1e6, ",.3f") for m in (row.cost, row.bound)]
        gap = _told(None if row.gap is None else 100 * row.gap, ".2f")
        lines.append(
            f"| {row.network} | {row.method} | {money[0]} | {money[1]} | {gap} | {row.seconds:,.0f} | "
            f"{row.peak_mb:,.0f} | {_told(row.violations, 'd')} | {row.note} |"
        )
    return "\n".join(lines) + "\n"


def _told(figure: float | None, form: str) -> str:
    return "-" if figure is None else format(figure, form)


def main(
    budget: Annotated[float, typer.Option(min=1, help="Time budget of each run in seconds.")] = 600.0,
    size: Annotated[list[str] | None, typer.Option(help="Sizes of the sample; small and france by default.")] = None,
    methods: Annotated[str, typer.Option(help="Of ours, futures and highs.")] = "ours,futures,highs",
    seed: Annotated[int, typer.Option(help="Of the sample and of the search.")] = 1,
    out: Annotated[Path, typer.Option(help="Folder of networks and runs.")] = Path("runs/benchmarks/networks"),
    to: Annotated[Path | None, typer.Option("--page", help="Where to write the page; else on the screen.")] = None,
) -> None:
    """Design each sample by each method and write down what it took."""
    out.mkdir(parents=True, exist_ok=True)
    kept = out / "rows.json"
    before = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else []
    rows = {(row["network"], row["method"]): Measured(**row) for row in before}
    for name in size or ["small", "france"]:
        network = out / name
        if not network.exists():
            command = [sys.executable, "-m", "service.cli", "sample", "design", str(network), "--size", name]
            subprocess.run([*command, "--seed", str(seed)], check=True, stdout=subprocess.DEVNULL)
        asked, fresh = methods.split(","), list[Measured]()
        if "ours" in asked:
            fresh.append(ours(network, WITHOUT_FUTURES, "ours", budget_s=budget, seed=seed, out=out))
        if "futures" in asked:
            fresh.append(ours(network, FUTURES, "five futures", budget_s=budget, seed=seed, out=out))
        if "highs" in asked:
            fresh.append(whole(network, budget_s=budget, seed=seed))
        rows |= {(row.network, row.method): row for row in fresh}
        kept.write_text(json.dumps([asdict(row) for row in rows.values()], indent=1), encoding="utf-8")
        if to is not None:
            to.write_text(page(list(rows.values()), budget), encoding="utf-8")
    if to is None:
        typer.echo(page(list(rows.values()), budget))


if __name__ == "__main__":
    typer.run(main)
