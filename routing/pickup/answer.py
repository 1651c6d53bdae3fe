"""What a pickup solver hands back: routes with times, what is left out, and how good the plan provably is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from retour.vocabulary import Status
from routing.pickup.scheduled import ScheduledRoute


@dataclass(frozen=True)
class PickupAnswer:
    """A plan for tonight's vans.

    `objective_eur` is route cost plus prizes of the optional stops left out; `bound_eur` is proven: no plan is
    cheaper. OPTIMAL and FEASIBLE plans break nothing; a FAILED plan leaves required stops in `unserved`, and
    `note` says why; `degraded` plans lack the engine's improvement. `parts_eur` is the objective by part (see
    `Schedule`); `engine_why` says why this engine was taken. `seconds` is wall clock and does not count when two
    answers are compared. A stop of which an alternative is visited is not `unserved`.
    """

    status: Status
    objective_eur: float
    bound_eur: float
    routes: tuple[ScheduledRoute, ...]
    unserved: tuple[str, ...]
    engine: str
    seed: int
    iterations: int
    degraded: bool = False
    note: str = ""
    parts_eur: Mapping[str, float] = field(default_factory=dict)
    engine_why: str = ""
    seconds: float = field(default=0.0, compare=False)

    @property
    def gap(self) -> float | None:
        """(objective - bound) / objective, or None where that says nothing."""
        return relative_gap(objective_eur=self.objective_eur, bound_eur=self.bound_eur)


def relative_gap(*, objective_eur: float, bound_eur: float) -> float | None:
    """(objective - bound) / objective when both are finite and positive, else None; 0 when they are equal."""
    if objective_eur == bound_eur:
        return 0.0
    if not (0 < objective_eur < math.inf and 0 < bound_eur < math.inf):
        return None
    return (objective_eur - bound_eur) / objective_eur
