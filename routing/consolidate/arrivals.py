"""How many parcels will be dropped off at each point before the next chance to empty it.

Gamma-Poisson with empirical Bayes (Efron 2010, Large-Scale Inference, chapter 1): a point's mean on a weekday has a
gamma prior around its own mean x the network's weekday factor, and the point's mean one around the mean of its kind.
The spreads of both priors and the spread from day to day come from the history by the method of moments, so little
history leans on the network and much history on the point. The predictive count is negative binomial. Recent days
count more, so a trend is followed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from retour.indexed import HOME_IDX, KINDS, positions
from retour.instance import Instance

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
DAYS = 7
HALF_LIFE_DAYS = 28.0  # a day four weeks back counts half
LEAST_DAILY = 0.01  # parcels a day; keeps the mean of a kind that saw none above zero
CV2_LIMITS = (0.01, 4.0)  # squared coefficient of variation allowed to a prior: no two points are quite alike
FACTOR_ROUNDS = 5  # alternations between point means and weekday factors; they settle after two or three


@dataclass(frozen=True)
class Arrivals:
    """Parcels dropped off from tomorrow to the next chance: `mean` and `variance` per point, arrays (p,)."""

    mean: FloatArray
    variance: FloatArray

    @property
    def shape(self) -> FloatArray:
        """Shape of the negative binomial with this mean and variance; infinite where it is Poisson."""
        extra = self.variance - self.mean
        return np.divide(self.mean**2, extra, out=np.full(len(extra), np.inf), where=extra > 0)


@dataclass(frozen=True)
class _Cells:
    """History by point and weekday, arrays (p, 7): recency-weighted days and parcels, and plain sums for spreads."""

    days: FloatArray
    parcels: FloatArray
    squared_weights: FloatArray
    count: FloatArray
    total: FloatArray
    squares: FloatArray


def forecast_arrivals(instance: Instance) -> Arrivals:
    """Return the drop-offs expected at every point from tomorrow until the next chance to empty it.

    Days of history before tonight count; a day without a row says nothing about its point. A point that has
    opening hours but none on a weekday takes nothing on it. Without any history every point expects tonight's
    returns over the number of points, with the spread of an exponential rate.
    """
    cells = _history(instance)
    mean, variance = _by_weekday(instance, cells) if cells.days.any() else _from_tonight(instance)
    tomorrow = instance.night.weekday() + 1
    ahead = [(tomorrow + i) % DAYS for i in range(instance.policy.service.nights_to_next_chance)]
    open_days = _open_days(instance)[:, ahead]
    return Arrivals((mean[:, ahead] * open_days).sum(axis=1), (variance[:, ahead] * open_days).sum(axis=1))


def _history(instance: Instance) -> _Cells:
    night, table = pd.Timestamp(instance.night), instance.table("arrivals")
    past = table[table["date"] < night]
    shape = (len(instance.indexed.points.ids), DAYS)
    point = positions(past["point_id"], instance.tables["points"]["point_id"])
    cell = point * DAYS + past["date"].dt.day_of_week.to_numpy(np.int64)
    parcels = past["parcels"].to_numpy(float)
    weight = 0.5 ** ((night - past["date"]).dt.days.to_numpy(float) / HALF_LIFE_DAYS)
    sums = [weight, weight * parcels, weight**2, np.ones(len(past)), parcels, parcels**2]
    return _Cells(*(_counted(cell, s, shape[0] * DAYS).reshape(shape) for s in sums))


def _by_weekday(instance: Instance, cells: _Cells) -> tuple[FloatArray, FloatArray]:
    """Return predictive mean and variance per point and weekday, (p, 7)."""
    factor = weekday_factors(cells.days, cells.parcels)
    spread = _day_spread(cells)
    point_mean, point_cv2 = _point_means(instance, cells, factor, spread)
    prior = point_mean[:, None] * factor
    shape = 1 / (_weekday_cv2(cells, prior, spread) + point_cv2)[:, None]
    noise = 1 + spread * prior  # an overdispersed day tells less than a Poisson day
    certainty = shape + cells.parcels / noise
    mean = certainty / (shape / prior + cells.days / noise)
    doubt = mean**2 / certainty
    return mean, mean + doubt + spread * (mean**2 + doubt)


def weekday_factors(days: FloatArray, parcels: FloatArray) -> FloatArray:
    """Return the network's factor per weekday, (7,), from observed days and parcels per point and weekday.

    Maximum likelihood of Poisson counts with mean point x factor; 1 for a weekday nobody observed.
    """
    factor = np.ones(DAYS)
    for _ in range(FACTOR_ROUNDS):
        point = _ratio(parcels.sum(axis=1), days @ factor)
        expected = point @ days
        factor = np.where(expected > 0, _ratio(parcels.sum(axis=0), expected), 1.0)
        factor = np.maximum(factor, LEAST_DAILY)
    return factor


def _day_spread(cells: _Cells) -> float:
    """Return phi of Var = mean + phi mean^2 for one day's count: pooled over points and weekdays, from repeats."""
    mean = _ratio(cells.total, cells.count)
    repeats = np.maximum(cells.count - 1, 0)
    within = cells.squares - cells.total * mean
    return float(np.clip(_ratio((within - repeats * mean).sum(), (repeats * mean**2).sum()), 0.0, CV2_LIMITS[1]))


