"""How many places are nearer than one: what a link to the nearest few allows."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from network_design.check.figures import Figures
from network_design.check.finding import TOLERANCE
from retour.travel import great_circle_m

FloatArray = NDArray[np.float64]


class Nearness:
    """Distances from places to all of a kind that take what they give, worked out once for each."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._sorted: dict[tuple[str, str, str], FloatArray] = {}
        self._accepting: dict[tuple[str, frozenset[str]], list[str]] = {}

    def nearer(self, origin: str, kind: str, mode: str, km: float) -> int:
        """Return how many places of a kind are nearer to another than `km` by a mode."""
        key = (origin, kind, mode)
        if key not in self._sorted:
            self._sorted[key] = np.sort(self._distances_km(origin, kind, mode))
        return int(np.searchsorted(self._sorted[key], km * (1 - TOLERANCE)))

    def _distances_km(self, origin: str, kind: str, mode: str) -> FloatArray:
        figures, places = self._figures, self._figures.places
        others = [i for i in self._that_take(kind, frozenset(figures.gives(origin))) if i != origin]
        here = places[origin]
        lat, lon = (np.array([places[i][name] for i in others], dtype=float) for name in ("lat", "lon"))
        km: FloatArray = great_circle_m(here["lat"], here["lon"], lat, lon) / 1000 * figures.instance.settings.circuity
        position = {i: line for line, i in enumerate(others)} if (origin, mode) in self._lanes else {}
        for target in self._lanes.get((origin, mode), ()):
            if target in position:
                km[position[target]] = figures.distance_km(origin, target, mode)
        return km

    def _that_take(self, kind: str, given: frozenset[str]) -> list[str]:
        key = (kind, given)
        if key not in self._accepting:
            places = self._figures.places.items()
            self._accepting[key] = [i for i, p in places if p["kind"] == kind and given & self._figures.takes(i)]
        return self._accepting[key]

    @cached_property
    def _lanes(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for origin, target, mode in self._figures.keys("lanes"):
            found[origin, mode].append(target)
        return dict(found)
