"""Every design in every future: what it costs there, and how much more than the best that future allows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from network_design.futures.risk import Risk
from network_design.futures.two_stage import Across

COLUMNS = ["design_id", "scenario_id", "fits", "cost", "best_cost", "regret"]


def regret_table(cases: Across) -> pd.DataFrame:
    """Return design_id, scenario_id, fits, cost, best_cost and regret, discounted; cost and regret empty where it does
    not fit.

    `best_cost` is that of the cheapest design found for the future, its own or another.
    """
    best = best_costs(cases)
    rows = []
    for name in cases.kept:
        for future, cost, least in zip(cases.futures, cases.cost(name), best, strict=True):
            fits = bool(np.isfinite(cost))
            own = cost if fits else np.nan
            rows.append((name, future.id, fits, own, least, own - least))
    return pd.DataFrame(rows, columns=COLUMNS)


def best_costs(cases: Across) -> np.ndarray:
    """Return the least cost found in each future."""
    alone = np.array([d.ledger_total for d in cases.alone])
    return np.vstack([alone, *(cases.cost(name) for name in cases.kept)]).min(axis=0)


def summary(cases: Across, risk: Risk) -> pd.DataFrame:
    """Return a row per design: its expected cost, worst cost, value under `risk`, and its largest regret."""
    best, rows = best_costs(cases), []
    for name in cases.kept:
        cost = cases.cost(name)
        fits = np.isfinite(cost)
        figures = (Risk().value(cost, cases.probability), float(cost.max()), risk.value(cost, cases.probability))
        regret = float((cost - best).max())
        rows.append((name, int(fits.sum()), *(x if fits.all() else np.nan for x in (*figures, regret))))
    columns = ["design_id", "futures_it_fits", "expected_cost", "worst_cost", "value", "largest_regret"]
    return pd.DataFrame(rows, columns=columns)
