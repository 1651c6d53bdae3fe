"""What each change would make of the deviations: the network as it is, designed and compared again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from network_design.baseline.as_it_is import design_as_it_is
from network_design.baseline.comparing import WAY, Cause, Compared, compare, rows_in_words
from network_design.baseline.tables import CAUSES
from network_design.baseline.totals import cost_deviation, outside
from network_design.study.changes import DISTANCES, changed, rows_of, selected
from network_design.study.settings import Change
from retour.design import DesignInstance
from retour.errors import BackendError, InfeasibleError

ALL = "ALL"


@dataclass(frozen=True)
class Settling:
    """How a network as it is is designed again: against which books, held to which flows, and until when.

    One design takes `once_s` seconds; `deadline` is of `time.perf_counter`.
    """

    books: pd.DataFrame
    seen: pd.DataFrame | None
    hold: bool
    seed: int
    once_s: float
    deadline: float

    @property
    def has_time(self) -> bool:
        """Whether there is time for one more design."""
        return time.perf_counter() + self.once_s < self.deadline


def settled(compared: Compared, changes: Sequence[Change], settling: Settling) -> Compared | None:
    """Return the comparison with changes made; None where nothing fits then, or nothing is found in time."""
    if not settling.has_time:
        return None
    after = changed(compared.instance, changes)
    seen = settling.seen if settling.hold else None
    try:
        design = design_as_it_is(after, seen=seen, seed=settling.seed, budget_s=2 * settling.once_s + 1.0)
    except (InfeasibleError, BackendError):
        return None
    return compare(after, design, books=settling.books, seen=settling.seen, held=compared.held)


def cause_table(
    compared: Compared, causes: Sequence[Cause], together: Compared | None, settling: Settling
) -> pd.DataFrame:
    """Return the table CAUSES, each cause with what its changes would leave; all of them `together` come last.

    Where time ran out what would be left is empty. Nothing is changed by it.
    """
    rows = [_row(i, c, compared, _by_itself(c, causes, compared, together, settling)) for i, c in enumerate(causes, 1)]
    every = tuple(change for cause in causes for change in cause.changes)
    if has_several(causes):
        lines = tuple(sorted({line for cause in causes if cause.changes for line in cause.lines}))
        rows.append(_row(0, Cause(ALL, lines, "every change above, one after the other", every), compared, together))
    return pd.DataFrame(rows, columns=CAUSES.column_names)


def has_several(causes: Sequence[Cause]) -> bool:
    """Say whether changes of several causes come together."""
    return sum(bool(cause.changes) for cause in causes) > 1


def change_text(change: Change) -> str:
    """Return a change as it stands in STUDY.toml."""
    given = change.model_dump(exclude_defaults=True)
    cells = (f'{k} = "{v}"' if isinstance(v, str) else f"{k} = {v:.8g}" for k, v in given.items())
    return f"{{ {', '.join(cells)} }}"


def _by_itself(
    cause: Cause, causes: Sequence[Cause], compared: Compared, together: Compared | None, settling: Settling
) -> Compared | None:
    """Return what a cause's changes alone would leave; None without any, or where time ran out."""
    if not cause.changes:
        return None
    return settled(compared, cause.changes, settling) if has_several(causes) else together


def _row(number: int, cause: Cause, compared: Compared, after: Compared | None) -> tuple[object, ...]:
    totals, instance = compared.totals, compared.instance
    evidence = f"{cause.evidence}; add a row to {cause.rows}" if cause.rows else cause.evidence
    return (
        number, cause.cause, rows_in_words(cause.lines), evidence, ", ".join(map(change_text, cause.changes)),
        sum(rows_changed(instance, change) for change in cause.changes) if cause.changes else None, outside(totals),
        None if after is None else outside(after.totals), cost_deviation(totals),
        None if after is None else cost_deviation(after.totals),
    )  # fmt: skip


def rows_changed(instance: DesignInstance, change: Change) -> int:
    """Return how many rows of its table a change is about; of distances, how many ways."""
    ways = instance.arcs.drop_duplicates(WAY)
    rows = ways if change.table == DISTANCES else rows_of(instance, change)
    return int(selected(instance, rows, change).sum())
