"""The sets of instances, how long each may take, and what must hold on it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.locating.question import Question

CENTRE, UNCAPACITATED = "_pcenter", "_uncap"
"""How the names end of instances that ask something else of the same file."""


@dataclass(frozen=True)
class Target:
    """What must be reached, in percent; None where nothing is asked.

    `mean` gap to the published values, at most, over the instances; `each` the same on every single one; `proven`
    the gap to the own bound on every one, at most. Without `proven` a bound is asked for all the same.
    """

    mean: float | None = None
    each: float | None = None
    proven: float | None = None


@dataclass(frozen=True)
class Part:
    """A set's instances from so many customers on: seconds they may take, and the target."""

    budget_s: float
    target: Target
    from_customers: int = 0


@dataclass(frozen=True)
class BenchmarkSet:
    """A folder of files, the kind of problem they are, and its parts by size."""

    folder: str
    kind: str
    parts: tuple[Part, ...]

    def part_of(self, customers: int) -> Part:
        """Return the part that an instance belongs to."""
        return [part for part in self.parts if part.from_customers <= customers][-1]


@dataclass(frozen=True)
class BenchmarkInstance:
    """An instance's name, size, published cost, whether that is proven optimal, and what is asked."""

    name: str
    sites: int
    customers: int
    published: float
    optimal: bool
    question: Question


OPTIMUM, NEARLY = Target(each=0.0, proven=0.0), 0.05
SINGLE_SOURCE = (Part(60.0, Target(mean=0.1)),)
SETS: Mapping[str, BenchmarkSet] = {
    "pmed": BenchmarkSet("pmed", "pmedian", (Part(10.0, OPTIMUM),)),
    "pmed_pcentre": BenchmarkSet("pmed", "pcentre", (Part(10.0, OPTIMUM),)),
    "pmedian_tsplib": BenchmarkSet("pmedian_tsplib", "pmedian", (Part(60.0, Target(each=0.01, proven=NEARLY)),)),
    "orlib_cap": BenchmarkSet(
        "orlib_cap", "cflp", (Part(10.0, OPTIMUM), Part(10.0, Target(proven=NEARLY), from_customers=1_000))
    ),
    "sscflp_holmberg": BenchmarkSet("sscflp_holmberg", "sscflp", SINGLE_SOURCE),
    "sscflp_diaz_fernandez": BenchmarkSet("sscflp_diaz_fernandez", "sscflp", SINGLE_SOURCE),
    "sscflp_yang": BenchmarkSet("sscflp_yang", "sscflp", SINGLE_SOURCE),
    "sscflp_tbed1": BenchmarkSet("sscflp_tbed1", "sscflp", SINGLE_SOURCE),
    "tscflp_fernandes": BenchmarkSet("tscflp_fernandes", "tscflp", (Part(60.0, Target(mean=0.3)),)),
    "lrp_prodhon": BenchmarkSet(
        "lrp_prodhon", "lrp", (Part(60.0, Target(mean=0.4)), Part(120.0, Target(mean=0.4), from_customers=200))
    ),
    "lrp_barreto": BenchmarkSet("lrp_barreto", "lrp", (Part(60.0, Target(mean=0.4)),)),
}


def instances(name: str, files: Path, *, wanted: frozenset[str] = frozenset()) -> list[BenchmarkInstance]:
    """Return a set's instances that are there and have a published value, the smallest first.

    Of them only `wanted` ones, if any are named.
    """
    folder, kind = files / SETS[name].folder, SETS[name].kind
    found = [each for each in _listed(folder, kind) if not wanted or each.name in wanted]
    return sorted(found, key=lambda each: each.sites * each.customers)


def _listed(folder: Path, kind: str) -> Iterator[BenchmarkInstance]:
    values = folder / "bks.csv"
    if not values.exists():
        return
    with values.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            file = folder / row["file"]
            if file.exists() and row["value"] and row["instance"].endswith(CENTRE) == (kind == "pcentre"):
                yield _instance(row, file, kind)


def _instance(row: dict[str, str], file: Path, kind: str) -> BenchmarkInstance:
    name = row["instance"]
    if name.endswith(UNCAPACITATED):
        question = Question(file, "ufl")
    else:
        question = Question(file, kind, p=int(row["p"]) if row["p"] else None, capacity=_capacity(name))
    sites = sum(map(int, row["n_facilities"].split("+")))  # two stages: plants+satellites
    optimal = row["status"].startswith("optimal")
    return BenchmarkInstance(name, sites, int(row["n_customers"]), float(row["value"]), optimal, question)


def _capacity(name: str) -> float | None:
    """Return the capacity that comes with the name where the file has the word: `capa_8000`."""
    word, _, told = name.partition("_")
    return float(told) if word in ("capa", "capb", "capc") else None
