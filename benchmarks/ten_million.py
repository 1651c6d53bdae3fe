"""Decide ten million returns on this machine: seconds and peak memory by stage, all processes together.

retour sample country c10m --returns 10000000
python -m benchmarks.ten_million c10m --processes 2 --processes 1 --out runs --page docs/benchmarks/ten_million.md
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Annotated, Any

import typer

from benchmarks.measuring.machine import machine
from benchmarks.measuring.memory import held_mb

LOOK_EVERY_S = 1.0
STARTING = "start"
HOW = (
    "    retour sample country c10m --returns 10000000 --seed 1",
    "    python -m benchmarks.ten_million c10m --processes 2 --out runs --page docs/benchmarks/ten_million.md",
    "",
    "Peak memory is what all processes hold together, shared pages counted once; the aim is 8 GB.",
)


@dataclass
class Watched:
    """What was seen of one run: seconds and most MB per stage, in the order of the stages."""

    seconds: dict[str, float] = field(default_factory=dict)
    most_mb: dict[str, float] = field(default_factory=dict)
    stage: str = STARTING

    def look(self, pid: int, passed_s: float) -> None:
        """Note how long the present stage has taken and what is held now."""
        self.seconds[self.stage] = self.seconds.get(self.stage, 0.0) + passed_s
        self.most_mb[self.stage] = max(self.most_mb.get(self.stage, 0.0), held_mb(pid))


def watched_run(network: Path, processes: int, out: Path) -> tuple[Watched, dict[str, Any]]:
    """Run `retour decide` and return what was seen of it, and its answer."""
    command = [sys.executable, "-m", "service.cli", "decide", str(network), "--processes", str(processes), "--out",
               str(out), "--json", "--log-json"]  # fmt: skip
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    seen = Watched()
    listening = Thread(target=_follow, args=(run.stderr, seen), daemon=True)
    listening.start()
    last = time.monotonic()
    while run.poll() is None:
        time.sleep(LOOK_EVERY_S)
        now = time.monotonic()
        seen.look(run.pid, now - last)
        last = now
    assert run.stdout is not None
    return seen, json.loads(run.stdout.read())


def _follow(lines: Any, seen: Watched) -> None:
    for line in lines:
        told = json.loads(line) if line.startswith("{") else {}
        seen.stage = _stage(told) or seen.stage


def _stage(told: dict[str, Any]) -> str | None:
    """Return the stage that a line of the log belongs to; deciding falls into building, solving and writing."""
    stage, done = told.get("stage"), float(told.get("done") or 0.0)
    if stage != "decide":
        return stage
    return "build the parts" if done < 0.2 else "solve" if done < 0.8 else "write, check, price, compare"


def page(runs: dict[int, tuple[Watched, dict[str, Any]]], returns: str) -> str:
    """Return the measurements as Markdown."""
    here = machine()
    lines = [f"# {returns} returns on one machine", "", *HOW, ""]
    lines += [f"{here['processor']}, {here['cores']} cores, {here['memory_gb']} GB.", ""]
    lines += ["| processes | stage | seconds | peak MB, all processes |", "| --- | --- | --- | --- |"]
    for processes, (seen, _) in runs.items():
        whole = ("**all**", sum(seen.seconds.values()), max(seen.most_mb.values()))
        stages = [(stage, seen.seconds[stage], seen.most_mb[stage]) for stage in seen.seconds]
        lines += [f"| {processes} | {stage} | {s:,.0f} | {mb:,.0f} |" for stage, s, mb in [*stages, whole]]
    lines += ["", "| processes | cost, EUR | bound, EUR | gap | violations |", "| --- | --- | --- | --- | --- |"]
    for processes, (_, told) in runs.items():
        cost, bound, gap, broken = (told[key] for key in ("cost", "bound", "gap", "violation_count"))
        lines.append(f"| {processes} | {cost:,.0f} | {bound:,.0f} | {gap:.1e} | {broken} |")
    return "\n".join(lines) + "\n"


def main(
    network: Path,
    processes: Annotated[list[int], typer.Option(help="Processes side by side; give it several times to compare.")],
    out: Annotated[Path, typer.Option(help="Folder of stored runs.")] = Path("runs"),
    to: Annotated[Path | None, typer.Option("--page", help="Where to write the page.")] = None,
) -> None:
    """Decide the network's night on each number of processes and write down what it took."""
    runs = {k: watched_run(network, k, out) for k in processes}
    planned = next(iter(runs.values()))[1]["kpis"]
    counted = sum(planned[k] for k in ("returns_planned", "returns_denied", "returns_later"))
    text = page(runs, f"{counted:,}")
    typer.echo(text) if to is None else to.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
