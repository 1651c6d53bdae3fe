"""Every design in every future: what it costs there, and how much more than the best that future allows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from network_design.futures.across import Across
from network_design.futures.risk import FloatArray, Risk
from network_design.study.tables import SUMMARY

COLUMNS = ["design_id", "scenario_id", "fits", "cost", "best_cost", "regret"]


def regret_table(cases: Across) -> pd.DataFrame:
    """Return design_id, scenario_id, fits, cost, best_cost and regret, discounted; cost and regret empty where it does
    not fit.

    `best_cost` is that of the cheapest design found for the future, its own or another; empty where there is none.
    """
    best = best_costs(cases)
    rows = []
    for name in cases.kept:
        for future, cost, least in zip(cases.futures, cases.cost(name), best, strict=True):
            fits = bool(np.isfinite(cost))
            own = cost if fits else np.nan
            rows.append((name, future.id, fits, own, least if np.isfinite(least) else np.nan, own - least))
    return pd.DataFrame(rows, columns=COLUMNS)


def best_costs(cases: Across) -> np.ndarray:
    """Return the least cost found in each future, infinite where nothing fits it."""
    return np.vstack([cases.alone_cost, *(cases.cost(name) for name in cases.kept)]).min(axis=0)


def summary(cases: Across, risk: Risk) -> pd.DataFrame:
    """Return a row per design: its expected cost, worst cost, value under `risk`, and its largest regret.

    Only futures that some design fits are counted, their probabilities scaled to add up to 1; the row says how many.
    """
    best, rows = best_costs(cases), []
    counted = np.isfinite(best)
    chance = cases.probability[counted] / (cases.probability[counted].sum() or 1.0)
    for name in cases.kept:
        cost = cases.cost(name)[counted]
        fits = bool(np.isfinite(cost).all()) and len(cost) > 0
        figures = _figures(cost, chance, best[counted], risk) if fits else (np.nan,) * 4
        rows.append((name, int(np.isfinite(cost).sum()), len(cost), *figures))
    return pd.DataFrame(rows, columns=SUMMARY.column_names)


def _figures(cost: FloatArray, chance: FloatArray, best: FloatArray, risk: Risk) -> tuple[float, ...]:
    return Risk().value(cost, chance), float(cost.max()), risk.value(cost, chance), float((cost - best).max())
