"""Loads in small whole units, never more than the real ones: what fits in fact also fits here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from network_design.locate.location_routing.problem import LocationRouting

MOST_UNITS = 200  # in a vehicle
EXACT = 1e-9


@dataclass(frozen=True)
class Loads:
    """`demand` (customers,), a vehicle's `room` and the depots' `depot_room` (depots,), all in whole units.

    Whatever fits by the problem's figures fits by these, so a bound for these is one for those.
    """

    demand: np.ndarray
    room: int
    depot_room: np.ndarray

    @property
    def total(self) -> int:
        """All demand together."""
        return int(self.demand.sum())


def to_loads(problem: LocationRouting) -> Loads:
    """Return the loads, in the largest unit that is exact or else so large that a vehicle holds `MOST_UNITS`."""
    unit = _exact_unit(problem.demand)
    if unit == 0 or problem.vehicle_capacity / unit > MOST_UNITS:
        unit = max(unit, problem.vehicle_capacity / MOST_UNITS)
    demand, room, depot_room = (
        np.floor(np.asarray(figure) / unit * (1.0 + EXACT) + EXACT).astype(np.int64)
        for figure in (problem.demand, problem.vehicle_capacity, problem.depot_capacity)
    )
    return Loads(demand, int(room), np.minimum(depot_room, demand.sum()))


def _exact_unit(demand: np.ndarray) -> float:
    """The greatest common divisor of whole demands, 0 where some are not whole or none is more than 0."""
    whole = np.rint(demand)
    return float(np.gcd.reduce(whole.astype(np.int64))) if (whole == demand).all() else 0.0
