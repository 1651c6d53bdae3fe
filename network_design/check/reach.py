"""How near the nearest open place is from where something arises, found from lanes and links one by one."""

from __future__ import annotations

import math
from collections import defaultdict
from functools import cached_property

import numpy as np

from network_design.check.amounts import Amounts
from network_design.check.figures import Figures
from retour.travel import great_circles_m


class Reach:
    """Places that can be reached from a place, with the length of the shortest way there."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self._reached: dict[str, dict[str, float]] = {}

    def nearest_open_km(self, a: Amounts, place: str, product: str, period: int) -> float:
        """Return how far the nearest open place is that takes a product; infinite without one."""
        near = (km for i, km in self._from(place).items() if product in self._takes[i] and a.open_at(i, period))
        return min(near, default=math.inf)

    def _from(self, place: str) -> dict[str, float]:
        if place not in self._reached:
            found: dict[str, float] = defaultdict(lambda: math.inf)
            for target, mode in [*self._lanes.get(place, ()), *self._linked(place)]:
                found[target] = min(found[target], self.figures.distance_km(place, target, mode))
            self._reached[place] = dict(found)
        return self._reached[place]

    def _linked(self, place: str) -> list[tuple[str, str]]:
        """Return the places and modes that links lead to: the nearest of a kind that take something this one gives."""
        found, gives = [], self.figures.gives(place)
        for origin, kind, mode in self.figures.keys("links"):
            if origin != self.figures.places[place]["kind"]:
                continue
            targets = [i for i in self._of_kind[kind] if i != place and self._takes[i] & gives]
            km = self._straight_km(place, targets) * self.figures.instance.settings.circuity
            nearest = self.figures.value("links", "nearest", origin, kind, mode, missing=math.inf)
            most = self.figures.value("links", "max_km", origin, kind, mode, missing=math.inf)
            order = np.argsort(km, kind="stable")[: int(min(nearest, len(targets)))]
            found += [(targets[i], mode) for i in order if km[i] <= most]
        return found

    def _straight_km(self, place: str, targets: list[str]) -> np.ndarray:
        ends = [self.figures.places[i] for i in (place, *targets)]
        lat, lon = (np.array([end[axis] for end in ends], dtype=float) for axis in ("lat", "lon"))
        return great_circles_m(lat[:1], lon[:1], lat[1:], lon[1:])[0] / 1000

    @cached_property
    def _lanes(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for origin, target, mode in self.figures.keys("lanes"):
            found[origin].append((target, mode))
        return found

    @cached_property
    def _takes(self) -> dict[str, set[str]]:
        return {place: self.figures.takes(place) for place in self.figures.places}

    @cached_property
    def _of_kind(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for i, place in self.figures.places.items():
            found[place["kind"]].append(i)
        return found
