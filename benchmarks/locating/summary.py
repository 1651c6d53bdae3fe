"""One table of all sets, a row per set, size and method: what each reached, and whether what is asked of ours holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.locating.gaps import PROVEN_PERCENT, is_proven, known, mean, of_method, to_bound, to_published
from benchmarks.locating.methods import METHODS, OURS
from benchmarks.locating.sets import SETS, Part, Target
from benchmarks.locating.table import NONE, headings, markdown, number, percent, title, under
from benchmarks.measuring.outcomes import REFUSED
from benchmarks.measuring.records import Record

COLUMNS = (
    "set", "method", "plans", "mean gap to published %", "worst", "proven optimal", "worst proven gap %",
    "mean seconds", "peak MB", "asked of ours", "holds",
)  # fmt: skip
LEFT = {"set", "method", "asked of ours", "holds"}


def summary(records: Sequence[Record]) -> str:
    """Return the table in Markdown; gaps are over the runs that have a plan (and a bound), counted beside them."""
    aligned = ["---" if column in LEFT else "---:" for column in COLUMNS]
    return markdown("### All sets", [COLUMNS, aligned, *_rows(records)])


def _rows(records: Sequence[Record]) -> Iterator[list[str]]:
    for heading in headings(records):
        for part in SETS[heading[0]].parts:
            here = [r for r in under(heading, records) if SETS[heading[0]].part_of(r["customers"]) is part]
            for method in METHODS:
                if own := of_method(here, method):
                    yield [_title(heading[0], part, title(heading, here)), *_row(own, part)]


def _title(name: str, part: Part, told: str) -> str:
    return f"{told}, from {part.from_customers:,} customers" if part.from_customers else told


def _row(own: Sequence[Record], part: Part) -> list[str]:
    gaps, asked = known(map(to_published, own)), [r for r in own if r["outcome"] != REFUSED]
    is_ours = own[0]["method"] == OURS
    return [
        METHODS[own[0]["method"]].label,
        f"{len(gaps)} of {len(asked)}" if asked else REFUSED,
        percent(mean(gaps)),
        percent(max(gaps, default=None)),
        f"{sum(map(is_proven, own))} of {len(asked)}" if asked else NONE,
        percent(max(known(map(to_bound, own)), default=None)),
        number(mean(r["seconds"] for r in own), ",.1f"),
        number(max((r["peak_mb"] for r in asked), default=None), ",.0f"),
        words(part.target) if is_ours else "",
        holds(part.target, own) if is_ours else "",
    ]


def words(target: Target) -> str:
    """Say what is asked."""
    said = [f"mean {target.mean:g} %"] if target.mean is not None else []
    said += [f"each {target.each:g} %"] if target.each is not None else []
    said += [f"proven {target.proven:g} %" if target.proven is not None else "a bound"]
    return ", ".join([*said, "in time"])


def holds(target: Target, own: Sequence[Record]) -> str:
    """Return `yes`, or what of the target does not hold; feasible plans, a bound and the time are asked always."""
    gaps, bounds = [to_published(r) for r in own], [to_bound(r) for r in own]
    missed = ["feasible"] if not all(r["feasible"] for r in own) else []
    missed += ["bound"] if None in bounds else []
    missed += ["mean"] if _above(mean(gaps), target.mean) else []
    missed += ["each"] if any(_above(gap, target.each) for gap in gaps) else []
    missed += ["proven"] if any(_above(gap, target.proven) for gap in bounds) else []
    missed += ["time"] if any(r["seconds"] is None or r["seconds"] > r["budget_s"] for r in own) else []
    return f"no: {', '.join(missed)}" if missed else "yes"


def _above(gap: float | None, limit: float | None) -> bool:
    return limit is not None and (gap is None or gap > limit + PROVEN_PERCENT)
