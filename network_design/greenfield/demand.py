"""Demand on the map: zones, what arises in them, and how far they are from each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from network_design.locate.distances import IntArray, Points
from retour.design import DesignInstance
from retour.travel import great_circles_m

FloatArray = NDArray[np.float64]
ALL = slice(None)
PENALTY = 10.0
"""So many times a distance that is not to be exceeded counts exceeding it: searches stay able to pass through it."""


@dataclass(frozen=True)
class OnEarth(Points):
    """Places on the globe, each a customer and a site; `xy` (places, 2) holds latitude and longitude in degrees.

    A distance is `circuity` x great circle in km; beyond `within_km` it counts `PENALTY` x `within_km` more.
    """

    whole: bool = False
    circuity: float = 1.0
    within_km: float = np.inf

    def between(self, *, customers: slice | IntArray, sites: slice | IntArray) -> FloatArray:
        """Return the distances of these customers (rows) from these sites (columns)."""
        lat, lon = self.xy.T
        km = great_circles_m(lat[customers], lon[customers], lat[sites], lon[sites]) / 1000 * self.circuity
        return km if np.isinf(self.within_km) else np.where(km > self.within_km, km + PENALTY * self.within_km, km)


@dataclass(frozen=True)
class Demand:
    """Zones with what arises in them over all periods: ids, degrees and tonnes, shape (zones,) each."""

    ids: tuple[str, ...]
    lat: FloatArray
    lon: FloatArray
    tonnes: FloatArray
    circuity: float

    def __len__(self) -> int:
        """Return the number of zones."""
        return len(self.ids)

    def distances(self, *, within_km: float = np.inf) -> OnEarth:
        """Return how far zones are from each other; what is beyond `within_km` counts as much farther."""
        return OnEarth(np.column_stack([self.lat, self.lon]), circuity=self.circuity, within_km=within_km)

    def nearest(self, sites: IntArray) -> tuple[IntArray, FloatArray]:
        """Return the nearest of some zones (a position in `sites`) to each zone, and its distance in km."""
        km = self.distances().between(customers=ALL, sites=sites)
        line = km.argmin(axis=1)
        return line, km[np.arange(len(self)), line]


def demand_of(instance: DesignInstance) -> Demand:
    """Return where anything arises and how much; places without coordinates or amounts are no part of it."""
    tonnes = instance.series("supply").groupby("place_id")["amount_t"].sum()
    places = instance.tables["places"].set_index("place_id").loc[tonnes[tonnes > 0].index, ["lat", "lon"]].dropna()
    return Demand(
        tuple(map(str, places.index)), places["lat"].to_numpy(float), places["lon"].to_numpy(float),
        tonnes[places.index].to_numpy(float), instance.settings.circuity,
    )  # fmt: skip
