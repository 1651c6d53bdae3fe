"""Drive every route again, leg by leg: metres, seconds, loads, shifts and cost."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from network_design.check.finding import Finding, Findings
from network_design.replay.check.claimed import Claimed

EARTH_RADIUS_M = 6_371_008.8
KEYS = ["round", "period", "night", "hub_id", "route"]
CENT = 0.01
MICRO = 1e-6
Point = tuple[float, float]


@dataclass(frozen=True)
class Driven:
    """A route driven again: its key, its stops, metres and paid seconds, and what it costs, within `slack`."""

    key: tuple[Any, ...]
    stops: list[Any]
    metres: float
    seconds: float
    cost: float
    slack: float

    @property
    def name(self) -> str:
        """Which route it is, in words."""
        round_no, period, night, hub_id, route = self.key
        return f"round {round_no}, period {period}, night {night}, {hub_id}, route {route}"


def driven_routes(claimed: Claimed) -> Iterator[Driven]:
    """Yield every route of the table `stops`, driven again."""
    places = claimed.instance.tables["places"].set_index("place_id")[["lat", "lon"]]
    at = {str(name): (float(lat), float(lon)) for name, lat, lon in places.itertuples()}
    for key, rows in claimed.tables["stops"].groupby(KEYS, sort=False):
        stops = list(rows.sort_values("position").itertuples())
        yield _driven(claimed, tuple(key), stops, at[str(key[3])])


def check_room(claimed: Claimed) -> Findings:
    """No tour brings home more parcels or kilograms than a van holds."""
    vans = claimed.vans
    loads = claimed.tables["stops"].groupby([*KEYS, "trip"])["parcels"].sum()
    for key, parcels in loads.items():
        for found, limit, unit in (
            (float(parcels), float(vans.capacity_parcels), "parcels"),
            (parcels * vans.parcel_kg, vans.capacity_kg, "kg"),
        ):
            if found > limit + MICRO:
                sentence = f"tour {key} brings {found:g} {unit}; a van holds {limit:g}."
                yield Finding("van room", str(key), found, limit, unit, sentence)


def check_shifts(claimed: Claimed) -> Findings:
    """A van that is not away for days is back and empty within its shift."""
    limit_s = claimed.vans.shift_h * 3600
    for route in driven_routes(claimed):
        near = not any(stop.far for stop in route.stops)
        if near and route.seconds > limit_s + len(route.stops) + 1:
            hours = route.seconds / 3600
            sentence = f"{route.name} takes {hours:.2f} h; the shift has {claimed.vans.shift_h:g} h."
            yield Finding("shift", route.name, hours, claimed.vans.shift_h, "h", sentence)


def check_far_stops(claimed: Claimed) -> Findings:
    """Only what no van brings home within a shift is fetched by vans that are away for days."""
    limit_s = claimed.vans.shift_h * 3600
    for route in driven_routes(claimed):
        for stop in route.stops:
            hub = _hub(claimed, route.key[3])
            alone = _driven(claimed, route.key, [stop], hub)
            if stop.far and alone.seconds < limit_s - 2:
                hours = alone.seconds / 3600
                sentence = f"{route.name}: {stop.stop_id} takes {hours:.2f} h alone; a van of the shift can fetch it."
                yield Finding("far stop", route.name, hours, claimed.vans.shift_h, "h", sentence)


def _hub(claimed: Claimed, hub_id: str) -> Point:
    places = claimed.instance.tables["places"]
    row = places[places["place_id"] == hub_id].iloc[0]
    return float(row["lat"]), float(row["lon"])


def _driven(claimed: Claimed, key: tuple[Any, ...], stops: list[Any], hub: Point) -> Driven:
    vans, metres, seconds, legs = claimed.vans, 0.0, 0.0, 0
    trips = sorted({stop.trip for stop in stops})
    for trip in trips:
        path = [hub, *((stop.lat, stop.lon) for stop in stops if stop.trip == trip), hub]
        for a, b in pairwise(path):
            road_m = _air_m(a, b) * claimed.circuity
            metres, seconds, legs = metres + round(road_m), seconds + round(road_m / (vans.speed_kmh / 3.6)), legs + 1
    standing_s = sum(math.ceil(vans.stop_s + vans.parcel_s * stop.parcels) for stop in stops)
    seconds += standing_s + len(trips) * math.ceil(vans.unload_s)
    cost = vans.fixed_cost + metres / 1000 * vans.cost_per_km + seconds / 3600 * vans.cost_per_h
    # The solver counts whole metres, seconds and millionths: each may be rounded the other way.
    slack = CENT + MICRO * (metres + seconds) + legs * (vans.cost_per_km / 1000 + vans.cost_per_h / 3600)
    return Driven(key, stops, metres, seconds, cost, slack)


def _air_m(a: Point, b: Point) -> float:
    """Return great-circle metres (haversine)."""
    phi, psi, east = math.radians(a[0]), math.radians(b[0]), math.radians(b[1] - a[1])
    half_chord = math.sin((psi - phi) / 2) ** 2 + math.cos(phi) * math.cos(psi) * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, half_chord)))
