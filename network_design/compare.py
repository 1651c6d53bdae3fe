"""What one design decides that another does not: places open in one only, other sizes and times, flows that moved."""

from __future__ import annotations

import numpy as np
import pandas as pd

COLUMNS = ["what", "place_id", "to_id", "product_id", "period", "before", "after", "unit"]
SAME_T = 1e-6
WAY = ["from_id", "to_id", "product_id", "period"]


def decision_diff(
    *, opened_before: pd.DataFrame, opened_after: pd.DataFrame, flows_before: pd.DataFrame, flows_after: pd.DataFrame
) -> pd.DataFrame:
    """Return what, place_id, to_id, product_id, period, before, after and unit of everything decided otherwise.

    `what` is CLOSED (open before, not after), OPENED, RESIZED or MOVED (a flow of another amount, largest first).
    `before` and `after` are sizes and flows in t/period; a row holds for its period.
    """
    places = _places(opened_before, opened_after)
    return pd.concat([places, _moved(flows_before, flows_after)], ignore_index=True)[COLUMNS]


def different_places(opened_before: pd.DataFrame, opened_after: pd.DataFrame) -> int:
    """Return how many places are open at some time in one design only."""
    before, after = (set(o.loc[o["is_open"].astype(bool), "place_id"]) for o in (opened_before, opened_after))
    return len(before ^ after)


def moved_t(flows_before: pd.DataFrame, flows_after: pd.DataFrame) -> float:
    """Return how many tonnes take another way: half of all that flows grow and shrink by, all periods together."""
    both = _both(flows_before, flows_after)
    return float((both["after"] - both["before"]).abs().sum()) / 2


def _places(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    keys = ["place_id", "period"]
    columns = [*keys, "size_t", "is_open"]
    both = before[columns].merge(after[columns], on=keys, how="outer", suffixes=("_before", "_after"))
    was, now = (both[f"is_open_{side}"].eq(True).to_numpy() for side in ("before", "after"))
    sizes = [both[f"size_t_{side}"].fillna(0.0).to_numpy(float) for side in ("before", "after")]
    resized = was & now & (np.abs(sizes[0] - sizes[1]) > SAME_T)
    what = np.select([was & ~now, now & ~was, resized], ["CLOSED", "OPENED", "RESIZED"], "")
    rows = both.assign(
        what=what, before=sizes[0], after=sizes[1], to_id="", product_id="", unit="t/period"
    )  # fmt: skip
    return rows.loc[what != "", COLUMNS].sort_values(["what", *keys], ignore_index=True)


def _moved(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    both = _both(before, after)
    change = (both["after"] - both["before"]).abs()
    rows = both[change > SAME_T].rename(columns={"from_id": "place_id"}).assign(what="MOVED", unit="t/period")
    order = change[change > SAME_T].sort_values(ascending=False, kind="stable").index
    return rows.loc[order, COLUMNS].reset_index(drop=True)


def _both(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return a row per way, product and period with the amounts before and after, all modes together."""
    sums = [f.groupby(WAY, as_index=False)["amount_t"].sum() for f in (before, after)]
    named = [s.rename(columns={"amount_t": name}) for s, name in zip(sums, ("before", "after"), strict=True)]
    return named[0].merge(named[1], on=WAY, how="outer").fillna({"before": 0.0, "after": 0.0})
