"""What is measured once: one method on one instance, with one seed, for so many seconds."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.measuring.standard_case import StandardCase


@dataclass(frozen=True)
class Case(StandardCase):
    """One measurement. `best_known` is the cost of the best solution known, None where nobody knows one."""

    set_name: str
    instance: str
    clients: int
    best_known: float | None
    budget_s: float
    method: str
    seed: int
