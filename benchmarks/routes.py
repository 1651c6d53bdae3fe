"""Route the same instances by our engine and its peers, side by side for the same wall time; protocol in README.md.

    python benchmarks/routes.py --sets X,AGS --methods retour,pyvrp --seeds 1,2,3 --share 0.2

A run that was stopped goes on where it was when it is started again with the same --out.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import psutil
import typer

from benchmarks.driving.case import Case
from benchmarks.driving.measure import measure
from benchmarks.driving.methods import METHODS
from benchmarks.driving.page import write_page
from benchmarks.driving.sets import SETS, BenchmarkInstance, instances
from benchmarks.measuring.command import known, stop
from benchmarks.measuring.machine import ROOT, busy_percent, machine
from benchmarks.measuring.memory import MB
from benchmarks.measuring.records import Record, Records
from benchmarks.measuring.standard_case import KEY

FILES = ROOT.parent / "shared" / "benchmarks" / "vrp"
OUT = Path("runs/benchmarks/routes")
LIBRARIES = ("pyvrp", "ortools", "pyvroom", "numba", "numpy")
SHARE_OF_MEMORY = 0.8


@dataclass(frozen=True)
class Job:
    """A case and the file it is about."""

    case: Case
    file: Path


def main(
    sets: Annotated[str, typer.Option(help="Sets by name; country: tonight's pickups.")] = ",".join(SETS),
    only: Annotated[str, typer.Option("--instances", help="Instances by name; else all.")] = "",
    methods: Annotated[str, typer.Option(help="Methods by name.")] = ",".join(METHODS),
    seeds: Annotated[str, typer.Option(help="Seeds; every method runs with each, where it draws at all.")] = "1,2,3",
    share: Annotated[float, typer.Option(min=0.001, help="Share of every set's budget, for a quick look.")] = 1.0,
    files: Annotated[Path, typer.Option(help="Folder of the sets' folders.")] = FILES,
    memory_mb: Annotated[float | None, typer.Option(help="Memory a method may take; else 80 % of all.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of nights, records, journals and plans.")] = OUT,
    page: Annotated[Path | None, typer.Option(help="Page to fill, with its chart beside it; else in --out.")] = None,
    warm_up: Annotated[bool, typer.Option(help="Let every method run on a small instance first.")] = True,
) -> None:
    """Measure every method on every instance; records come line by line, the page after each of them."""
    records = Records(out / "records.jsonl", key=KEY)
    most_mb = memory_mb or SHARE_OF_MEMORY * psutil.virtual_memory().total / MB
    found = _instances(known(sets, SETS, "sets"), frozenset(filter(None, only.split(","))), files, out / "nights")
    numbers = [int(seed) for seed in seeds.split(",")]
    jobs = list(_jobs(found, known(methods, METHODS, "methods"), numbers, share=share))
    jobs = [job for job in jobs if not records.has(job.case)]
    if warm_up:
        _warm_up(jobs)
    for job in jobs:
        records.add(_measured(job, out, memory_mb=most_mb))
        write_page(records.read(), page or out / "routes.md")
    write_page(records.read(), page or out / "routes.md")


def _instances(
    names: Sequence[str], wanted: frozenset[str], files: Path, nights: Path
) -> dict[str, list[BenchmarkInstance]]:
    found = {name: instances(name, files, nights, wanted=wanted) for name in names}
    for name in names:
        if not found[name] and not wanted:
            typer.echo(f"{name}: left out, {files / name} has no instances.", err=True)
    return found


def _jobs(
    found: dict[str, list[BenchmarkInstance]], methods: Sequence[str], seeds: Sequence[int], *, share: float
) -> Iterator[Job]:
    """Yield what to measure, all methods of an instance one after the other; who draws nothing runs once."""
    for name, listed in found.items():
        budget_s = SETS[name].budget_s * share
        for instance in listed:
            for seed in seeds:
                for method in methods:
                    if METHODS[method].seeded or seed == seeds[0]:
                        case = Case(name, instance.name, instance.clients, instance.best_known, budget_s, method, seed)
                        yield Job(case, instance.file)


def _warm_up(jobs: Sequence[Job]) -> None:
    """Warm every method up on the smallest instance of every set, so that compiled code lies in its cache."""
    first = {(job.case.method, job.case.set_name): job.file for job in reversed(jobs)}
    for (method, name), file in first.items():
        typer.echo(f"warming up {method} on {name} ...", err=True)
        command = [sys.executable, "-m", "benchmarks.driving.one", method, str(file.resolve())]
        subprocess.run(command, cwd=ROOT, check=True)


def _measured(job: Job, out: Path, *, memory_mb: float) -> Record:
    case, folder = job.case, out / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    runs = METHODS[case.method].runs(places=case.clients + 1, cores=os.cpu_count() or 1, memory_mb=memory_mb)
    typer.echo(f"{case.name} ...", err=True, nl=False)
    before = {"busy_percent": busy_percent()}
    record = before | measure(case, job.file, runs=runs, folder=folder, memory_mb=memory_mb)
    typer.echo(f" {record['outcome']}, cost {record['cost']} {record['note']}", err=True)
    return record | {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(LIBRARIES)}


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    typer.run(main)
