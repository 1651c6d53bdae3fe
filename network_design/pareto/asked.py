"""What a study asks of trade-offs: the front and the alternatives as designs and tables."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from network_design.compare_service import service_level
from network_design.futures.standing import keep, standing_in
from network_design.model.build import DesignModel, build_model
from network_design.pareto.aims import UNITS, figure_of
from network_design.pareto.alternatives import Alternative, Alternatives, alternatives
from network_design.pareto.front import Point, design_of, front, gap_of
from network_design.study.settings import Front
from network_design.study.tables import ALTERNATIVES, FRONT, FRONT_BOUNDS
from retour.design import DesignInstance
from retour.design.plan import Design
from retour.errors import BackendError
from retour.progress import Listener, silent

FRONT_SHARE, KEEP_S = 0.7, 30.0


@dataclass(frozen=True)
class TradeOffs:
    """Designs of the front and the alternatives by name, and the tables FRONT, FRONT_BOUNDS and ALTERNATIVES.

    `cut_short` says that time ran out before as many alternatives as asked were found.
    """

    designs: dict[str, Design]
    front: pd.DataFrame
    bounds: pd.DataFrame
    alternatives: pd.DataFrame
    cut_short: bool


def trade_offs(
    instance: DesignInstance, asked: Front, *, seed: int, budget_s: float, listener: Listener = silent
) -> TradeOffs:
    """Return the trade-offs of an instance; BackendError when not even one design is found in time."""
    deadline = time.perf_counter() + budget_s
    model = build_model(instance)
    aims = [figure_of(aim, model, asked) for aim in asked.aims]
    share_s = budget_s * (FRONT_SHARE if asked.alternatives else 1.0)
    points = front(model, aims, points=asked.points, seed=seed, budget_s=share_s, listener=listener)
    if not points:
        raise BackendError("No trade-off was found in time, or no design fits; give a longer time budget.")
    designs = {f"front {i}": design_of(model, p.values) for i, p in enumerate(points, start=1)}
    rows = [_front_row(instance, asked, name, d, p) for (name, d), p in zip(designs.items(), points, strict=True)]
    proven = [row for name, point in zip(designs, points, strict=True) for row in _bound_rows(asked, name, point)]
    unlike = _alternatives(model, asked, points, seed=seed, budget_s=deadline - time.perf_counter())
    others = unlike.found
    kept = [keep(model, standing_in(model, a.values), seed=seed, budget_s=KEEP_S) for a in others]
    # Where flows cannot be settled again the values of the search stand.
    settled = [design_of(model, a.values) if k is None else k.design for a, k in zip(others, kept, strict=True)]
    named = {f"alternative {i}": design for i, design in enumerate(settled, start=1)}
    cheapest = min(d.ledger_total for d in designs.values())
    rows_of_others = [_alternative_row(n, d, a, cheapest) for (n, d), a in zip(named.items(), others, strict=True)]
    return TradeOffs(
        {**designs, **named},
        pd.DataFrame(rows, columns=FRONT.column_names),
        pd.DataFrame(proven, columns=FRONT_BOUNDS.column_names).astype({"bound": float, "gap": float}),
        pd.DataFrame(rows_of_others, columns=ALTERNATIVES.column_names),
        unlike.cut_short,
    )


def _alternatives(
    model: DesignModel, asked: Front, points: Sequence[Point], *, seed: int, budget_s: float
) -> Alternatives:
    cost = figure_of("cost", model, asked)
    best = min(points, key=lambda p: cost.of(p.values))
    return alternatives(
        model, best.values, cost, within=asked.within, count=asked.alternatives, seed=seed, budget_s=budget_s
    )


def _front_row(instance: DesignInstance, asked: Front, name: str, design: Design, point: Point) -> tuple[object, ...]:
    level = service_level(instance, design.flows, band_km=asked.band_km)
    emitted = float(design.emissions.loc[design.emissions["gas"] == asked.gas, "amount_t"].sum())
    figures = (design.ledger_total, emitted, level.beyond_band_share, level.mean_distance_km)
    return name, *figures, point.bounds[0], gap_of(point.figures[0], point.bounds[0])


def _bound_rows(asked: Front, name: str, point: Point) -> Iterator[tuple[object, ...]]:
    for aim, figure, bound in zip(asked.aims, point.figures, point.bounds, strict=True):
        yield name, aim, UNITS[aim], figure, bound, gap_of(figure, bound)


def _alternative_row(name: str, design: Design, other: Alternative, cheapest: float) -> tuple[object, ...]:
    dearer = (design.ledger_total - cheapest) / abs(cheapest) if cheapest else 0.0
    return name, design.ledger_total, dearer, other.different, other.most
