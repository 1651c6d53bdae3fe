"""Solve the same location problems by our solvers and general ones, side by side; protocol in README.md.

    python benchmarks/locate.py --sets pmed,orlib_cap --methods retour,highs --share 0.2

A run that was stopped goes on where it was when it is started again with the same --out.
"""

from __future__ import annotations

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

from benchmarks.locating.case import Case
from benchmarks.locating.measure import measure
from benchmarks.locating.methods import METHODS, OURS
from benchmarks.locating.page import write_page
from benchmarks.locating.question import Question
from benchmarks.locating.sets import SETS, instances
from benchmarks.measuring.command import known, stop
from benchmarks.measuring.machine import ROOT, busy_percent, machine
from benchmarks.measuring.memory import MB
from benchmarks.measuring.records import Record, Records
from benchmarks.measuring.standard_case import KEY

FILES = ROOT.parent / "shared" / "benchmarks" / "network_design"
OUT = Path("runs/benchmarks/locate")
LIBRARIES = ("highspy", "pulp", "ortools", "spopt", "numba", "numpy")
SHARE_OF_MEMORY = 0.8


@dataclass(frozen=True)
class Job:
    """A case and the question it is about."""

    case: Case
    question: Question


def main(
    sets: Annotated[str, typer.Option(help="Sets by name.")] = ",".join(SETS),
    only: Annotated[str, typer.Option("--instances", help="Instances by name; else all.")] = "",
    methods: Annotated[str, typer.Option(help="Methods by name.")] = ",".join(METHODS),
    seeds: Annotated[str, typer.Option(help="Seeds; every method runs with each, where it draws at all.")] = "1",
    share: Annotated[float, typer.Option(min=0.001, help="Share of every set's budget, for a quick look.")] = 1.0,
    files: Annotated[Path, typer.Option(help="Folder of the sets' folders.")] = FILES,
    memory_mb: Annotated[float | None, typer.Option(help="Memory a method may take; else 80 % of all.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of records, journals and plans.")] = OUT,
    page: Annotated[Path | None, typer.Option(help="Page to fill, with its chart beside it; else in --out.")] = None,
    warm_up: Annotated[bool, typer.Option(help="Compile our searches first, where they are not yet.")] = True,
) -> None:
    """Measure every method on every instance; records come line by line, the page after each of them."""
    records = Records(out / "records.jsonl", key=KEY)
    most_mb = memory_mb or SHARE_OF_MEMORY * psutil.virtual_memory().total / MB
    wanted, numbers = frozenset(filter(None, only.split(","))), [int(seed) for seed in seeds.split(",")]
    asked = list(_jobs(known(sets, SETS, "sets"), known(methods, METHODS, "methods"), numbers, files, wanted, share))
    jobs = [job for job in asked if not records.has(job.case)]
    if warm_up and any(job.case.method == OURS for job in jobs):
        subprocess.run([sys.executable, "-m", "network_design.warm"], cwd=ROOT, check=True)
    for job in jobs:
        records.add(_measured(job, out, memory_mb=most_mb))
        write_page(records.read(), page or out / "locate.md")
    write_page(records.read(), page or out / "locate.md")


def _jobs(
    sets: Sequence[str], methods: Sequence[str], seeds: Sequence[int], files: Path, wanted: frozenset[str], share: float
) -> Iterator[Job]:
    """Yield what to measure, all methods of an instance one after the other; who draws nothing runs once."""
    for name in sets:
        found = instances(name, files, wanted=wanted)
        if not found and not wanted:
            typer.echo(f"{name}: left out, {files / SETS[name].folder} has no instances.", err=True)
        for instance in found:
            budget_s = SETS[name].part_of(instance.customers).budget_s * share
            for seed in seeds:
                for method in methods:
                    if METHODS[method].seeded or seed == seeds[0]:
                        case = Case(
                            name, instance.name, instance.question.kind, instance.sites, instance.customers,
                            instance.published, instance.optimal, budget_s, share, method, seed,
                        )  # fmt: skip
                        yield Job(case, instance.question)


def _measured(job: Job, out: Path, *, memory_mb: float) -> Record:
    folder = out / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    typer.echo(f"{job.case.name} ...", err=True, nl=False)
    before = {"busy_percent": busy_percent()}
    record = before | measure(job.case, job.question, folder=folder, memory_mb=memory_mb)
    typer.echo(f" {record['outcome']}, {record['cost']} (bound {record['bound']}) {record['note']}", err=True)
    return record | {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(LIBRARIES)}


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    typer.run(main)
