"""The methods that are measured side by side, by name, in the order of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Protocol

from benchmarks.deciding import highs, ours, pdlp, rules
from benchmarks.measuring.journal import Journal
from retour.instance import Instance
from routing.decide.deadline import Deadline


class Kind(StrEnum):
    """Who a method belongs to."""

    OURS = "ours"
    SOLVER = "general solver"
    RULE = "rule"


class Run(Protocol):
    """Decides a night and tells a journal: stages BUILD, SOLVE and VERIFY, and the fields of the record it found."""

    def __call__(self, instance: Instance, *, seed: int, deadline: Deadline, journal: Journal) -> None:
        """Decide within the deadline, as far as the method can be told to."""
        ...


@dataclass(frozen=True)
class Method:
    """What a reader calls it, whose it is, and how it is run."""

    label: str
    kind: Kind
    run: Run


METHODS: Mapping[str, Method] = {
    "prices-1": Method("ours, prices, one process", Kind.OURS, partial(ours.prices, processes=1)),
    "prices-2": Method("ours, prices, two processes", Kind.OURS, partial(ours.prices, processes=2)),
    "exact": Method("ours, exact", Kind.OURS, ours.exact),
    "highs-ipm": Method("HiGHS interior point", Kind.SOLVER, highs.interior_point),
    "highs-ipm-crossover": Method("HiGHS interior point, crossover", Kind.SOLVER, highs.crossover),
    "highs-simplex": Method("HiGHS simplex", Kind.SOLVER, highs.simplex),
    "pdlp-1e-4": Method("OR-Tools PDLP, 1e-4", Kind.SOLVER, pdlp.coarse),
    "pdlp-1e-6": Method("OR-Tools PDLP, 1e-6", Kind.SOLVER, pdlp.fine),
    "greedy": Method("greedy best margin", Kind.RULE, rules.greedy),
    "fixed": Method("fixed rules", Kind.RULE, rules.fixed),
}
