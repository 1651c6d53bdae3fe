"""What is measured once: one method on one question, with one seed, for so many seconds."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.measuring.standard_case import StandardCase


@dataclass(frozen=True)
class Case(StandardCase):
    """One measurement. `published` is the least cost in the literature, `optimal` whether that is proven there."""

    set_name: str
    instance: str
    kind: str
    sites: int
    customers: int
    published: float
    optimal: bool
    budget_s: float
    share: float
    method: str
    seed: int
