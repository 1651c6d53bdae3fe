"""Records as Markdown tables, one per set and budget: a row per instance and method, over all seeds."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.driving.gaps import SHARES, gap, gap_at, mean, reference
from benchmarks.driving.methods import METHODS
from benchmarks.driving.sets import SETS
from benchmarks.measuring.outcomes import DONE
from benchmarks.measuring.records import Record

COLUMNS = (
    "instance", "n", "method", "seeds", "mean gap %", "best", "worst", "feasible", "seconds", "peak MB",
    *(f"gap % at {100 * share:.0f} %" for share in SHARES), "remarks",
)  # fmt: skip
LEFT = {"instance", "method", "remarks"}
NONE = "-"
SHORT = 160
Heading = tuple[str, float]


def headings(records: Sequence[Record]) -> list[Heading]:
    """Return every set with a budget that was measured, in the order of the sets."""
    order = list(SETS)
    return sorted({(r["set_name"], r["budget_s"]) for r in records}, key=lambda pair: (order.index(pair[0]), pair[1]))


def under(heading: Heading, records: Sequence[Record]) -> list[Record]:
    """Return the records of a set and budget."""
    return [r for r in records if (r["set_name"], r["budget_s"]) == heading]


def rows(records: Sequence[Record]) -> list[list[Record]]:
    """Return the records of one heading by instance and method, the smallest instance first, all seeds together."""
    methods = list(METHODS)
    keys = sorted({(r["clients"], r["instance"], methods.index(r["method"])) for r in records})
    return [
        [r for r in records if (r["instance"], r["method"]) == (instance, methods[method])]
        for _, instance, method in keys
    ]


def tables(records: Sequence[Record]) -> str:
    """Return a heading and a table per set and budget."""
    return "\n\n".join(_table(heading, under(heading, records)) for heading in headings(records))


def _table(heading: Heading, records: Sequence[Record]) -> str:
    aligned = ["---" if column in LEFT else "---:" for column in COLUMNS]
    lines = [COLUMNS, aligned, *(_row(row, records) for row in rows(records))]
    told = [f"### {heading[0]}, {heading[1]:g} s", *_costs(records)]
    return "\n".join([*told, "", *("| " + " | ".join(line) + " |" for line in lines)])


def _costs(records: Sequence[Record]) -> list[str]:
    """Return what gaps mean where nobody knows the best: they are to the best plan found here."""
    return [line for row in rows(records) if row[0]["best_known"] is None for line in _cost_of(row, records)]


def _cost_of(row: Sequence[Record], records: Sequence[Record]) -> list[str]:
    """Return a method's mean cost, and how it compares with the best."""
    cost, best = mean(r.get("cost") for r in row), reference(row[0], records)
    if cost is None or best is None:
        return []
    who = f"{METHODS[row[0]['method']].label} on {row[0]['instance']}"
    return ["", f"{who}: mean cost {cost:,.2f} EUR; gaps are to the best plan found here, {best:,.2f} EUR."]


def _row(row: Sequence[Record], records: Sequence[Record]) -> list[str]:
    first, gaps = row[0], [gap(r, records) for r in row]
    known = [g for g in gaps if g is not None]
    plans, feasible = (sum(r.get(field, 0) for r in row) for field in ("plans", "feasible"))
    return [
        first["instance"],
        f"{first['clients']:,}",
        METHODS[first["method"]].label,
        ", ".join(str(r["seed"]) for r in row),
        percent(mean(gaps)),
        percent(min(known, default=None)),
        percent(max(known, default=None)),
        f"{feasible} of {plans}",
        number(max((r["seconds"] for r in row if r.get("seconds") is not None), default=None), ",.1f"),
        number(max((r["peak_mb"] for r in row if "peak_mb" in r), default=None), ",.0f"),
        *(percent(mean(gap_at(r, records, share=share) for r in row)) for share in SHARES),
        _remarks(row),
    ]


def _remarks(row: Sequence[Record]) -> str:
    said = dict.fromkeys(f"**{r['outcome']}** {_short(r.get('note', ''))}" for r in row if r["outcome"] != DONE)
    broken = [each["violations"][0] for r in row for each in r.get("runs", []) if each["violations"]]
    notes = dict.fromkeys(_short(r["note"]) for r in row if r["outcome"] == DONE and r.get("note"))
    return "; ".join([*said, *notes, *(_short(sentence) for sentence in broken[:1])]).replace("|", "/")


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= SHORT else f"{line[:SHORT]} ..."


def percent(value: float | None) -> str:
    """Return a gap to two decimals; a dash where there is none."""
    return number(value, ".2f")


def number(value: float | None, form: str) -> str:
    """Return a number in a format; a dash where there is none."""
    return NONE if value is None else format(value + 0.0, form)
