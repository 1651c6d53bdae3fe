"""Gaps to the best known, from records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.measuring.records import Record

SHARES = (0.1, 0.25, 0.5, 1.0)
"""Shares of the budget at which the gap is told."""


def reference(record: Record, records: Sequence[Record]) -> float | None:
    """Return the best known cost of a record's instance; where nobody knows one, the best of all records."""
    if record["best_known"] is not None:
        return float(record["best_known"])
    same = [r for r in records if (r["set_name"], r["instance"]) == (record["set_name"], record["instance"])]
    return min((r["cost"] for r in same if r.get("cost") is not None), default=None)


def gap(record: Record, records: Sequence[Record]) -> float | None:
    """Return 100 x (cost / best known - 1); None without a feasible plan."""
    return _percent(record.get("cost"), reference(record, records))


def gap_at(record: Record, records: Sequence[Record], *, share: float) -> float | None:
    """Return the gap after a share of the budget, of what the method told by then; after all of it, its answer's."""
    if not record.get("trace"):
        return None
    if share >= 1.0:
        return gap(record, records)
    known = [cost for at_s, cost in record["trace"] if at_s <= share * record["budget_s"]]
    return _percent(min(known, default=None), reference(record, records))


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean where every value is there, else None."""
    listed = list(values)
    known = [value for value in listed if value is not None]
    return sum(known) / len(known) if known and len(known) == len(listed) else None


def _percent(cost: float | None, best: float | None) -> float | None:
    return None if cost is None or not best else 100.0 * (cost / best - 1.0)
