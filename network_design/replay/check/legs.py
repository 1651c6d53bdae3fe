"""How far it is from place to place, and how long it takes: the road legs given, else great circle x circuity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from network_design.replay.check.claimed import Claimed

EARTH_RADIUS_M = 6_371_008.8
KMH_PER_M_S = 3.6


@dataclass(frozen=True)
class Spot:
    """Where a van is: a place by its name, or a door, which has none."""

    lat: float
    lon: float
    place_id: str | None


class Roads:
    """Legs between the spots of a replay."""

    def __init__(self, claimed: Claimed) -> None:
        places = claimed.instance.tables["places"][["place_id", "kind", "lat", "lon"]]
        self._places = {str(name): (str(kind), float(lat), float(lon)) for name, kind, lat, lon in places.to_numpy()}
        self._known = {(a, b): (float(m), float(s)) for a, b, m, s in claimed.roads.to_numpy()}
        self._circuity, self._speed_m_s = claimed.circuity, claimed.vans.speed_kmh / KMH_PER_M_S

    def hub(self, hub_id: str) -> Spot:
        """Return where a hub is."""
        _kind, lat, lon = self._places[hub_id]
        return Spot(lat, lon, hub_id)

    def spot(self, stop: Any) -> Spot:
        """Return where a stop is; of a zone it is a door."""
        door = self._places[stop.place_id][0] == "ZONE"
        return Spot(stop.lat, stop.lon, None if door else stop.place_id)

    def leg(self, a: Spot, b: Spot) -> tuple[float, float]:
        """Return metres and seconds from a to b."""
        if a.place_id is not None and a.place_id == b.place_id:
            return 0.0, 0.0
        if a.place_id is not None and b.place_id is not None and (a.place_id, b.place_id) in self._known:
            return self._known[a.place_id, b.place_id]
        road_m = _air_m(a, b) * self._circuity
        return road_m, road_m / self._speed_m_s


def _air_m(a: Spot, b: Spot) -> float:
    """Return great-circle metres (haversine)."""
    phi, psi, east = math.radians(a.lat), math.radians(b.lat), math.radians(b.lon - a.lon)
    half_chord = math.sin((psi - phi) / 2) ** 2 + math.cos(phi) * math.cos(psi) * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, half_chord)))
