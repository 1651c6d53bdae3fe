"""Records as Markdown tables, one per set and share of its budget: a row per instance and method, over all seeds."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.locating.gaps import known, mean, to_bound, to_published
from benchmarks.locating.methods import METHODS
from benchmarks.locating.sets import SETS
from benchmarks.measuring.outcomes import DONE, REFUSED
from benchmarks.measuring.records import Record

COLUMNS = (
    "instance", "size", "published", "method", "value", "gap to published %", "proven gap %", "seconds", "peak MB",
    "feasible", "remarks",
)  # fmt: skip
LEFT = {"instance", "size", "method", "remarks"}
NONE = "-"
SHORT = 160
Heading = tuple[str, float]


def headings(records: Sequence[Record]) -> list[Heading]:
    """Return every set with a share of its budget that was measured, in the order of the sets."""
    order = list(SETS)
    return sorted({(r["set_name"], r["share"]) for r in records}, key=lambda pair: (order.index(pair[0]), pair[1]))


def under(heading: Heading, records: Sequence[Record]) -> list[Record]:
    """Return the records of a set and share."""
    return [r for r in records if (r["set_name"], r["share"]) == heading]


def title(heading: Heading, records: Sequence[Record]) -> str:
    """Return a set's name with the seconds its instances had."""
    budgets = sorted({r["budget_s"] for r in under(heading, records)})
    return f"{heading[0]}, {' or '.join(f'{budget:g}' for budget in budgets)} s"


def rows(records: Sequence[Record]) -> list[list[Record]]:
    """Return the records of one heading by instance and method, the smallest instance first, all seeds together."""
    methods = list(METHODS)
    keys = {(r["sites"] * r["customers"], r["instance"], methods.index(r["method"])) for r in records}
    return [
        [r for r in records if (r["instance"], r["method"]) == (instance, methods[method])]
        for _, instance, method in sorted(keys)
    ]


def tables(records: Sequence[Record]) -> str:
    """Return a heading and a table per set and share."""
    return "\n\n".join(_table(heading, records) for heading in headings(records))


def _table(heading: Heading, records: Sequence[Record]) -> str:
    aligned = ["---" if column in LEFT else "---:" for column in COLUMNS]
    lines = [COLUMNS, aligned, *(_row(row) for row in rows(under(heading, records)))]
    return markdown(f"### {title(heading, records)}", lines)


def markdown(heading: str, lines: Sequence[Sequence[str]]) -> str:
    """Return a heading and a table of lines, the first two of which name and align the columns."""
    return "\n".join([heading, "", *("| " + " | ".join(line) + " |" for line in lines)])


def _row(row: Sequence[Record]) -> list[str]:
    first, feasible = row[0], sum(r["feasible"] for r in row)
    return [
        first["instance"],
        f"{first['sites']:,} x {first['customers']:,}",
        f"{first['published']:,.10g}" + ("" if first["optimal"] else " (best known)"),
        METHODS[first["method"]].label,
        number(min(known(r["cost"] for r in row), default=None), ",.10g"),
        percent(mean(map(to_published, row))),
        percent(max(known(map(to_bound, row)), default=None)),
        number(max(known(r["seconds"] for r in row), default=None), ",.1f"),
        number(max((r["peak_mb"] for r in row if r["outcome"] != REFUSED), default=None), ",.0f"),
        f"{feasible} of {len(row)}",
        _remarks(row),
    ]


def _remarks(row: Sequence[Record]) -> str:
    ended = [f"**{r['outcome']}** {r['note']}".strip() for r in row if r["outcome"] != DONE]
    lacking = [_lacking(r) for r in row if r["outcome"] == DONE and not r["violations"]]
    noted = [r["note"] for r in row if r["outcome"] == DONE and r["note"]]
    broken = [r["violations"][0] for r in row if r["violations"]]
    return "; ".join(map(_short, dict.fromkeys([*ended, *filter(None, lacking), *noted, *broken]))).replace("|", "/")


def _lacking(record: Record) -> str:
    return "no plan" if record["cost"] is None else "no bound" if record["bound"] is None else ""


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= SHORT else f"{line[:SHORT]} ..."


def percent(value: float | None) -> str:
    """Return a gap to three decimals; a dash where there is none."""
    return number(None if value is None else round(value, 3), ".3f")


def number(value: float | None, form: str) -> str:
    """Return a number in a format, never minus nothing; a dash where there is none."""
    return NONE if value is None else format(value + 0.0, form)
