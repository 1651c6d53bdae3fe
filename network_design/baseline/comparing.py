"""What causes are looked for in: the network as it is, its totals beside the books, and what was seen to flow."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from network_design.baseline.groups import Group, Sample
from network_design.baseline.measures import Measures, measures_of
from network_design.baseline.seen import seen_by_period
from network_design.baseline.tables import MOVEMENT
from network_design.baseline.totals import Total, in_scope, totals_of
from network_design.study.changes import CHANGEABLE, rows_of, selected, selector_column
from network_design.study.settings import Change
from retour.design import DesignInstance
from retour.design.plan import Design
from retour.vocabulary import PlaceStatus

SELECTOR = {"place_id": "place", "product_id": "product", "mode": "mode", "period": "period"}
WAY = ["from_id", "to_id", "mode"]
ORIGIN = ["place_id", "product_id", "period"]
MANY = 10_000
MOST = 0.5
"""Share of what moves that must be told before it speaks for the rest."""


@dataclass(frozen=True)
class Cause:
    """Why figures deviate: the rows of the books it is about, what says so, and changes that would settle it.

    `rows` is what would have to be added to the network where no change of a figure can say it.
    """

    cause: str
    lines: tuple[int, ...]
    evidence: str
    changes: tuple[Change, ...] = ()
    rows: str = ""


@dataclass(frozen=True)
class Compared:
    """A network `as_it_is`, the measures of its design, its totals, and the table OBSERVED where there is one.

    `held` says whether flows were held as near to that as balances allow.
    """

    instance: DesignInstance
    measures: Measures
    totals: tuple[Total, ...]
    seen: pd.DataFrame | None
    held: bool

    @cached_property
    def leaves(self) -> tuple[Total, ...]:
        """Totals that no finer one breaks down."""
        return tuple(t for t in self.totals if not t.parts)

    @cached_property
    def kinds(self) -> pd.Series:
        """Kind of each place by its id."""
        return self.instance.tables["places"].set_index("place_id")["kind"]

    @cached_property
    def open_places(self) -> set[str]:
        """Places that are there."""
        places = self.instance.tables["places"]
        return set(places.loc[places["status"] != PlaceStatus.CANDIDATE, "place_id"])

    @cached_property
    def moved(self) -> pd.DataFrame:
        """What moves: place_id (origin), to_id, mode, product_id, period, quantity_t, distance_t_km."""
        rows = self.measures.quantities
        return rows[(rows["counted"] == "moved") & (rows["quantity_t"] > 0)]

    @cached_property
    def seen_rows(self) -> pd.DataFrame:
        """What was seen, a row per period; empty without."""
        empty = pd.DataFrame(columns=[*WAY, "product_id", "period", "amount_t", "distance_km"])
        return empty if self.seen is None else seen_by_period(self.seen, self.instance.periods)

    @cached_property
    def seen_moves(self) -> pd.DataFrame:
        """What was seen, with origins as `place_id` like all that moves."""
        return self.seen_rows.rename(columns={"from_id": "place_id"})

    @cached_property
    def seen_origins(self) -> set[tuple[str, str, int]]:
        """Place, product and period of which all that leaves was seen."""
        return set(self.seen_moves[ORIGIN].itertuples(index=False, name=None))

    @cached_property
    def ways(self) -> pd.DataFrame:
        """Every product on every way of the network: place_id (origin), to_id, mode, product_id."""
        arcs = self.instance.arcs.rename(columns={"from_id": "place_id"})
        return arcs[["place_id", "to_id", "mode", "product_id"]].astype("category")

    def tags(self, total: Total, *, moves: bool) -> dict[str, Hashable]:
        """Return by what a total can be selected: its own cells, and what all that moves in it has in common."""
        tags = {SELECTOR[name]: value for name, value in total.scope.items() if name in SELECTOR}
        if moves:
            rows = self.moved[in_scope(self.moved, total.scope)]
            for column, name in (("mode", "mode"), ("product_id", "product"), ("place_id", "place")):
                if rows[column].nunique() == 1:
                    tags.setdefault(name, rows[column].iloc[0])
        if "place" in tags and tags["place"] in self.kinds.index:
            tags["kind"] = self.kinds[tags["place"]]
        return tags

    def sample(self, total: Total, ratio: float, weight: float, *, moves: bool = False) -> Sample:
        """Return a total's ratio as a sample."""
        tags = self.tags(total, moves=moves)
        return Sample(total.line, total.words, ratio, weight, total.tolerance, tags, total.scope)

    def change(self, table: str, column: str, selection: dict[str, Hashable], **how: float) -> Change | None:
        """Return a change of the rows that a selection names; None where the table cannot be selected so, or has none.

        A kind is left out where a place is named.
        """
        names = {k: v for k, v in selection.items() if not (k == "kind" and "place" in selection)}
        change = Change.model_validate({"table": table, "column": column, **names, **how})
        if table not in CHANGEABLE or not _selects(change, names):
            return None
        if table == "distances":
            return change
        rows = rows_of(self.instance, change)
        return change if selected(self.instance, rows, change).any() else None

    def covers(self, table: str, column: str, group: Group) -> bool:
        """Say whether the totals of a group cover every figure, other than nothing, that its selection would change."""
        change = self.change(table, column, dict(group.selection), factor=1.0)
        if change is None:
            return False
        rows = rows_of(self.instance, change)
        rows = rows[selected(self.instance, rows, change) & (rows[column] != 0).to_numpy()]
        told = np.zeros(len(rows), dtype=bool)
        for sample in group.samples:
            scope = {c: sample.tags[name] for c, name in SELECTOR.items() if name in sample.tags}
            told |= in_scope(rows, scope)
        return bool(told.all())

    def speaks_of_ways(self, group: Group) -> bool:
        """Say whether the totals of a group hold most of the tonne-kilometres that its selection would change."""
        rows = self.moved.assign(kind=self.moved["place_id"].map(self.kinds))
        columns = {"kind": "kind", **{name: column for column, name in SELECTOR.items()}}
        inside = rows[in_scope(rows, {columns[k]: v for k, v in group.selection.items()})]
        told = np.zeros(len(inside), dtype=bool)
        for sample in group.samples:
            told |= in_scope(inside, sample.scope)
        moved = inside["distance_t_km"].to_numpy(float)
        return bool(moved[told].sum() >= MOST * moved.sum())

    def figures(self, change: Change) -> set[float]:
        """Return the different figures, other than nothing, of the rows that a change is about."""
        return {round(float(x), 12) for x in self.column(change) if x}

    def column(self, change: Change) -> pd.Series:
        """Return the figure of every row that a change is about."""
        rows = rows_of(self.instance, change)
        figures: pd.Series = rows.loc[selected(self.instance, rows, change), change.column]
        return figures


