"""A standard routing instance as arrays: what the file says, in the whole units of its convention."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.standard.convention import Convention

NEVER = 1 << 40  # a limit that binds nothing: above any sum of distances, times or loads


@dataclass(frozen=True, eq=False)
class Vehicles:
    """One entry per vehicle, in the order of the file; `NEVER` where nothing limits.

    `depot` is a location number, `fixed_cost`, `max_duration` and `max_distance` are in the convention's units,
    `unit_distance_cost` multiplies distances. `allowed` holds the location numbers a vehicle may serve, None for
    all; `reload_depots` where it may unload and load again between trips, `max_reloads` times at most.
    """

    capacity: np.ndarray
    depot: np.ndarray
    fixed_cost: np.ndarray
    unit_distance_cost: np.ndarray
    max_duration: np.ndarray
    max_distance: np.ndarray
    max_reloads: np.ndarray
    allowed: tuple[frozenset[int] | None, ...]
    reload_depots: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        """How many vehicles the file lists."""
        return len(self.capacity)

    def row(self, vehicle_idx: int) -> tuple[object, ...]:
        """Everything that tells one vehicle from another, as a hashable tuple."""
        numbers = (self.capacity, self.depot, self.fixed_cost, self.unit_distance_cost, self.max_duration,
                   self.max_distance, self.max_reloads)  # fmt: skip
        return *(int(column[vehicle_idx]) for column in numbers), self.allowed[vehicle_idx], self.reload_depots[
            vehicle_idx
        ]


@dataclass(frozen=True, eq=False)
class StandardInstance:
    """Locations are numbered from 0 with the `depots` first, as in `.sol` files; arrays have one entry per location.

    `xy` is (locations, 2) as written in the file, or None where `weights`, (locations, locations) in the
    convention's units, is given instead. `demand` is brought from the depot and `backhaul` fetched back; loads stay
    as written where all of them and the capacities are whole. `service`, `opens`, `closes` and `release` are times
    in the convention's units; a duration equals the distance. A location with a prize may be left out at that price.
    With `fleet_given` False any number of vehicles like the only one of `vehicles` may be used. With
    `linehaul_first` no demand is served after a backhaul, and no route has backhauls alone. `ignored` are header
    lines that were not understood.
    """

    name: str
    kind: str
    convention: Convention
    depots: int
    xy: np.ndarray | None
    weights: np.ndarray | None
    demand: np.ndarray
    backhaul: np.ndarray
    service: np.ndarray
    opens: np.ndarray
    closes: np.ndarray
    release: np.ndarray
    prize: np.ndarray
    vehicles: Vehicles
    fleet_given: bool
    linehaul_first: bool
    ignored: tuple[str, ...] = ()

    @property
    def locations(self) -> int:
        """Depots and clients together."""
        return len(self.demand)

    @property
    def clients(self) -> int:
        """How many locations want a visit; they are numbered from `depots` on."""
        return self.locations - self.depots

    @property
    def vehicles_differ(self) -> bool:
        """Whether it matters which vehicle drives a route."""
        first = self.vehicles.row(0)
        return any(self.vehicles.row(idx) != first for idx in range(1, len(self.vehicles)))

    def distances(self, *, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Distances, and durations, from each location of `start` to its neighbour in `end`, in whole units."""
        if self.weights is not None:
            return self.weights[start, end]
        assert self.xy is not None  # one of the two is given
        across = self.xy[start] - self.xy[end]
        return self.convention.whole(np.sqrt((across * across).sum(axis=-1)))
