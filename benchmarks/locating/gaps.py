"""Gaps in percent, from records: to the published value, and to what the method itself proved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.measuring.records import Record

PROVEN_PERCENT = 1e-4
"""From here on cost and bound are the same: solvers meet rows and whole numbers to a millionth."""


def to_published(record: Record) -> float | None:
    """Return 100 x (cost / published - 1), below 0 where the plan is better; None without a feasible plan."""
    return None if record["cost"] is None else 100.0 * (record["cost"] / record["published"] - 1.0)


def to_bound(record: Record) -> float | None:
    """Return 100 x (cost - bound) / cost, never negative; None without a feasible plan or a bound."""
    cost, bound = record["cost"], record["bound"]
    if cost is None or bound is None:
        return None
    return max(0.0, 100.0 * (cost - bound) / abs(cost)) if cost else 0.0


def is_proven(record: Record) -> bool:
    """Return whether the method proved its own plan optimal."""
    gap = to_bound(record)
    return gap is not None and gap <= PROVEN_PERCENT


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the values that are there, None without any."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def known(values: Iterable[float | None]) -> list[float]:
    """Return the values that are there."""
    return [value for value in values if value is not None]


def of_method(records: Sequence[Record], method: str) -> list[Record]:
    """Return a method's records."""
    return [record for record in records if record["method"] == method]
