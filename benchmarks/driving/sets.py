"""The sets of instances, how long each may take, and what must hold on it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.driving.night import Night, make_night

COUNTRY, NIGHT_RETURNS = "country", 10_000
NIGHT_NAME = re.compile(r"night-(\d+)")


@dataclass(frozen=True)
class Target:
    """What the mean over at least three seeds must reach; None where nothing is asked.

    `gap_percent` to the best known, at most; `of_pyvrp` times PyVRP's mean gap in the same run, at most; `peak_mb`
    of memory, at most; `in_time`: the answer within the budget.
    """

    gap_percent: float | None = None
    of_pyvrp: float | None = None
    peak_mb: float | None = None
    in_time: bool = False


@dataclass(frozen=True)
class BenchmarkSet:
    """A set's budget in seconds and targets; `by_instance` where they differ."""

    budget_s: float
    target: Target = Target()
    by_instance: Mapping[str, Target] = field(default_factory=dict)

    def target_of(self, instance: str) -> Target:
        """Return what is asked on an instance."""
        return self.by_instance.get(instance, self.target)


@dataclass(frozen=True)
class BenchmarkInstance:
    """An instance's name, clients, best known cost (None where nobody knows one) and file."""

    name: str
    clients: int
    best_known: float | None
    file: Path


HALF, LARGE_MB = 0.5, 1024.0
SETS: Mapping[str, BenchmarkSet] = {
    "X": BenchmarkSet(60.0, Target(0.5, of_pyvrp=1.0)),
    "AGS": BenchmarkSet(
        150.0,
        Target(peak_mb=LARGE_MB),
        {
            "Leuven1": Target(0.5, peak_mb=LARGE_MB),
            "Leuven2": Target(1.2, peak_mb=LARGE_MB),
            "Antwerp1": Target(0.7, peak_mb=LARGE_MB),
            "Ghent1": Target(0.8, peak_mb=LARGE_MB),
            "Flanders1": Target(1.0, peak_mb=LARGE_MB),
        },
    ),
    "GH1000": BenchmarkSet(60.0, Target(1.7, of_pyvrp=HALF)),
    "MDVRPTW": BenchmarkSet(60.0, Target(2.0, of_pyvrp=HALF)),
    "PCVRPTW": BenchmarkSet(60.0, Target(0.8, of_pyvrp=HALF)),
    "HFVRP": BenchmarkSet(60.0, Target(of_pyvrp=HALF)),
    "MTVRPTWR": BenchmarkSet(60.0, Target(of_pyvrp=HALF)),
    "VRPB": BenchmarkSet(60.0, Target(of_pyvrp=HALF)),
    "SDVRPTW": BenchmarkSet(60.0, Target(1.0, in_time=True)),
    COUNTRY: BenchmarkSet(300.0, Target(of_pyvrp=1.0)),
}


def instances(name: str, files: Path, nights: Path, *, wanted: frozenset[str]) -> list[BenchmarkInstance]:
    """Return a set's instances that are there, the smallest first; of them only `wanted` ones, if any are named."""
    found = _nights(nights, wanted) if name == COUNTRY else _files(files / name, wanted)
    return sorted(found, key=lambda instance: instance.clients)


def _files(folder: Path, wanted: frozenset[str]) -> Iterator[BenchmarkInstance]:
    listed = folder / "bks.csv"
    if not listed.exists():
        return
    with listed.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            file = folder / f"{row['instance']}.vrp"
            if file.exists() and (not wanted or row["instance"] in wanted):
                yield BenchmarkInstance(row["instance"], int(row["n"]), float(row["bks"]), file)


def _nights(nights: Path, wanted: frozenset[str]) -> Iterator[BenchmarkInstance]:
    """Yield the nights named like `night-10000`, of so many returns; the usual one where nothing is named."""
    nights.mkdir(parents=True, exist_ok=True)
    for name in sorted(wanted) or [f"night-{NIGHT_RETURNS}"]:
        if named := NIGHT_NAME.fullmatch(name):
            file = make_night(int(named[1]), nights)
            yield BenchmarkInstance(name, len(Night.read(file).problem.stops), None, file)
