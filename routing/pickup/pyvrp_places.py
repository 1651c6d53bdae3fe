"""Which depots and places a PyVRP model has: hubs, stops, and where nights begin or end elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from routing.pickup.integers import UNLIMITED, IntegerProblem, IntegerType


@dataclass(frozen=True)
class Spot:
    """A depot: the location it is at, and when a van may be there (its unloading over)."""

    location: int
    opens_s: int
    closes_s: int
    name: str


@dataclass(frozen=True)
class PyvrpDepots:
    """Depots and locations of a model.

    `places` are our places in the order of the locations: hubs, stops, then places elsewhere. `start`, `end` and
    `reload` give the depot (position in `spots`) of each vehicle type.
    """

    places: tuple[int, ...]
    spots: tuple[Spot, ...]
    start: tuple[int, ...]
    end: tuple[int, ...]
    reload: tuple[int, ...]


def place_depots(integers: IntegerProblem) -> PyvrpDepots:
    """One depot per hub, always open since the shift is cut to its hours; more where nights begin or end elsewhere.

    A van that begins or ends elsewhere is bound by the hub's hours only while it is there: for it the hub is a depot
    with hours.
    """
    places = [*(depot.place_idx for depot in integers.source.depots), *integers.stop_places.tolist()]
    spots = [Spot(hub, 0, UNLIMITED, depot.hub_id) for hub, depot in enumerate(integers.source.depots)]
    known: dict[tuple[str, int], int] = {}

    def elsewhere(place_idx: int) -> int:
        if ("place", place_idx) not in known:
            known["place", place_idx] = len(spots)
            spots.append(Spot(len(places), 0, UNLIMITED, integers.source.places.ids[place_idx]))
            places.append(place_idx)
        return known["place", place_idx]

    def hub_with_hours(hub_idx: int) -> int:
        if ("hub", hub_idx) not in known:
            known["hub", hub_idx] = len(spots)
            depot = integers.source.depots[hub_idx]
            spots.append(Spot(hub_idx, depot.opens_s + depot.unload_s, depot.closes_s, depot.hub_id))
        return known["hub", hub_idx]

    def back_at(kind: IntegerType) -> int:
        roams = kind.starts_elsewhere or kind.ends_elsewhere
        return hub_with_hours(kind.hub_idx) if roams else kind.hub_idx

    kinds = integers.types
    start = [elsewhere(kind.start_place_idx) if kind.starts_elsewhere else kind.hub_idx for kind in kinds]
    end = [elsewhere(kind.end_place_idx) if kind.ends_elsewhere else back_at(kind) for kind in kinds]
    reload = [back_at(kind) for kind in kinds]
    return PyvrpDepots(tuple(places), tuple(spots), tuple(start), tuple(end), tuple(reload))
