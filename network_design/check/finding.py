"""What the checker finds, and how exactly it looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Finding:
    """One broken promise: `ids` name places, products and the period; `found` and `limit` are in `unit`."""

    rule: str
    ids: str
    found: float
    limit: float
    unit: str
    message: str


Findings = Iterator[Finding]


def beyond(found: float, limit: float, *, scale: float = 0.0) -> bool:
    """Say whether `found` is more than `limit`, with what numbers of this size (or of `scale`) cannot tell apart."""
    return found > limit + TOLERANCE * max(1.0, abs(limit), scale)


def differs(one: float, other: float, *, scale: float = 0.0) -> bool:
    """Say whether two figures are not the same, up to a millionth of their size (or of `scale`)."""
    return abs(one - other) > TOLERANCE * max(1.0, abs(one), abs(other), scale)


def too_much(rule: str, ids: str, found: float, limit: float, unit: str, what: str) -> Findings:
    """Yield a finding where `found` is beyond `limit`; `what` completes the sentence."""
    if beyond(found, limit):
        yield Finding(rule, ids, found, limit, unit, f"{ids}: {found:,.6g} {unit} {what}, at most {limit:,.6g} may be.")
