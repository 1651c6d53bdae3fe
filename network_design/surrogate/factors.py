"""Factors on the rates of tours: measured by routes, drawn together where few nights speak, remembered over rounds.

There is one for all tours, one for each band of distance, and one for each hub and band. Each is drawn to the one above
it by the weight of what was measured: spread / (spread + error^2), where the spread is the variance of true factors
(parametric empirical Bayes; Morris 1983, doi 10.1080/01621459.1983.10477920), as told by those that have others beside
them. A hub without tours takes its band's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from network_design.surrogate.batches import standard_errors

FloatArray = NDArray[np.float64]
ANY_HUB, ANY_BAND = "", -1
HALVINGS = 100  # exact to the last digit
CELL = ["hub_id", "band"]


@dataclass(frozen=True)
class Factors:
    """Factors known so far: hub_id (ANY_HUB: all), band (ANY_BAND: all), factor, rounds in which it was measured."""

    bands_km: tuple[float, ...]
    known: pd.DataFrame

    def of(self, hub_ids: pd.Series, distance_km: FloatArray) -> FloatArray:
        """Return the factor of each way: its hub's in its band, else its band's, else the one for all."""
        factor = self.known.set_index(CELL)["factor"]
        bands = band_of(distance_km, self.bands_km)
        found = factor.reindex(pd.MultiIndex.from_arrays([hub_ids, bands])).to_numpy(float)
        of_band = factor.reindex(pd.MultiIndex.from_product([[ANY_HUB], bands])).to_numpy(float)
        found = np.where(np.isnan(found), of_band, found)
        return np.where(np.isnan(found), float(factor.loc[(ANY_HUB, ANY_BAND)]), found)


def band_of(distance_km: FloatArray, bands_km: Sequence[float]) -> NDArray[np.int64]:
    """Return the band of each distance: 0 up to the first end, and so on; beyond the last end one more."""
    return np.searchsorted(np.asarray(bands_km), np.asarray(distance_km, float), side="left").astype(np.int64)


def measured_cells(
    streams: pd.DataFrame, stops: pd.DataFrame, *, bands_km: Sequence[float], nights: int, nights_per_period: float
) -> pd.DataFrame:
    """Return hub_id, band, `surrogate` per night, `stops`, and a column per night (1, 2, ...): what they are charged.

    All periods together. `streams` has period, from_id, to_id, distance_km and surrogate; `stops` has period, night,
    place_id, hub_id and cost. Cells that the surrogate charges nothing for are left out: no factor corrects them.
    """
    pairs = streams.assign(band=band_of(streams["distance_km"].to_numpy(float), bands_km))
    pairs = pairs.rename(columns={"from_id": "place_id", "to_id": "hub_id"})
    keys = ["period", "place_id", "hub_id"]
    charged = stops[[*keys, "night", "cost"]].merge(pairs[[*keys, "band"]], on=keys).groupby([*CELL, "night"])["cost"]
    surrogate = pairs.groupby(CELL)["surrogate"].sum() / nights_per_period
    every = charged.sum().unstack("night").reindex(index=surrogate.index, columns=range(1, nights + 1)).fillna(0.0)
    made = charged.size().groupby(CELL).sum().reindex(surrogate.index).fillna(0)
    cells = every.assign(surrogate=surrogate, stops=made).reset_index()
    return cells[cells["surrogate"] > 0].reset_index(drop=True)


def measured_factors(cells: pd.DataFrame) -> pd.DataFrame:
    """Return hub_id, band, measured, error, weight and factor, for all tours, for each band, and for each cell.

    `error` is the standard error over the nights (inf with one night). Cells and bands without a stop say nothing and
    are left out, though what they are charged counts for those above them. Empty where no stop was made.
    """
    columns = [*CELL, "measured", "error", "weight", "factor"]
    if not cells["stops"].any():
        return pd.DataFrame(columns=columns)
    figures = [c for c in cells.columns if c not in CELL]
    whole = _measured(cells[figures].sum().to_frame().T).assign(hub_id=ANY_HUB, band=ANY_BAND, weight=1.0)
    whole["factor"] = whole["measured"]
    bands = _measured(cells.groupby("band", as_index=False)[figures].sum()).assign(hub_id=ANY_HUB)
    bands = _drawn(
        bands, towards=np.full(len(bands), float(whole["factor"].iloc[0])), telling=np.full(len(bands), len(bands) > 1)
    )
    each = _measured(cells)
    of_band = bands.set_index("band")["factor"].loc[each["band"]].to_numpy(float)
    each = _drawn(each, towards=of_band, telling=each.duplicated("band", keep=False).to_numpy())
    return pd.concat([frame[columns] for frame in (whole, bands, each)], ignore_index=True)


def remembered(before: Factors | None, found: pd.DataFrame, *, bands_km: tuple[float, ...]) -> Factors:
    """Return the factors after one more round: the mean of what each round found where it was measured.

    Successive averages keep designs from swinging between two answers (Robbins and Monro 1951,
    doi 10.1214/aoms/1177729586); what was not measured this time keeps its factor.
    """
    new = found[[*CELL, "factor"]].assign(rounds=1)
    if before is None:
        return Factors(bands_km, new)
    both = pd.concat([before.known.assign(total=before.known["factor"] * before.known["rounds"]),
                      new.assign(total=new["factor"])], ignore_index=True)  # fmt: skip
    sums = both.groupby(CELL, as_index=False, sort=False)[["rounds", "total"]].sum()
    return Factors(bands_km, sums.assign(factor=sums["total"] / sums["rounds"])[[*CELL, "factor", "rounds"]])


def drawn_together(
    measured: FloatArray, error: FloatArray, towards: FloatArray, *, telling: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Return the factors drawn to `towards`, and the weight of what was measured, shape (factors,) each.

    The spread is told by those of them that are `telling`. A factor without error keeps its value.
    """
    noisy = telling & np.isfinite(error) & (error > 0)
    spread = spread_beyond_chance((measured - towards)[noisy], error[noisy])
    weight = np.where(error == 0, 1.0, spread / np.maximum(spread + error**2, np.finfo(float).tiny))
    return towards + weight * (measured - towards), weight


def spread_beyond_chance(apart: FloatArray, error: FloatArray) -> float:
    """Return the variance with which what was measured is as far apart as it is: sum of apart^2 / (error^2 + it) = n.

    0 where chance alone explains more (Paule and Mandel 1982, doi 10.6028/jres.087.022); found by halving intervals.
    """
    low, high = 0.0, float((apart**2).sum())
    if not len(apart) or (apart**2 / error**2).sum() <= len(apart):
        return 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        wide = (apart**2 / (error**2 + middle)).sum() <= len(apart)
        low, high = (low, middle) if wide else (middle, high)
    return high


def _measured(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the factors of the cells with stops, and their errors."""
    cells = cells[cells["stops"] > 0]
    nights = [c for c in cells.columns if c not in (*CELL, "surrogate", "stops")]
    cost, surrogate = cells[nights].to_numpy(float), cells["surrogate"].to_numpy(float)
    kept = cells[[c for c in CELL if c in cells.columns]]
    return kept.assign(measured=cost.mean(axis=1) / surrogate, error=standard_errors(cost) / surrogate)


def _drawn(cells: pd.DataFrame, *, towards: FloatArray, telling: NDArray[np.bool_]) -> pd.DataFrame:
    measured, error = (cells[c].to_numpy(float) for c in ("measured", "error"))
    factor, weight = drawn_together(measured, error, towards, telling=telling)
    return cells.assign(factor=factor, weight=weight)
