"""What became of each search of a study: a future or an option without a design is told, and ends nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from network_design.futures.attempt import Attempt, in_one_line
from network_design.study.tables import OUTCOMES
from retour.errors import BackendError, InfeasibleError
from retour.vocabulary import Status

NOTHING = "No design was found in time; give a longer time budget."


@dataclass(frozen=True)
class Outcome:
    """What a search was for (future, option, all futures, front), the name people know it by, and what it came to."""

    what: str
    id: str
    name: str
    attempt: Attempt

    @property
    def sentence(self) -> str:
        """What it came to in words, for a search without a design."""
        return f"{self.name}: {in_one_line(self.attempt.why)}"


def outcome_table(outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """Return the table OUTCOMES."""
    rows = [(o.what, o.id, str(o.attempt.status), in_one_line(o.attempt.why)) for o in outcomes]
    return pd.DataFrame(rows, columns=OUTCOMES.column_names)


def without_design(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """Return a sentence for every search that came to nothing."""
    return tuple(o.sentence for o in outcomes if o.attempt.design is None and o.attempt.why)


def require_a_design(outcomes: Sequence[Outcome]) -> None:
    """Raise InfeasibleError with every reason, or BackendError, where no search of a study came to anything."""
    if any(o.attempt.design is not None for o in outcomes):
        return
    blocked = [o for o in outcomes if o.attempt.status is Status.INFEASIBLE]
    if not blocked:
        raise BackendError(NOTHING)
    raise InfeasibleError(
        line for o in blocked for line in (f"{o.name}: {o.attempt.why[0]}", *o.attempt.why[1:])
    )  # fmt: skip
