"""Decide the same nights by our methods, general solvers and simple rules, side by side; protocol in README.md.

    python benchmarks/decide.py --sizes 5000,20000 --methods exact,highs-ipm --seeds 1 --limit-s 600

A run that was stopped goes on where it was when it is started again with the same --out.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Annotated

import psutil
import typer

from benchmarks.deciding.case import Case
from benchmarks.deciding.methods import METHODS
from benchmarks.deciding.networks import country
from benchmarks.deciding.page import write_page
from benchmarks.deciding.records import NightRecords, not_tried
from benchmarks.deciding.watch import measure
from benchmarks.measuring.command import stop
from benchmarks.measuring.machine import busy_percent, machine
from benchmarks.measuring.memory import MB
from benchmarks.measuring.records import Record

SIZES = "5000,20000,50000,200000,1000000"
OUT = Path("runs/benchmarks/decide")
WARM_UP_RETURNS, WARM_UP_S = 300, 120.0
SHARE_OF_MEMORY = 0.8


def main(
    sizes: Annotated[str, typer.Option(help="Numbers of returns.")] = SIZES,
    methods: Annotated[str, typer.Option(help="Methods by name.")] = ",".join(METHODS),
    seeds: Annotated[str, typer.Option(help="Seeds; each makes another night of a size.")] = "1",
    limit_s: Annotated[float, typer.Option(help="Seconds a method has once the night is loaded.")] = 600.0,
    memory_mb: Annotated[float | None, typer.Option(help="Memory a method may take; else 80 % of all.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of nights, records and journals.")] = OUT,
    page: Annotated[Path | None, typer.Option(help="Page to fill, with its chart beside it; else in --out.")] = None,
    try_all: Annotated[bool, typer.Option("--try-all", help="Try larger nights even after failing smaller.")] = False,
    warm_up: Annotated[bool, typer.Option(help="Run each method on a small night first, unrecorded.")] = True,
) -> None:
    """Measure every method on every night; records come line by line, the page after each of them."""
    records = NightRecords(out / "records.jsonl")
    most_mb = memory_mb or SHARE_OF_MEMORY * psutil.virtual_memory().total / MB
    cases = [case for case in _cases(sizes, methods, seeds, limit_s=limit_s) if not records.has(case)]
    if warm_up:
        _warm_up({case.method for case in cases}, out)
    for case in cases:
        failed_at = None if try_all else records.failed_below(case)
        record = not_tried(case, failed_at=failed_at) if failed_at else _measured(case, out, memory_mb=most_mb)
        records.add(_stamped(record))
        write_page(records.read(), page or out / "decide.md")
    write_page(records.read(), page or out / "decide.md")


def _cases(sizes: str, methods: str, seeds: str, *, limit_s: float) -> Iterator[Case]:
    """Yield the cases, the smallest nights first, all methods of a night one after the other."""
    unknown = [name for name in methods.split(",") if name not in METHODS]
    if unknown:
        raise typer.BadParameter(f"unknown methods {', '.join(unknown)}; choose of {', '.join(METHODS)}")
    for returns, seed, method in product(sorted(_numbers(sizes)), _numbers(seeds), methods.split(",")):
        yield Case(method, returns, seed, limit_s)


def _numbers(text: str) -> list[int]:
    return [int(number.replace("_", "")) for number in text.split(",")]


def _warm_up(methods: Iterable[str], out: Path) -> None:
    """Run every method once on a small night, so that compiled code lies in its cache and files in memory."""
    for method in sorted(methods):
        _measured(Case(method, WARM_UP_RETURNS, 0, WARM_UP_S), out, memory_mb=float("inf"))


def _measured(case: Case, out: Path, *, memory_mb: float) -> Record:
    journals = out / "journals"
    journals.mkdir(parents=True, exist_ok=True)
    network = country(case.returns, seed=case.seed, folder=out / "nights")
    typer.echo(f"{case.name} ...", err=True, nl=False)
    before = {"busy_percent": busy_percent()}
    record = before | measure(case, network, folder=journals, memory_mb=memory_mb)
    typer.echo(f" {record['outcome']} {record.get('seconds', float('nan')):.1f} s {record.get('note', '')}", err=True)
    return record


def _stamped(record: Record) -> Record:
    return record | {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    typer.run(main)
