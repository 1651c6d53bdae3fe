"""Drawings of a study's report: regrets as a board, the front as points, levers as a tornado."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any

import pandas as pd

from service import colours
from service.design_report_tables import records
from service.text import number, percent

WIDTH, HEIGHT = 1000.0, 380.0
LEFT, RIGHT, TOP, BOTTOM = 110.0, 40.0, 18.0, 46.0
MARGIN = 0.07  # of a scale's range, kept free at either end
TICKS = 5
AXES = {
    "cost": ("cost", "Cost, {}, discounted"), "emissions": ("emissions_t", "Emitted over all periods, t"),
    "service": ("beyond_band_share", "Share beyond the band"), "distance": ("mean_distance_km", "Mean way, km"),
}  # fmt: skip
"""Column of the front and title of its axis, of each aim."""


@dataclass(frozen=True)
class Scale:
    """A linear scale: values from `low` to `high` drawn from `start` to `end`, in pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value is drawn."""
        return round(self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start), 1)

    def ticks(self) -> list[tuple[float, str]]:
        """Return round values within the scale, where they are drawn and how they are written."""
        rough = (self.high - self.low) / TICKS
        magnitude = 10.0 ** floor(log10(rough))
        step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude >= rough)
        digits = max(0, -floor(log10(step))) + (1 if step / magnitude == 2.5 else 0)  # noqa: PLR2004
        first = int(-(-self.low // step))
        return [(self.at(i * step), number(i * step, digits)) for i in range(first, int(self.high // step) + 1)]


def scale_over(values: Sequence[float], *, start: float, end: float) -> Scale:
    """Return a scale that holds all values, with a margin; values that are all the same stand in the middle."""
    low, high = min(values), max(values)
    free = MARGIN * (high - low) or max(abs(high) * MARGIN, 1.0)
    return Scale(low - free, high + free, start, end)


def draw_front(front: pd.DataFrame, aims: Sequence[str], currency: str) -> dict[str, Any] | None:
    """Return the front as points of its first two aims, or None where there are fewer than two points."""
    if len(front) < 2:  # noqa: PLR2004
        return None
    (across, x_title), (up, y_title) = (AXES[aim] for aim in aims[:2])
    x = scale_over(front[across].tolist(), start=LEFT, end=WIDTH - RIGHT)
    y = scale_over(front[up].tolist(), start=HEIGHT - BOTTOM, end=TOP)
    points = [
        {
            "x": x.at(getattr(p, across)), "y": y.at(getattr(p, up)), "colour": colours.of_risk(p.beyond_band_share),
            "label": p.design_id,
            "says": f"{p.design_id}: {number(p.cost)} {currency}, {number(p.emissions_t, 1)} t emitted, "
            f"{percent(p.beyond_band_share, 1)} beyond the band, {number(p.mean_distance_km, 1)} km on average",
        }
        for p in front.sort_values(across).itertuples()
    ]  # fmt: skip
    return {
        "width": WIDTH, "height": HEIGHT, "points": points, "x_ticks": x.ticks(), "y_ticks": y.ticks(),
        "x_title": x_title.format(currency), "y_title": y_title.format(currency), "left": LEFT,
        "bottom": HEIGHT - BOTTOM, "right": WIDTH - RIGHT, "top": TOP,
        "line": " ".join(f"{p['x']},{p['y']}" for p in points),
    }  # fmt: skip


def draw_tornado(sensitivity: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a row per lever with its bars: `left` and `wide` in percent of a common scale, and where the base is.

    A side without a design has no bar.
    """
    if sensitivity.empty:
        return []
    costs = sensitivity[["low_cost", "base_cost", "high_cost"]].stack().dropna()
    scale = scale_over(costs.tolist(), start=0.0, end=100.0)
    rows = []
    for lever in records(sensitivity):
        base = scale.at(lever["base_cost"])
        bars = [
            _bar(base, scale.at(lever[f"{side}_cost"]), low=side == "low")
            for side in ("low", "high")
            if lever[f"{side}_cost"] is not None
        ]
        rows.append({**lever, "base": base, "bars": bars})
    return rows


def _bar(base: float, end: float, *, low: bool) -> dict[str, Any]:
    return {"left": min(base, end), "wide": round(abs(end - base), 1), "low": low}


def regret_board(regret: pd.DataFrame) -> dict[str, Any] | None:
    """Return designs by futures: `futures`, and a row per design with a cell each (cost, regret, `heat` 0 to 1).

    None where there is only one future, of which the table of designs tells all.
    """
    if regret.empty or regret["scenario_id"].nunique() < 2:  # noqa: PLR2004
        return None
    futures = list(dict.fromkeys(regret["scenario_id"]))
    most = regret["regret"].max()
    cells: dict[str, dict[str, dict[str, Any]]] = {}
    for r in records(regret):
        heat = r["regret"] / most if r["regret"] and most else 0.0
        cells.setdefault(r["design_id"], {})[r["scenario_id"]] = {**r, "heat": round(heat, 3)}
    return {"futures": futures, "rows": [(design, [own.get(f) for f in futures]) for design, own in cells.items()]}
