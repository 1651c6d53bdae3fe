"""A design's amounts, added up by place, product and period."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from network_design.check.figures import Figures
from retour.design.plan import Design

Sums = dict[tuple[Any, ...], float]


def _nothing() -> Sums:
    return defaultdict(float)


@dataclass(frozen=True)
class Amounts:
    """Tonnes by (place, product, period) but `processed` by (process, place, period), `moved` by way, product, period.

    `size` and `is_open` are by (place, period); places without sizes are open and have no size.
    """

    sent: Sums = field(default_factory=_nothing)
    received: Sums = field(default_factory=_nothing)
    used: Sums = field(default_factory=_nothing)
    made: Sums = field(default_factory=_nothing)
    sold: Sums = field(default_factory=_nothing)
    disposed: Sums = field(default_factory=_nothing)
    stored: Sums = field(default_factory=_nothing)
    lost: Sums = field(default_factory=_nothing)
    processed: Sums = field(default_factory=_nothing)
    moved: Sums = field(default_factory=_nothing)
    size: Sums = field(default_factory=_nothing)
    is_open: dict[tuple[str, int], bool] = field(default_factory=dict)

    def open_at(self, place: str, period: int) -> bool:
        """Say whether a place is open; one that nothing is told of is always there."""
        return self.is_open.get((place, period), True)


def amounts_of(figures: Figures, design: Design) -> Amounts:
    """Return the sums of a design."""
    a = Amounts()
    for row in design.flows.itertuples(index=False):
        a.moved[row.from_id, row.to_id, row.mode, row.product_id, row.period] += row.amount_t
        a.sent[row.from_id, row.product_id, row.period] += row.amount_t
        a.received[row.to_id, row.product_id, row.period] += row.amount_t
    for row in design.processed.itertuples(index=False):
        a.processed[row.process_id, row.place_id, row.period] += row.amount_t
        _add_run(figures, a, row)
    for row in design.handled.itertuples(index=False):
        key = (row.place_id, row.product_id, row.period)
        a.sold[key] += row.sold_t
        a.disposed[key] += row.disposed_t
        a.stored[key] += row.stored_t
        a.lost[key] += row.lost_t
    for row in design.opened.itertuples(index=False):
        a.size[row.place_id, row.period] = row.size_t
        a.is_open[row.place_id, row.period] = bool(row.is_open)
    return a


def _add_run(figures: Figures, a: Amounts, row: Any) -> None:
    for role, sums in (("INPUT", a.used), ("OUTPUT", a.made)):
        for product in figures.recipes.get((row.process_id, role), ()):
            per_t = figures.value("recipes", "t_per_t", row.process_id, role, product, row.period)
            sums[row.place_id, product, row.period] += per_t * row.amount_t
