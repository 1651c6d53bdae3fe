"""The capacitated location-routing problem as its files state it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WHOLE_SCALE = 100  # arc costs that are whole numbers are so many times the distance, rounded up


@dataclass(frozen=True, eq=False)
class LocationRouting:
    """Customers, the depots that may be opened to serve them, and one kind of vehicle, as many as wanted.

    Every customer is served once, by a route that starts and ends at one open depot. A route carries at most
    `vehicle_capacity` and costs `route_cost` besides its arcs; the routes of a depot carry at most its
    `depot_capacity` together, and a depot with routes costs its `opening_cost`. `depot_xy` has shape (depots, 2),
    `customer_xy` (customers, 2). Arcs cost the Euclidean distance or, with `whole_costs`, 100 times it rounded up
    to a whole number (Prins, Prodhon and Wolfler Calvo 2006, 10.1007/s10288-006-0001-9, whose files say "cut": the
    best known values of 20 customers are the proven optima of costs rounded up, and above those of costs cut).
    """

    name: str
    depot_xy: np.ndarray
    customer_xy: np.ndarray
    vehicle_capacity: float
    depot_capacity: np.ndarray
    demand: np.ndarray
    opening_cost: np.ndarray
    route_cost: float
    whole_costs: bool

    @property
    def depots(self) -> int:
        """How many depots may be opened."""
        return len(self.depot_xy)

    @property
    def customers(self) -> int:
        """How many customers there are to serve."""
        return len(self.customer_xy)

    @property
    def costs_are_whole(self) -> bool:
        """Whether every plan costs a whole number, so that a bound may be rounded up to one."""
        figures = np.append(self.opening_cost, self.route_cost)
        return self.whole_costs and bool((figures == np.rint(figures)).all())

    def arc_costs(self) -> np.ndarray:
        """Return the cost of every arc, shape (customers + depots, customers + depots): customers come first."""
        xy = np.concatenate([self.customer_xy, self.depot_xy])
        distance = np.sqrt(((xy[:, None, :] - xy[None, :, :]) ** 2).sum(axis=2))
        return np.ceil(WHOLE_SCALE * distance) if self.whole_costs else distance