def compare(
    instance: DesignInstance, design: Design, *, books: pd.DataFrame, seen: pd.DataFrame | None, held: bool
) -> Compared:
    """Return a design of a network `as_it_is` beside the books, which what was seen completes where it can."""
    measures = measures_of(instance, design)
    bare = Compared(instance, measures, totals_of(books, measures), seen, held)
    return replace(bare, totals=tuple(_completed(total, bare) for total in bare.totals))


def _completed(total: Total, compared: Compared) -> Total:
    """Return a total of what moves with the tonnes and tonne-kilometres seen, where all that moves in it was seen."""
    seen = compared.seen_moves
    if seen.empty or not set(total.activities) <= set(MOVEMENT):
        return total
    moving = compared.moved[in_scope(compared.moved, total.scope)]
    rows = seen[in_scope(seen, total.scope)]
    if rows.empty or not set(moving[ORIGIN].itertuples(index=False, name=None)) <= compared.seen_origins:
        return total
    told = {"quantity_t": float(rows["amount_t"].sum())}
    if rows["distance_km"].notna().all():
        told["distance_t_km"] = float((rows["amount_t"] * rows["distance_km"]).sum())
    return replace(total, seen=told)


def _selects(change: Change, names: Iterable[str]) -> bool:
    return all(selector_column(change, name) is not None for name in names)


def amount(value: float) -> str:
    """Return a figure of the evidence, four digits of it."""
    return f"{value:,.4g}" if abs(value) < MANY else f"{value:,.0f}"


def rows_in_words(lines: Sequence[int]) -> str:
    """Return rows of the books, three or more in a row as a range: 2-4, 7, 9."""
    runs: list[list[int]] = []
    for line in sorted(set(lines)):
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    spans = (f"{r[0]}-{r[-1]}" if len(r) > 2 else ", ".join(map(str, r)) for r in runs)
    return ", ".join(spans)


def factor_of(ratio: float) -> float:
    """Return the factor that makes the model what the books have, as it is written: six digits."""
    return float(f"{1 / ratio:.6g}")
