"""Draw opening hours by weekday: shops close at noon, on Sundays and some on Mondays."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Windows of a day, the weekdays they hold (0 Monday ... 6 Sunday), and how common such a shop is.
RELAY_WEEKS = (
    ((("09:00", "19:00"),), range(0, 6), 0.35),
    ((("08:00", "20:00"),), range(0, 7), 0.20),
    ((("09:30", "12:30"), ("14:30", "19:00")), range(0, 6), 0.20),
    ((("10:00", "19:30"),), range(1, 6), 0.15),  # closed on Mondays, as many French shops are
    ((("07:00", "21:00"),), range(0, 7), 0.10),
)
STORE_WEEKS = (
    ((("10:00", "19:30"),), range(0, 6), 0.6),
    ((("09:30", "20:30"),), range(0, 6), 0.4),
)
MALL_WEEKS = (((("08:30", "20:30"),), range(0, 7), 1.0),)
LOCKERS_IN_MALLS = 0.2  # the others stand outdoors, day and night


def draw_hours(rng: np.random.Generator, points: pd.DataFrame) -> pd.DataFrame:
    """Return `hours` rows of relays, stores and lockers in malls (columns used: point_id, kind)."""
    mall = rng.random(len(points)) < LOCKERS_IN_MALLS
    kinds = ((points["kind"] == "RELAY", RELAY_WEEKS), (points["kind"] == "STORE", STORE_WEEKS),
             ((points["kind"] == "LOCKER") & mall, MALL_WEEKS))  # fmt: skip
    frames = [_drawn(rng, points.loc[which, "point_id"], weeks) for which, weeks in kinds]
    return pd.concat(frames).sort_values(["point_id", "weekday", "opens"], ignore_index=True)


def open_weekdays(point_ids: pd.Series, hours: pd.DataFrame) -> NDArray[np.bool_]:
    """Return on which weekdays each point is open, shape (p, 7); without hours: every day."""
    known = pd.crosstab(hours["point_id"], hours["weekday"]).reindex(columns=range(7), fill_value=0) > 0
    return known.reindex(point_ids).fillna(True).to_numpy(bool)


def _drawn(rng: np.random.Generator, point_ids: pd.Series, weeks: tuple) -> pd.DataFrame:
    """Return the hours of points that each follow one of `weeks`."""
    which = rng.choice(len(weeks), size=len(point_ids), p=[share for _, _, share in weeks])
    choice = pd.DataFrame({"point_id": point_ids.to_numpy(), "week": which})
    rows = [
        (week, day, opens, closes)
        for week, (windows, days, _) in enumerate(weeks)
        for day in days
        for opens, closes in windows
    ]
    table = pd.DataFrame(rows, columns=["week", "weekday", "opens", "closes"])
    return choice.merge(table, on="week").drop(columns="week")