def _point_means(instance: Instance, cells: _Cells, factor: FloatArray, spread: float) -> tuple[FloatArray, FloatArray]:
    """Return each point's mean on a day of factor 1 and its squared coefficient of variation, (p,)."""
    parcels, exposure = cells.parcels.sum(axis=1), cells.days @ factor
    kind_mean = _kind_means(instance.indexed.points.kind, parcels, exposure)
    noise = 1 + spread * kind_mean
    seen = exposure > 0
    off = _ratio(parcels, exposure) - kind_mean
    chance = _ratio(cells.squared_weights @ factor**2, exposure**2) * kind_mean * noise
    cv2 = np.clip(np.mean(((off**2 - chance) / kind_mean**2)[seen]), *CV2_LIMITS)
    certainty = 1 / cv2 + parcels / noise
    return certainty / (1 / (cv2 * kind_mean) + exposure / noise), 1 / certainty


def _kind_means(kind: NDArray[np.int64], parcels: FloatArray, exposure: FloatArray) -> FloatArray:
    """Return for every point the mean of its kind; the network's where the kind has no history."""
    parcels_of, exposure_of = (_counted(kind, values, len(KINDS)) for values in (parcels, exposure))
    means = np.where(exposure_of > 0, _ratio(parcels_of, exposure_of), parcels.sum() / exposure.sum())
    return np.maximum(means[kind], LEAST_DAILY)


def _weekday_cv2(cells: _Cells, prior: FloatArray, spread: float) -> float:
    """Return how far a point's weekday strays from mean x factor, squared and relative, chance taken out."""
    seen = cells.days > 0
    off = (_ratio(cells.parcels, cells.days) - prior) ** 2
    chance = _ratio(cells.squared_weights, cells.days**2) * prior * (1 + spread * prior)
    return float(np.clip(_ratio((off - chance)[seen].sum(), (prior**2)[seen].sum()), *CV2_LIMITS))


def _from_tonight(instance: Instance) -> tuple[FloatArray, FloatArray]:
    ix = instance.indexed
    public = max(1, int((ix.points.kind != HOME_IDX).sum()))
    mean = np.full((len(ix.points.ids), DAYS), max(LEAST_DAILY, ix.returns.tonight.sum() / public))
    return mean, mean + mean**2


def _open_days(instance: Instance) -> BoolArray:
    hours, points = instance.tables["hours"], instance.tables["points"]
    stated = points["point_id"].isin(hours["point_id"]).to_numpy(bool)
    opened = np.zeros((len(points), DAYS), dtype=bool)
    opened[positions(hours["point_id"], points["point_id"]), hours["weekday"].to_numpy(np.int64)] = True
    return opened | ~stated[:, None]


def _counted(idx: NDArray[np.int64], values: FloatArray, length: int) -> FloatArray:
    """Return the sum of `values` at each position, (length,)."""
    return np.bincount(idx, values, minlength=length).astype(float)


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """Return above / below, 0 where below is 0."""
    return np.divide(above, below, out=np.zeros_like(np.asarray(above, float)), where=np.asarray(below) > 0)
