"""Tonight's returns, the history of drop-offs and what lies at the points: drawn with a seed, never observed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.facts import classes, seasonality
from retour.gate.text import did_you_mean
from retour.samples.goods import draw_goods, grade_odds, item_classes, recovery_values
from retour.samples.history import draw_arrivals, fill_table, split_by_size
from retour.vocabulary import EmptiedBy
from service.importing.mapping import DemandPart, FillPart

M_PER_DEGREE = 111_195.0
SPARE = 1.1
LONGEST_NIGHTS = 1000
DEGREES = 5

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def draw_returns(
    rng: np.random.Generator,
    part: DemandPart,
    points: pd.DataFrame,
    weight: FloatArray,
    *,
    night: pd.Timestamp,
    country: str,
) -> pd.DataFrame:
    """Return the `returns` table: goods from the sourced facts, customers living around the points.

    `weight` (p,) is each point's share; a customer lives at a normal distance around a drawn point, half of them
    within about `live_within_m`.
    """
    goods = _goods_sold(rng, part, night)
    home = rng.choice(len(points), size=part.returns, p=weight)
    lat, lon = _around(rng, points.iloc[home], spread_m=part.live_within_m / 1.1774)
    width = len(str(part.returns))
    ids = [f"R{i:0{width}d}" for i in range(1, part.returns + 1)]
    return goods.assign(return_id=ids, country=country, lat=lat, lon=lon)


def goods_tables(returns: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return `item_classes`, `recovery_values` and `grade_odds` for the classes and reasons that occur."""
    used = set(returns["class_id"])
    known, values = item_classes(), recovery_values()
    return {
        "item_classes": known[known["class_id"].isin(used)].reset_index(drop=True),
        "recovery_values": values[values["class_id"].isin(used)].reset_index(drop=True),
        "grade_odds": grade_odds(returns),
    }


def unknown_classes(part: DemandPart) -> list[str]:
    """Return a sentence for every product class of `leave_out` that the facts do not know."""
    known = classes().index
    return [f"unknown class {c!r}" + did_you_mean(c, known) for c in part.leave_out if c not in known]


def daily_parcels(part: DemandPart, weight: FloatArray, night: pd.Timestamp) -> FloatArray:
    """Return each point's mean parcels a day over a week, such that tonight's weekday brings tonight's returns."""
    factor = seasonality().set_index(["cycle", "position"])["factor"]
    week = factor.loc["weekday"]
    tonight = week.at[night.weekday()] / week.mean() * factor.at[("month", night.month)]
    return weight * part.returns / tonight


def drop_off_history(
    rng: np.random.Generator, points: pd.DataFrame, hours: pd.DataFrame, daily: FloatArray, *, night: pd.Timestamp
) -> pd.DataFrame:
    """Return the `arrivals` of the last weeks by weekday and month; a point closed on a weekday gets none then."""
    open_days = _open_days(points, hours)
    return draw_arrivals(rng, point_ids=points["point_id"], daily=daily, open_days=open_days, night=night)


def fill_tonight(
    rng: np.random.Generator,
    part: FillPart,
    points: pd.DataFrame,
    arrivals: pd.DataFrame,
    room: IntArray,
    *,
    sizes: tuple[str, ...],
    night: pd.Timestamp,
) -> pd.DataFrame:
    """Return `fill`: each point was emptied a drawn number of nights ago and holds what arrived since and fits.

    `room` (p, s) are the places by size. Share k of `nights_since_emptied` are the points with k days of drop-offs.
    Busy points were emptied sooner: before one more mean day would have filled them. Carriers empty theirs daily.
    """
    mean = arrivals.groupby("point_id")["parcels"].mean().reindex(points["point_id"]).to_numpy(float)
    since = np.minimum(_drawn_nights(rng, part, len(points)), _nights_that_fit(mean, room.sum(axis=1)))
    since[(points["emptied_by"] == EmptiedBy.CARRIER).to_numpy()] = 0
    age = (night - arrivals["date"]).dt.days
    waited = pd.Series(since, index=points["point_id"])
    lying = arrivals[age <= arrivals["point_id"].map(waited)].groupby("point_id")["parcels"].sum()
    total = lying.reindex(points["point_id"]).fillna(0).to_numpy(np.int64)
    parcels = split_by_size(rng, total=np.minimum(total, room.sum(axis=1)), room=room)
    return fill_table(
        rng, point_ids=points["point_id"], sizes=pd.Series(sizes), parcels=parcels, waited_days=since, night=night
    )


def _drawn_nights(rng: np.random.Generator, part: FillPart, count: int) -> IntArray:
    chance = np.array(part.nights_since_emptied, dtype=float)
    return rng.choice(len(chance), size=count, p=chance / chance.sum())


def _nights_that_fit(daily: FloatArray, room: IntArray) -> IntArray:
    """Return the most whole days whose mean drop-offs, and one day more, a point has room for."""
    return np.maximum(np.floor(room / np.maximum(daily, 1e-9)) - 1, 0).clip(max=LONGEST_NIGHTS).astype(np.int64)


def _goods_sold(rng: np.random.Generator, part: DemandPart, night: pd.Timestamp) -> pd.DataFrame:
    share = classes()["share"]
    sold = 1 - share[list(part.leave_out)].sum() / share.sum()
    drawn = draw_goods(rng, n=int(np.ceil(part.returns / sold * SPARE)) + 50, night=night)
    return drawn[~drawn["class_id"].isin(part.leave_out)].head(part.returns).reset_index(drop=True)


def _around(rng: np.random.Generator, homes: pd.DataFrame, *, spread_m: float) -> tuple[FloatArray, FloatArray]:
    north, east = rng.normal(0.0, spread_m / M_PER_DEGREE, size=(2, len(homes)))
    lat = homes["lat"].to_numpy(float)
    lon = homes["lon"].to_numpy(float) + east / np.cos(np.radians(lat))
    return (lat + north).round(DEGREES), lon.round(DEGREES)


def _open_days(points: pd.DataFrame, hours: pd.DataFrame) -> NDArray[np.bool_]:
    """Return (p, 7): a point without hours is open every day."""
    ids = pd.Index(points["point_id"])
    out = np.zeros((len(ids), 7), dtype=bool)
    out[ids.get_indexer(hours["point_id"]), hours["weekday"].to_numpy(int)] = True
    out[~ids.isin(hours["point_id"])] = True
    return out
